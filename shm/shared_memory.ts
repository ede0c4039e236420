import {
  checkInteger,
  FileDescriptor,
  fstat,
  lseek,
  Mapping,
  shmUnlink,
  tryRead,
  tryWrite,
} from "@ipc/libc";
import {
  checkBytes,
  checkReadOnly,
  describe,
  objectSize,
  setSize,
} from "./_object.ts";

/** Options of {@linkcode SharedMemory.fromFd}. */
export interface SharedMemoryFromFdOptions {
  /**
   * Whether the memory can be written.
   *
   * @default {true}
   */
  write?: boolean;
}

/** Options of {@linkcode SharedMemory.resize}. */
export interface ResizeSharedMemoryOptions {
  /**
   * Allows a smaller size. A process that touches bytes that are gone is
   * killed by the system (SIGBUS), so every process that maps the object has
   * to know beforehand.
   *
   * @default {false}
   */
  shrink?: boolean;
}

/** What the system knows of a shared memory object. */
export interface SharedMemoryStat {
  /** The permission bits, such as `0o600`. */
  readonly mode: number;
  /** The owner's user number. */
  readonly uid: number;
  /** The owner's group number. */
  readonly gid: number;
  /** The size in bytes. */
  readonly size: number;
  /** How many names it has: 1, and 0 once it is unlinked. */
  readonly nlink: number;
}

/**
 * A POSIX shared memory object, mapped: the same bytes in every process that
 * opens its name.
 *
 * What a process writes, the others see at once, in no promised order: guard
 * it with a {@linkcode Semaphore} or use `Atomics`. Numbers have the byte
 * order of the processor, little-endian on all that are supported. To name
 * the fields of a struct, use `@ipc/struct`.
 *
 * A process that can write the object can also shrink it, and then whoever
 * touches the bytes that are gone is killed by the system (SIGBUS): share
 * with processes you trust, or use {@linkcode SharedMemory.readSync}, which
 * reports the end instead.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/shm_overview.7.html | shm_overview(7)}
 *
 * @example Typed views
 * ```ts
 * import { openSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * // struct { uint32_t count; uint32_t flags; double sum; }
 * using memory = openSharedMemory(null, { size: 16 });
 * const numbers = new Uint32Array(memory.buffer, 0, 2);
 * const sum = new Float64Array(memory.buffer, 8, 1);
 *
 * Atomics.add(numbers, 0, 1); // atomic for every process
 * sum[0] = 0.5;
 *
 * const view = new DataView(memory.buffer);
 * assertEquals(view.getUint32(0, true), 1);
 * assertEquals(view.getFloat64(8, true), 0.5);
 * memory.unlink();
 * ```
 */
export class SharedMemory {
  /** The name, or `null` for memory that came as a descriptor. */
  readonly name: string | null;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** Whether it was opened for reading only. */
  readonly readOnly: boolean;
  readonly #descriptor: FileDescriptor;
  #mapping: Mapping | undefined;

  /**
   * Use {@linkcode openSharedMemory}.
   *
   * @ignore
   */
  constructor(
    name: string | null,
    descriptor: FileDescriptor,
    mapping: Mapping,
    created: boolean,
    readOnly: boolean,
  ) {
    this.name = name;
    this.created = created;
    this.readOnly = readOnly;
    this.#descriptor = descriptor;
    this.#mapping = mapping;
  }

  /**
   * Maps shared memory that came as a descriptor, such as an inherited one.
   *
   * `fstat(2)`, `mmap(2)`.
   *
   * Requires `--allow-ffi`.
   *
   * @param fd The descriptor. It belongs to the object from now on; if this
   * throws, it is still the caller's.
   * @param options How to map it.
   * @returns The mapped memory.
   * @throws {TypeError} If it is no shared memory, or has no bytes.
   * @throws {Deno.errors.NotSupported} On macOS, if it is not to be written.
   * @throws {Deno.errors.BadResource} If there is no such descriptor.
   */
  static fromFd(
    fd: number,
    options: SharedMemoryFromFdOptions = {},
  ): SharedMemory {
    checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
    const { write = true } = options;
    const what = `descriptor ${fd}`;
    if (!write) checkReadOnly(what);
    const size = objectSize(fd, what);
    if (size === 0) throw new TypeError(`Cannot map ${what}: it has no bytes`);
    const mapping = new Mapping(fd, size, write);
    return new SharedMemory(
      null,
      new FileDescriptor(fd),
      mapping,
      false,
      !write,
    );
  }

