import { capabilities, checkBytes, Errno } from "@ipc/libc";
import {
  checkId,
  checkPermissions,
  momentOf,
  shmRemove,
  shmSet,
  shmSetLocked,
  shmStat,
  sysvFailure,
} from "@ipc/libc/sysv";
import type { Attachment } from "@ipc/libc/sysv";
import {
  attachSegment,
  checkOffset,
  describeSegment,
} from "./_sysv_segment.ts";
import type {
  SysvSharedMemoryChanges,
  SysvSharedMemoryOptions,
  SysvSharedMemoryStat,
} from "./sysv_shared_memory_stat.ts";

/**
 * As it came: that of a class of the caller would get hold of memory which
 * must not be written.
 */
const { set } = Uint8Array.prototype;

/**
 * System V shared memory: the same bytes in every process that attaches it.
 *
 * The kernel keeps it until it is removed and nobody has it attached: look for
 * forgotten memory with `ipcs -m`. What a process writes, the others see at
 * once, in no promised order: guard it with a {@linkcode SysvSemaphore} or use
 * `Atomics`. Its size never changes, so no other process can take bytes away
 * that this one uses.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/sysvipc.7.html | sysvipc(7)}
 *
 * @example Usage
 * ```ts
 * import { openSysvSharedMemory } from "@ipc/shm";
 * import { assertEquals } from "@std/assert";
 *
 * using memory = openSysvSharedMemory(null, { size: 16 });
 * Atomics.add(new Uint32Array(memory.buffer), 0, 3);
 * memory.write(new TextEncoder().encode("hi"), 8);
 *
 * const bytes = new Uint8Array(2);
 * assertEquals(memory.read(bytes, 8), 2);
 * assertEquals(new TextDecoder().decode(bytes), "hi");
 * memory.remove();
 * ```
 */
export class SysvSharedMemory {
  /** The id, by which every process can reach it. */
  readonly id: number;
  /**
   * The key, as C has it, with a sign: 0 for private memory, and for what had
   * been removed when it was attached by its id.
   */
  readonly key: number;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** Whether it was opened for reading only. */
  readonly readOnly: boolean;
  /** The size in bytes. */
  readonly byteLength: number;
  #attachment: Attachment | undefined;
  /** The same bytes, for reading and writing here. */
  #bytes: Uint8Array;
  #isClosed = false;

  /**
   * Use {@linkcode openSysvSharedMemory}.
   *
   * @ignore
   */
  constructor(
    id: number,
    key: number,
    created: boolean,
    attachment: Attachment,
    readOnly: boolean,
  ) {
    this.id = id;
    this.key = key;
    this.created = created;
    this.readOnly = readOnly;
    this.#attachment = attachment;
    this.#bytes = new Uint8Array(attachment.buffer);
    this.byteLength = this.#bytes.byteLength;
  }

  /**
   * Attaches the memory of an id, such as private memory, or some that
   * `ipcs -m` lists. On Linux that works for memory that was removed, too, as
   * long as somebody has it attached.
   *
   * `shmat(2)`, `shmctl(2)` with `IPC_STAT`.
   *
   * Requires `--allow-ffi`.
   *
   * @param id The id.
   * @param options How to attach it.
   * @returns The attached memory.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if there is none.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read or
   * write.
   * @throws {RangeError} If the id is not a whole number from 0.
   */
  static fromId(
    id: number,
    options: SysvSharedMemoryOptions = {},
  ): SysvSharedMemory {
    checkId(id);
    const { write = true } = options;
    const what = describeSegment(id, undefined);
    const attachment = attachSegment(id, write, what);
    const { key } = attachment.data.permissions;
    return new SysvSharedMemory(id, key, false, attachment, !write);
  }

  /**
   * The memory. Make views of it: `new Float64Array(memory.buffer)`.
   *
   * Once it is detached or closed, the buffer is detached: views of it have
   * length 0 and reach nothing. If the buffer was transferred elsewhere, the
   * memory stays attached until the process ends.
   *
   * Memory that is attached for reading only has none. The system would kill
   * this process for a write to it, nothing can forbid JavaScript to write to
   * a buffer, and System V has no private attachment, as there are private
   * mappings: use {@linkcode SysvSharedMemory.read}.
   *
   * @throws {Deno.errors.PermissionDenied} If it was opened for reading only.
   * @throws {Deno.errors.BadResource} If it is closed or detached.
   */
  get buffer(): ArrayBuffer {
    const { buffer } = this.#open();
    if (!this.readOnly) return buffer;
    throw new Deno.errors.PermissionDenied(
      `Cannot hand out the bytes of ${this.#what}: it was opened for reading ` +
        `only, and a write would kill this process; use read()`,
    );
  }

  /** Whether it is attached to this process by this object. */
  get attached(): boolean {
    return this.#attachment !== undefined;
  }

  /**
   * Attaches it again after `detach`; `buffer` is a new one. If it is attached,
   * this does nothing: views of it stay as they are. For a second attachment
   * open it a second time.
   *
   * `shmat(2)`.
   *
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids it by now.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  attach(): void {
    this.#checkOpen();
    if (this.#attachment !== undefined) return;
    const what = this.#what;
    const attachment = attachSegment(this.id, !this.readOnly, what);
    if (attachment.data.size !== this.byteLength) {
      // The id is that of other memory by now.
      attachment.detach();
      throw sysvFailure(Errno.EIDRM, "shmat", `attach ${what}`, "to read");
    }
    this.#attachment = attachment;
    this.#bytes = new Uint8Array(attachment.buffer);
  }

  /**
   * Detaches it from this process. Views of its buffer have length 0 from now
   * on, and reach nothing. Doing so again does nothing.
   *
   * `shmdt(2)`.
   */
  detach(): void {
    const attachment = this.#attachment;
    this.#attachment = undefined;
    attachment?.detach();
  }

