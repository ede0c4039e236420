/**
 * `<linux/io_uring.h>`: having the kernel write a byte when a descriptor is
 * ready, without a thread that waits for it; Linux 5.6 and later, where it is
 * allowed.
 *
 * Two calls are made at a time, linked: one that polls the descriptor, and one
 * that writes once the first has ended. Nobody waits for them to complete, so
 * what the ring says of it is passed over.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/io_uring.7.html | io_uring(7)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { errno, library } from "./library.ts";
import { Mapping } from "./mapping.ts";
import { WAIT_ACTION } from "./pending.ts";
import { POLLIN } from "./poll.ts";

const { EAGAIN } = Errno;

const libring = library({
  // Variadic in C. Linux passes such arguments as it passes fixed ones. What
  // these return fits 32 bits; 64 would be an object (see `errno`).
  enter: {
    name: "syscall",
    parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"],
    result: "i32",
  }, // long syscall(long, ...)
  setup: {
    name: "syscall",
    parameters: ["i64", "i64", "buffer"],
    result: "i32",
  }, // long syscall(long, ...)
});

/** The numbers of the system calls, which are the same on all processors. */
export const SYS_io_uring_setup = 425;
export const SYS_io_uring_enter = 426;

/** What the kernel can do: one mapping for both rings, since 5.4. */
export const IORING_FEAT_SINGLE_MMAP = 1;
/** Since 5.6, as `IORING_OP_WRITE` is. */
export const IORING_FEAT_RW_CUR_POS = 8;
/** Where the entries are mapped from. */
export const IORING_OFF_SQES = 0x1000_0000;
export const IORING_OP_POLL_ADD = 6;
export const IORING_OP_WRITE = 23;
/** The next entry waits until this one is done. */
export const IOSQE_IO_LINK = 4;

/** Offsets in `struct io_uring_params`, in bytes. */
export const IO_URING_PARAMS = {
  size: 120,
  sq_entries: 0, // __u32
  cq_entries: 4, // __u32
  features: 20, // __u32
  "sq_off.tail": 44, // __u32
  "sq_off.array": 64, // __u32
  "cq_off.head": 80, // __u32
  "cq_off.tail": 84, // __u32
  "cq_off.cqes": 100, // __u32
} as const;

/** Offsets in `struct io_uring_sqe`, in bytes. */
export const IO_URING_SQE = {
  size: 64,
  opcode: 0, // __u8
  flags: 1, // __u8
  fd: 4, // __s32
  addr: 16, // __u64
  len: 24, // __u32
  poll32_events: 28, // __u32
} as const;

/** The size of `struct io_uring_cqe`, in bytes. */
export const IO_URING_CQE = { size: 16 } as const;

const ENTER = BigInt(SYS_io_uring_enter);

/** A poll, and a write. */
const ENTRIES = 2;

/** Writes a byte when a descriptor has something to read. */
export class PollRelay implements Disposable {
  readonly #ring: FileDescriptor;
  /** The descriptor, as `syscall` takes it. */
  readonly #ringFd: bigint;
  readonly #rings: Mapping;
  readonly #entries: Mapping;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #tail: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  /** How many entries the kernel has not taken yet. */
  #left = 0;

  /**
   * Makes a ring.
   *
   * @param watched The descriptor to read from.
   * @param bell The descriptor to write to.
   */
  constructor(watched: number, bell: number) {
    using undo = new DisposableStack();
    const params = new DataView(new ArrayBuffer(IO_URING_PARAMS.size));
    const get = (offset: number) => params.getUint32(offset, true);
    const setup = libring.setup();
    const fd = setup(BigInt(SYS_io_uring_setup), BigInt(ENTRIES), params);
    if (fd === -1) throw osError(errno[0], "io_uring_setup", WAIT_ACTION);
    this.#ring = undo.use(new FileDescriptor(fd));
    this.#ringFd = BigInt(fd);
    const needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_RW_CUR_POS;
    if ((get(IO_URING_PARAMS.features) & needed) !== needed) {
      throw new Deno.errors.NotSupported("Cannot use io_uring: it is too old");
    }
    const array = get(IO_URING_PARAMS["sq_off.array"]);
    const size = Math.max(
      array + 4 * get(IO_URING_PARAMS.sq_entries),
      get(IO_URING_PARAMS["cq_off.cqes"]) +
        IO_URING_CQE.size * get(IO_URING_PARAMS.cq_entries),
    );
    this.#rings = new Mapping(fd, size, true);
    undo.defer(() => this.#rings.unmap());
    const bytes = IO_URING_SQE.size * ENTRIES;
    this.#entries = new Mapping(fd, bytes, true, IORING_OFF_SQES);
    undo.defer(() => this.#entries.unmap());
    this.#words = new Uint32Array(this.#rings.buffer, 0, size >> 2);
    this.#tail = get(IO_URING_PARAMS["sq_off.tail"]) >> 2;
    this.#cqHead = get(IO_URING_PARAMS["cq_off.head"]) >> 2;
    this.#cqTail = get(IO_URING_PARAMS["cq_off.tail"]) >> 2;
    for (let i = 0; i < ENTRIES; i++) this.#words[(array >> 2) + i] = i;
    this.#prepare(watched, bell);
    undo.move();
  }

  /** Writes both entries, which stay as they are. */
  #prepare(watched: number, bell: number): void {
    const poll = new DataView(this.#entries.buffer, 0, IO_URING_SQE.size);
    poll.setUint8(IO_URING_SQE.opcode, IORING_OP_POLL_ADD);
    poll.setUint8(IO_URING_SQE.flags, IOSQE_IO_LINK);
    poll.setInt32(IO_URING_SQE.fd, watched, true);
    poll.setUint32(IO_URING_SQE.poll32_events, POLLIN, true);
    const write = new DataView(this.#entries.buffer, IO_URING_SQE.size);
    write.setUint8(IO_URING_SQE.opcode, IORING_OP_WRITE);
    write.setInt32(IO_URING_SQE.fd, bell, true);
    // Any byte will do, such as one of the ring.
    write.setBigUint64(IO_URING_SQE.addr, this.#rings.address, true);
    write.setUint32(IO_URING_SQE.len, 1, true);
  }

  /**
   * Has the byte written, once; again only after it was. Where the kernel has
   * no memory left, it goes on next time with the entries that were not taken:
   * they are in the ring.
   */
  arm(): void {
    const words = this.#words;
    // The kernel reads and writes these in calls of this thread alone.
    words[this.#cqHead] = words[this.#cqTail]!;
    if (this.#left === 0) {
      words[this.#tail]! += ENTRIES;
      this.#left = ENTRIES;
    }
    const call = libring.enter();
    const left = BigInt(this.#left);
    const count = call(ENTER, this.#ringFd, left, 0n, 0n, 0n, 0n);
    if (count === -1) {
      throw osError(errno[0], "io_uring_enter", WAIT_ACTION);
    }
    this.#left -= count;
    if (this.#left > 0) {
      throw osError(EAGAIN, "io_uring_enter", WAIT_ACTION);
    }
  }

  /** Gives up what it was armed for. */
  [Symbol.dispose](): void {
    this.#rings.unmap();
    this.#entries.unmap();
    this.#ring.close();
  }
}