  /**
   * The memory. Make views of it: `new Float64Array(memory.buffer)`.
   *
   * Once the memory is closed or resized, the buffer is detached: views of it
   * have length 0 and reach nothing. If the buffer was transferred elsewhere,
   * the memory stays mapped until the process ends.
   *
   * A write to memory that was opened for reading only stays in this process:
   * its page is copied, and no longer follows what others write.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get buffer(): ArrayBuffer {
    return this.#open().buffer;
  }

  /**
   * The size of the mapped memory, in bytes.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get byteLength(): number {
    return this.#open().byteLength;
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /**
   * Asks the system about the object.
   *
   * `statx(2)`, on macOS `fstat(2)`.
   *
   * @returns What it knows.
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  stat(): SharedMemoryStat {
    const { mode, uid, gid, size, nlink } = fstat(this.#openFd());
    return { mode: mode & 0o7777, uid, gid, size, nlink };
  }

  /**
   * Changes the size of the object, and maps it anew: `buffer` is another
   * one, and views of the old one have length 0. New bytes are zero. Other
   * processes see the new size when they call {@linkcode remap} or open it.
   *
   * `posix_fallocate(3)`, or `ftruncate(2)` for a smaller size. macOS sets
   * the size of an object once, and refuses to change it.
   *
   * @param size The new size in bytes.
   * @param options Whether it may be smaller.
   * @throws {RangeError} If the size is not a whole number from 1, or is
   * smaller and `shrink` is not set.
   * @throws {Error} With code `ENOSPC` if there is not that much memory; the
   * object is as it was.
   * @throws {Deno.errors.PermissionDenied} If it was opened for reading only.
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  resize(size: number, options: ResizeSharedMemoryOptions = {}): void {
    const fd = this.#openFd();
    this.#checkWritable("resize");
    checkInteger(size, "size", 1);
    const present = fstat(fd).size;
    if (size < present && options.shrink !== true) {
      throw new RangeError(
        `Cannot resize ${this.#what} from ${present} to ${size} bytes: ` +
          `set shrink to allow it, if no process uses the rest`,
      );
    }
    setSize(fd, present, size, this.#what);
    this.remap();
  }

  /**
   * Maps the object at the size it has now, after another process resized it.
   * `buffer` is another one if the size differs.
   *
   * `fstat(2)`, `mmap(2)`, `munmap(2)`.
   *
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  remap(): void {
    const fd = this.#openFd();
    const old = this.#open();
    const size = objectSize(fd, this.#what);
    if (size === old.byteLength) return;
    if (size === 0) {
      throw new TypeError(`Cannot map ${this.#what}: it has no bytes`);
    }
    this.#mapping = new Mapping(fd, size, !this.readOnly);
    old.unmap();
  }

  /**
   * Reads bytes at the position of the descriptor, and moves it on.
   *
   * `read(2)`. macOS does not support it for shared memory.
   *
   * @param p Where to put the bytes.
   * @returns How many bytes were read, or `null` at the end.
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  readSync(p: Uint8Array): number | null {
    const fd = this.#openFd();
    checkBytes(p);
    if (p.byteLength === 0) return 0;
    return tryRead(fd, p) || null;
  }

  /**
   * Writes bytes at the position of the descriptor, and moves it on.
   *
   * `write(2)`. macOS does not support it for shared memory.
   *
   * @param p The bytes.
   * @returns How many bytes were written.
   * @throws {RangeError} If they would not fit before the end of the memory:
   * nothing is written.
   * @throws {Deno.errors.PermissionDenied} If it was opened for reading only.
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  writeSync(p: Uint8Array): number {
    const fd = this.#openFd();
    this.#checkWritable("write");
    checkBytes(p);
    const position = lseek(fd, 0, Deno.SeekMode.Current);
    const end = this.#open().byteLength;
    if (position + p.byteLength > end) {
      throw new RangeError(
        `Cannot write ${p.byteLength} bytes at ${position} of ${this.#what}: ` +
          `it ends at ${end}`,
      );
    }
    return tryWrite(fd, p);
  }

  /**
   * Moves the position at which `readSync` and `writeSync` work.
   *
   * `lseek(2)`. macOS does not support it for shared memory.
   *
   * @param offset How far, in bytes.
   * @param whence From where: the start, the present position or the end.
   * @returns The new position, in bytes from the start.
   * @throws {TypeError} If the position would be before the start.
   * @throws {Deno.errors.BadResource} If it, or its descriptor, is closed.
   */
  seekSync(
    offset: number,
    whence: Deno.SeekMode = Deno.SeekMode.Start,
  ): number {
    const fd = this.#openFd();
    checkInteger(offset, "offset", Number.MIN_SAFE_INTEGER);
    checkInteger(whence, "whence", 0, 2);
    return lseek(fd, offset, whence);
  }

  /**
   * Closes the descriptor and keeps the memory mapped, to have one descriptor
   * fewer. Doing so again does nothing.
   *
   * `close(2)`.
   */
  closeFd(): void {
    this.#descriptor.close();
  }

  /**
   * Removes the name. The memory stays until the last process that maps it
   * closes it; the name is free for a new object. It works after `close`.
   *
   * `shm_unlink(3)`.
   *
   * @throws {Deno.errors.NotFound} If there is no such name any more.
   * @throws {TypeError} If the memory came as a descriptor.
   */
  unlink(): void {
    if (this.name === null) {
      throw new TypeError("Cannot unlink shared memory without a name");
    }
    shmUnlink(this.name);
  }

  /**
   * Unmaps the memory and closes the descriptor. The object stays under its
   * name until it is unlinked. Doing so again does nothing.
   *
   * `munmap(2)`, `close(2)`.
   */
  close(): void {
    const mapping = this.#mapping;
    this.#mapping = undefined;
    mapping?.unmap();
    this.#descriptor.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #what(): string {
    return describe(this.name);
  }

  #open(): Mapping {
    const mapping = this.#mapping;
    if (mapping === undefined) {
      throw new Deno.errors.BadResource(
        `Cannot use ${this.#what}: it is closed`,
      );
    }
    return mapping;
  }

  #openFd(): number {
    this.#open();
    const fd = this.#descriptor.fd;
    if (fd === -1) {
      throw new Deno.errors.BadResource(
        `Cannot use the descriptor of ${this.#what}: it is closed`,
      );
    }
    return fd;
  }

  #checkWritable(action: string): void {
    if (this.readOnly) {
      throw new Deno.errors.PermissionDenied(
        `Cannot ${action} ${this.#what}: it was opened for reading only`,
      );
    }
  }
}
