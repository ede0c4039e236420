/**
 * The frame round every test: what it needs, a deadline, names of its own,
 * and a look at what it leaves behind.
 */

import { unlinkSemaphore, unlinkSharedMemory } from "@ipc/shm";
import { assertEquals } from "@std/assert";
import { watchdog } from "./watchdog.ts";

/** What a test needs. */
export interface TestOptions {
  /**
   * Permissions besides that for FFI. Deno shows `/proc` and `/dev` to who has
   * `"all"`, and to nobody else.
   */
  needs?: readonly (Deno.PermissionName | "all")[];
  /** Why the test cannot run here, or false. */
  ignore?: string | false | undefined;
  /** How long it may take, in milliseconds. */
  deadline?: number;
}

/** The reason to ignore a test of what only Linux has, or false. */
export const notLinux: string | false = Deno.build.os !== "linux" &&
  "needs Linux";

/** What a test gets. */
export class TestScope {
  readonly #undo = new AsyncDisposableStack();
  readonly names: string[] = [];

  /** A name of a shared memory object or semaphore, free, and removed later. */
  name(): string {
    const name = `/t_${crypto.randomUUID().slice(0, 13)}`;
    this.names.push(name);
    this.#undo.defer(() => {
      unlinkIfPresent(unlinkSharedMemory, name);
      unlinkIfPresent(unlinkSemaphore, name);
    });
    return name;
  }

  /** A temporary folder, removed later; needs write permission. */
  folder(): string {
    const path = Deno.makeTempDirSync({ prefix: "ipc_test_" });
    this.#undo.defer(() => Deno.removeSync(path, { recursive: true }));
    return path;
  }

  /** Something to do when the test is over. */
  defer(action: () => void | Promise<void>): void {
    this.#undo.defer(action);
  }

  /** Does all of it. */
  end(): Promise<void> {
    return this.#undo.disposeAsync();
  }
}

/**
 * Emulated processors are slow, so deadlines there are long. They guard
 * against hangs, and are no measure of speed.
 */
export const DEADLINE_FACTOR = Deno.build.arch === "aarch64" ? 20 : 1;

/**
 * How long after its deadline a test that blocks the thread, so that the
 * deadline goes unnoticed, ends the whole run, in milliseconds.
 */
const GRACE = 20_000;

/**
 * Declares a test.
 *
 * @param name What it shows.
 * @param options What it needs.
 * @param run The test.
 */
export function test(
  name: string,
  options: TestOptions,
  run: (scope: TestScope) => void | Promise<void>,
): void {
  const missing = missingPermissions(["ffi", ...options.needs ?? []]);
  const reason = missing || options.ignore || undefined;
  Deno.test({
    name: reason === undefined ? name : `${name} [ignored: ${reason}]`,
    ignore: reason !== undefined,
    async fn() {
      const scope = new TestScope();
      const deadline = (options.deadline ?? 10_000) * DEADLINE_FACTOR;
      using _watch = watchdog(deadline + GRACE);
      try {
        await within(deadline, run(scope));
      } finally {
        await scope.end();
      }
      assertEquals(leftovers(scope.names), [], "descriptors or mappings");
    },
  });
}

function missingPermissions(needs: readonly string[]): string {
  const missing = needs.filter((name) => !isGranted(name));
  return missing.length === 0
    ? ""
    : `needs ${missing.map((name) => `--allow-${name}`).join(" ")}`;
}

function isGranted(name: string): boolean {
  if (name === "all") return maySeeAll();
  const descriptor = { name } as Deno.PermissionDescriptor;
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** All permissions have no name to ask for; this is what only they allow. */
function maySeeAll(): boolean {
  try {
    Deno.statSync("/dev/fd");
    return true;
  } catch {
    return false;
  }
}

async function within(
  milliseconds: number,
  promise: void | Promise<void>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The test hangs: ${milliseconds} ms are over`)),
      milliseconds,
    );
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Descriptors and mappings of this process that show one of the names. */
function leftovers(names: readonly string[]): string[] {
  if (names.length === 0 || notLinux || !isGranted("all")) return [];
  const found: string[] = [];
  for (const { name: fd } of Deno.readDirSync("/proc/self/fd")) {
    try {
      found.push(`descriptor ${Deno.readLinkSync(`/proc/self/fd/${fd}`)}`);
    } catch {
      // It was the one that reads the folder.
    }
  }
  for (const line of Deno.readTextFileSync("/proc/self/maps").split("\n")) {
    found.push(`mapping ${line}`);
  }
  return found.filter((line) =>
    names.some((name) => line.includes(name.slice(1)))
  );
}

function unlinkIfPresent(unlink: (name: string) => void, name: string): void {
  try {
    unlink(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
