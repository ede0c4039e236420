import {
  checkBytes,
  checkInteger,
  fstat,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  open,
  tryRead,
  tryWrite,
  WOULD_BLOCK,
} from "@ipc/libc";
import { close } from "@ipc/libc/sockets";

/** How many bytes `readable` reads at once. */
const CHUNK_SIZE = 65_536;

/** Options of {@linkcode OwnedDescriptor.open}. */
export interface OpenDescriptorOptions {
  /**
   * Opens the file for reading.
   *
   * @default {true}
   */
  read?: boolean;
  /**
   * Opens the file for writing.
   *
   * @default {false}
   */
  write?: boolean;
}

/**
 * A descriptor of any kind that this process owns: one that another process
 * sent, or one to be sent.
 *
 * A file can be read and written here. A pipe, a socket, a queue or shared
 * memory is given to its own class, as in `PipeReader.fromFd(owned.take())`.
 *
 * Whoever has it has to close it or to take it: nothing else does.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/open.2.html | open(2)}
 *
 * @example Usage
 * ```ts
 * import { OwnedDescriptor } from "@ipc/unix";
 * import { assert } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "hello");
 *
 * using file = OwnedDescriptor.open(path);
 * assert((await new Response(file.readable).text()) === "hello");
 * await Deno.remove(path);
 * ```
 */
export class OwnedDescriptor implements Disposable {
  #fd: number;

  /**
   * Takes a descriptor over.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor, which is this object's from now on.
   * @throws {RangeError} If `fd` is no descriptor.
   */
  constructor(fd: number) {
    this.#fd = checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  }

  /**
   * Opens a file that exists, to send its descriptor to another process.
   *
   * `open(2)`.
   *
   * Requires `--allow-ffi`. The path is not subject to Deno's own permissions
   * for reading and writing.
   *
   * @param path Where it is.
   * @param options For what to open it.
   * @returns The descriptor. Close it.
   * @throws {Deno.errors.NotFound} If there is no such file.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids it.
   * @throws {TypeError} If the path is no string, or contains a NUL.
   */
  static open(
    path: string,
    options: OpenDescriptorOptions = {},
  ): OwnedDescriptor {
    const { read = true, write = false } = options;
    const flags = write ? read ? O_RDWR : O_WRONLY : O_RDONLY;
    return new OwnedDescriptor(
      open(path, flags, `file ${JSON.stringify(path)}`),
    );
  }

  /**
   * The descriptor, or −1 once it is closed or taken. It stays this object's:
   * do not close it.
   */
  get fd(): number {
    return this.#fd;
  }

  /** How many bytes the file has. */
  get size(): number {
    return fstat(this.#open("ask")).size;
  }

  /**
   * Gives the descriptor away: it is the caller's from now on.
   *
   * @returns The descriptor.
   * @throws {Deno.errors.BadResource} If it is closed, or was taken.
   */
  take(): number {
    const fd = this.#open("take");
    this.#fd = -1;
    return fd;
  }

  /**
   * Reads from a file at its position, which all share that have it from the
   * same `open`, and moves that on. Of what has to be waited for, such as a
   * pipe, it would block the thread.
   *
   * `read(2)`.
   *
   * @param p Where to put the bytes.
   * @returns How many were read; `null` at the end.
   * @throws {Deno.errors.WouldBlock} If it is no file, and not ready.
   * @throws {Deno.errors.BadResource} If it is closed, or was taken, or was
   * opened for writing only.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  readFile(p: Uint8Array): number | null {
    checkBytes(p);
    const fd = this.#open("read from");
    if (p.byteLength === 0) return 0;
    const count = tryRead(fd, p, "read from the file");
    if (count === WOULD_BLOCK) throw notReady("read from");
    return count === 0 ? null : count;
  }

  /**
   * Writes to a file at its position, and moves that on.
   *
   * `write(2)`.
   *
   * @param p The bytes.
   * @returns How many were written, which may be fewer than there are.
   * @throws {Deno.errors.WouldBlock} If it is no file, and not ready.
   * @throws {Deno.errors.BadResource} If it is closed, or was taken, or was
   * opened for reading only.
   * @throws {Error} With code `ENOSPC` if there is no room.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   */
  writeFile(p: Uint8Array): number {
    checkBytes(p);
    const count = tryWrite(this.#open("write to"), p, "write to the file");
    if (count === WOULD_BLOCK) throw notReady("write to");
    return count;
  }

  /** The rest of a file, as a stream. Its end, or cancellation, closes this. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: (controller) => {
        const chunk = new Uint8Array(CHUNK_SIZE);
        const count = this.readFile(chunk);
        if (count !== null) return controller.enqueue(chunk.subarray(0, count));
        this.close();
        controller.close();
      },
      cancel: () => this.close(),
    });
  }

  /** Closes it, unless it was taken. Doing so again does nothing. */
  close(): void {
    const fd = this.#fd;
    if (fd === -1) return;
    this.#fd = -1;
    close(fd);
  }

  /** Closes it, unless it was taken. */
  [Symbol.dispose](): void {
    this.close();
  }

  #open(verb: string): number {
    const { fd } = this;
    if (fd !== -1) return fd;
    throw new Deno.errors.BadResource(
      `Cannot ${verb} the descriptor: it is closed, or was taken`,
    );
  }
}

function notReady(verb: string): Error {
  return new Deno.errors.WouldBlock(
    `Cannot ${verb} the descriptor: it is not ready, and no file; ` +
      "take it, and give it to the class of its kind",
  );
}
