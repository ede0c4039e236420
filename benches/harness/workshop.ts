/** Turns the source of a peer into the command that runs it. */

import { basename, fromFileUrl } from "@std/path";
import type { Row } from "./bench.ts";
import { hasModule } from "./toolbox.ts";
import type { Toolbox } from "./toolbox.ts";

/** What is absent, and why a row has no figures. */
export class Absent extends Error {}

/** Compiles what has to be, once, into a folder that is removed at the end. */
export class Workshop {
  readonly #tools: Toolbox;
  readonly #folder: string = Deno.makeTempDirSync({ prefix: "ipc_bench_" });
  readonly #ready = new Map<string, Promise<string[]>>();

  /**
   * @param tools The programs that there are.
   */
  constructor(tools: Toolbox) {
    this.#tools = tools;
  }

  /** The folder, for what trials leave behind. */
  get folder(): string {
    return this.#folder;
  }

  /**
   * The command that runs the program of a row, without its arguments.
   *
   * @param row The row.
   * @returns The program, and what comes first.
   * @throws {Absent} If something that it needs is not here.
   */
  command(row: Row): Promise<string[]> {
    const key = JSON.stringify([
      row.program,
      row.modules,
      row.compile,
      permissionsOf(row),
    ]);
    let command = this.#ready.get(key);
    if (command === undefined) {
      command = this.#prepare(row);
      this.#ready.set(key, command);
    }
    return command;
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }

  async #prepare(row: Row): Promise<string[]> {
    const { program, modules = [] } = row;
    const source = fromFileUrl(new URL(`../peers/${program}`, import.meta.url));
    const name = basename(program);
    try {
      await Deno.stat(source);
    } catch {
      throw new Absent(`${name} does not exist`);
    }
    const kind = name.slice(name.lastIndexOf(".") + 1);
    if (!isKind(kind)) throw new Absent(`nothing runs ${name}`);
    const { path, version } = this.#tools[kind];
    if (path === undefined) throw new Absent(version);
    for (const module of modules) {
      if (!await hasModule(kind, path, module)) {
        throw new Absent(`${version} has no module ${module}`);
      }
    }
    if (kind === "c") {
      return await this.#compile(path, source, name, row.compile ?? []);
    }
    if (kind !== "ts") return [path, source];
    return [path, "run", ...permissionsOf(row), source];
  }

  async #compile(
    cc: string,
    source: string,
    name: string,
    more: readonly string[],
  ): Promise<string[]> {
    const binary = `${this.#folder}/${name.slice(0, -2)}`;
    const args = ["-O2", "-o", binary, source, "-pthread", "-lm", ...more];
    if (Deno.build.os === "linux") args.push("-lrt");
    const { success, stderr } = await new Deno.Command(cc, { args }).output();
    if (success) return [binary];
    if (more.length > 0) throw new Absent(`the library of ${name} is absent`);
    const text = new TextDecoder().decode(stderr).trim();
    throw new Error(`Cannot compile ${name}: ${text}`);
  }
}

function permissionsOf(
  { whole, permissions = ["--allow-ffi"] }: Row,
): string[] {
  return [...whole?.permissions ?? ["--quiet", ...permissions]];
}

function isKind(kind: string): kind is keyof Toolbox {
  return ["ts", "c", "py", "mjs"].includes(kind);
}
