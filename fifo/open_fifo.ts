import {
  checkTimeout,
  checkWait,
  deadlineAfter,
  FileDescriptor,
  fstat,
  isOsError,
  lstat,
  nap,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  open,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  sleepSync,
  timedOut,
  tryRead,
  WOULD_BLOCK,
} from "@ipc/libc";
import { POLLIN, pollNow } from "@ipc/libc/streams";
import type { FileStat, WaitOptions, WaitStrategy } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/streams";
import { Fifo } from "./fifo.ts";

/** What {@linkcode openFifo} and {@linkcode openFifoSync} have in common. */
export interface OpenFifoBaseOptions {
  /**
   * Opens it for reading.
   *
   * @default {false}
   */
  read?: boolean;
  /**
   * Opens it for writing.
   *
   * @default {false}
   */
  write?: boolean;
  /**
   * For reading: stays open while writers come and go, so that a read waits
   * for the next writer instead of ending with the last. It keeps a writing
   * end of its own, and opening does not wait.
   *
   * @default {false}
   */
  keepOpen?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Options of {@linkcode openFifo}. */
export interface OpenFifoOptions extends OpenFifoBaseOptions, WaitOptions {}

/** Options of {@linkcode openFifoSync}. */
export interface OpenFifoSyncOptions
  extends OpenFifoBaseOptions, SyncWaitOptions {}

/** The times between two looks for the other side, in milliseconds. */
const SHORTEST_NAP = 0.5;
const LONGEST_NAP = 10;

/**
 * Opens a FIFO, and waits until the other side has opened it too.
 *
 * `open(2)`, `fstat(2)`.
 *
 * It opens for reading without waiting, and then looks every 10 milliseconds
 * at most whether there is a writer; or tries to open for writing as often,
 * which fails as long as there is no reader. So no thread is blocked, giving
 * up leaves no trace, and C programs that wait in `open` see the same as from
 * each other. Opened for both, it does not wait.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions
 * for reading and writing.
 *
 * @param path Where it is. A symbolic link in the last place is refused.
 * @param options For what to open it, and when to give up.
 * @returns The FIFO. Close it.
 * @throws {TypeError} If it is no FIFO, or neither read nor write is set.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.FilesystemLoop} If it is a symbolic link.
 * @throws {Deno.errors.TimedOut} If the other side does not open it in time.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man7/fifo.7.html | fifo(7)}
 *
 * @example Usage
 * ```ts
 * import { mkfifo, openFifo } from "@ipc/fifo";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/orders`;
 * mkfifo(path);
 *
 * // Each waits for the other.
 * const [reader, writer] = await Promise.all([
 *   openFifo(path, { read: true, timeout: 5000 }),
 *   openFifo(path, { write: true, timeout: 5000 }),
 * ]);
 * await writer.write(new TextEncoder().encode("two teas"));
 * writer.close();
 * assertEquals(await new Response(reader.readable).text(), "two teas");
 *
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openFifo(
  path: string,
  options: OpenFifoOptions,
): Promise<Fifo> {
  const { signal } = options;
  signal?.throwIfAborted();
  const steps = opening(path, options);
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
    try {
      await nap(value, signal);
    } catch (error) {
      steps.return(undefined as never);
      throw error;
    }
  }
}

/**
 * Opens a FIFO, and blocks the thread until the other side has opened it too.
 *
 * `open(2)`, `fstat(2)`.
 *
 * Requires `--allow-ffi`. The path is not subject to Deno's own permissions
 * for reading and writing.
 *
 * @param path Where it is. A symbolic link in the last place is refused.
 * @param options For what to open it, and when to give up.
 * @returns The FIFO. Close it.
 * @throws {TypeError} If it is no FIFO, or neither read nor write is set.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
 * @throws {Deno.errors.FilesystemLoop} If it is a symbolic link.
 * @throws {Deno.errors.TimedOut} If the other side does not open it in time.
 * @see {@link https://man7.org/linux/man-pages/man7/fifo.7.html | fifo(7)}
 *
 * @example Usage
 * ```ts
 * import { mkfifo, openFifoSync } from "@ipc/fifo";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = Deno.makeTempDirSync();
 * mkfifo(`${folder}/orders`);
 *
 * using both = openFifoSync(`${folder}/orders`, { read: true, write: true });
 * both.writeSync(new TextEncoder().encode("two teas"));
 * assertEquals(both.readSync(new Uint8Array(64)), 8);
 *
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function openFifoSync(
  path: string,
  options: OpenFifoSyncOptions,
): Fifo {
  const steps = opening(path, options);
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
    sleepSync(value);
  }
}

/**
 * Opens a FIFO step by step: yields how long to wait before the next look, in
 * milliseconds. Whoever gives up returns it, and it lets go of everything.
 */
function* opening(
  path: string,
  options: OpenFifoBaseOptions & SyncWaitOptions,
): Generator<number, Fifo, void> {
  const { read = false, write = false, keepOpen = false } = options;
  const { wait = "adaptive" } = options;
  const timeout = checkTimeout(options.timeout);
  checkWait(wait);
  const what = `FIFO ${JSON.stringify(path)}`;
  if (!read && !write) {
    throw new TypeError(`Cannot open ${what}: set read, write or both`);
  }
  if (keepOpen && !read) {
    throw new TypeError(`Cannot open ${what}: keepOpen is for reading`);
  }
  const naps = napsUntil(timeout, () => timedOut(`open ${what}`, timeout));
  checkKind(lstat(path), what);

  using undo = new DisposableStack();
  if (!read) {
    const writer = undo.use(yield* openForWriting(path, what, naps));
    checkKind(fstat(writer.fd), what);
    undo.move();
    return new Fifo(path, { writer, wait });
  }
  const reader = undo.use(openNow(path, O_RDONLY, what));
  checkKind(fstat(reader.fd), what);
  if (write || keepOpen) {
    const other = undo.use(openNow(path, O_WRONLY, what));
    checkKind(fstat(other.fd), what);
    undo.move();
    return write
      ? new Fifo(path, { reader, writer: other, wait })
      : new Fifo(path, { reader, keeper: other, wait });
  }
  const unread = yield* waitForWriter(reader.fd, naps);
  undo.move();
  return new Fifo(path, { reader, unread, wait });
}

function openNow(path: string, mode: number, what: string): FileDescriptor {
  const fd = open(path, mode | O_NONBLOCK | O_NOFOLLOW, what);
  return new FileDescriptor(fd, true);
}

/** Opens for writing as soon as there is a reader. */
function* openForWriting(
  path: string,
  what: string,
  naps: Iterable<number>,
): Generator<number, FileDescriptor, void> {
  for (const nap of naps) {
    try {
      return openNow(path, O_WRONLY, what);
    } catch (error) {
      if (!isOsError(error, "ENXIO")) throw error;
    }
    yield nap;
  }
  throw new Error("Cannot get here: naps end with an error");
}

/**
 * Waits until a writer has opened it. A read tells: as long as nobody can
 * write it is at its end, and from then on it would have to wait. The byte
 * that it may get instead is returned.
 */
function* waitForWriter(
  fd: number,
  naps: Iterable<number>,
): Generator<number, Uint8Array<ArrayBuffer>, void> {
  const byte = new Uint8Array(1);
  for (const nap of naps) {
    // Bytes, or a writer that has come and gone.
    if (pollNow(fd, POLLIN) !== 0) break;
    const count = tryRead(fd, byte);
    if (count === 1) return byte;
    if (count === WOULD_BLOCK) break;
    yield nap;
  }
  return byte.subarray(0, 0);
}

/** How long to wait before each next look, until it is too late. */
function* napsUntil(
  timeout: number,
  late: () => Error,
): Generator<number, never, void> {
  const deadline = deadlineAfter(timeout);
  for (let nap = SHORTEST_NAP;; nap = Math.min(nap * 2, LONGEST_NAP)) {
    const left = deadline - performance.now();
    // The last nap is followed by a last look.
    yield Math.max(0, Math.min(nap, left));
    if (left <= 0) throw late();
  }
}

function checkKind({ mode }: FileStat, what: string): void {
  const kind = mode & S_IFMT;
  // A symbolic link is left to open, which refuses it.
  if (kind !== S_IFIFO && kind !== S_IFLNK) {
    throw new TypeError(
      `Cannot open ${what}: it is no FIFO (its mode is 0o${mode.toString(8)})`,
    );
  }
}