  /**
   * Copies bytes out of the memory.
   *
   * @param p Where to put them.
   * @param offset Where they begin, in bytes from the start.
   * @returns How many bytes were read: as many as `p` holds, or as there are
   * up to the end; `null` at the end.
   * @throws {RangeError} If the offset is not a whole number from 0 to the
   * size.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {Deno.errors.BadResource} If it is closed or detached.
   */
  read(p: Uint8Array, offset: number = 0): number | null {
    this.#open();
    checkBytes(p);
    const { byteLength } = this;
    checkOffset(offset, byteLength);
    if (p.byteLength === 0) return 0;
    const end = Math.min(offset + p.byteLength, byteLength);
    if (end === offset) return null;
    set.call(p, this.#view.subarray(offset, end));
    return end - offset;
  }

  /**
   * Copies bytes into the memory.
   *
   * @param p The bytes.
   * @param offset Where to put them, in bytes from the start.
   * @returns How many bytes were written: all of them.
   * @throws {RangeError} If they would not fit before the end of the memory:
   * nothing is written.
   * @throws {TypeError} If `p` is no `Uint8Array`.
   * @throws {Deno.errors.PermissionDenied} If it was opened for reading only.
   * @throws {Deno.errors.BadResource} If it is closed or detached.
   */
  write(p: Uint8Array, offset: number = 0): number {
    this.#open();
    if (this.readOnly) {
      throw new Deno.errors.PermissionDenied(
        `Cannot write ${this.#what}: it was opened for reading only`,
      );
    }
    checkBytes(p);
    checkOffset(offset, this.byteLength);
    if (offset + p.byteLength > this.byteLength) {
      throw new RangeError(
        `Cannot write ${p.byteLength} bytes at ${offset} of ${this.#what}: ` +
          `it ends at ${this.byteLength}`,
      );
    }
    this.#view.set(p, offset);
    return p.byteLength;
  }

  /**
   * Asks the system about the memory.
   *
   * `shmctl(2)` with `IPC_STAT`.
   *
   * @returns What it knows.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it is gone; on macOS
   * once it was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  stat(): SysvSharedMemoryStat {
    this.#checkOpen();
    const found = shmStat(this.id);
    if (typeof found === "number") {
      const action = `ask about ${this.#what}`;
      throw sysvFailure(found, "shmctl", action, "to read");
    }
    const { permissions, attachTime, detachTime, changeTime, ...data } = found;
    return {
      id: this.id,
      ...permissions,
      ...data,
      lastPid: data.lastPid || null,
      lastAttachTime: momentOf(attachTime),
      lastDetachTime: momentOf(detachTime),
      lastChangeTime: momentOf(changeTime),
    };
  }

  /**
   * Changes owner or permissions, or keeps it in memory, and changes nothing
   * that is not given. Who has it attached keeps it as it is.
   *
   * `shmctl(2)` with `IPC_STAT`, `IPC_SET`, `SHM_LOCK` and `SHM_UNLOCK`.
   *
   * @param changes What to change.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
   * creator or root.
   * @throws {Error} With code `ENOMEM` if it cannot all be kept in memory.
   * @throws {Deno.errors.NotSupported} If `locked` is given on macOS.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it is gone.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  set(changes: SysvSharedMemoryChanges): void {
    this.#checkOpen();
    const { locked, ...permissions } = changes;
    checkPermissions(permissions);
    const action = `change ${this.#what}`;
    if (locked !== undefined && !capabilities.segmentFlags) {
      throw new Deno.errors.NotSupported(
        `Cannot ${action}: macOS does not lock shared memory`,
      );
    }
    if (Object.keys(permissions).length > 0) {
      const number = shmSet(this.id, permissions);
      if (number !== 0) throw sysvFailure(number, "shmctl", action, "to read");
    }
    if (locked === undefined) return;
    const number = shmSetLocked(this.id, locked);
    if (number === 0) return;
    const hint = "RLIMIT_MEMLOCK bounds what is locked, as ulimit -l shows it";
    throw sysvFailure(number, "shmctl", action, "to read", hint);
  }

  /**
   * Removes the memory: its key is free at once, and the memory goes when the
   * last process detaches it. On Linux it can be attached by its id until
   * then. It works after `close`.
   *
   * `shmctl(2)` with `IPC_RMID`.
   *
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it is gone.
   * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
   * creator or root.
   */
  remove(): void {
    const number = shmRemove(this.id);
    if (number === 0) return;
    throw sysvFailure(number, "shmctl", `remove ${this.#what}`, "to write");
  }

  /**
   * Detaches the memory, and ends the use of this object. The memory stays
   * until it is removed. Doing so again does nothing.
   *
   * `shmdt(2)`.
   */
  close(): void {
    this.#isClosed = true;
    this.detach();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #what(): string {
    return describeSegment(this.id, this.key);
  }

  /** The bytes; if somebody has transferred them, there are none here. */
  get #view(): Uint8Array {
    if (this.#bytes.byteLength === this.byteLength) return this.#bytes;
    throw new Deno.errors.BadResource(
      `Cannot use ${this.#what}: its buffer was transferred elsewhere`,
    );
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new Deno.errors.BadResource(`Cannot use ${this.#what}: it is closed`);
  }

  #open(): Attachment {
    this.#checkOpen();
    if (this.#attachment !== undefined) return this.#attachment;
    throw new Deno.errors.BadResource(
      `Cannot use ${this.#what}: it is detached; call attach()`,
    );
  }
}
