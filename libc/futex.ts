/**
 * `<linux/futex.h>`: sleeping on a word of shared memory until somebody
 * changes it. macOS has the same from 14.4 on, in
 * `<os/os_sync_wait_on_address.h>`. Where there is neither, a sleeper naps,
 * and looks at the word in between.
 *
 * A sleep compares the word with what the caller saw of it, so a change in
 * between is not missed; and it may end for no reason, so callers look again.
 *
 * The kernel only reads the word, once, when the sleep begins: a sleep on
 * memory that has been unmapped meanwhile fails or ends in time, and harms
 * nothing. So a sleep on another thread does not have to keep its memory.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/futex.2.html | futex(2)}
 * @see {@link https://developer.apple.com/documentation/os/synchronization | Apple}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { capabilities, perPlatform, perProcessor } from "./platform.ts";
import { sleepSync } from "./sched.ts";

const { EAGAIN, EINTR, ETIMEDOUT } = Errno;

/** The number of the call; Linux only. */
export const SYS_futex: number = perProcessor({ x86_64: 202, aarch64: 98 });
/** Sleep if the word has a value. */
export const FUTEX_WAIT = 0;
/** Wake some of those that sleep. */
export const FUTEX_WAKE = 1;

/** The word is shared with other processes; macOS only. */
const OS_SYNC_SHARED = 1;
/** The clock of the timeout; macOS only. */
const OS_CLOCK_MACH_ABSOLUTE_TIME = 32;
/** The size of the word, in bytes. */
const WORD_SIZE = 4n;

const libfutex = library({
  // A variadic call whose arguments travel in registers, as on Linux they do.
  futex: {
    name: "syscall",
    parameters: ["i64", "pointer", "i32", "i32", "buffer"],
    result: "i32",
  }, // long syscall(SYS_futex, uint32_t *, int, uint32_t, const struct timespec *)
  futex_off_thread: {
    name: "syscall",
    parameters: ["i64", "pointer", "i32", "i32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
});

const libossync = library({
  os_sync_wait_on_address_with_timeout: {
    parameters: ["pointer", "u64", "usize", "u32", "u32", "u64"],
    result: "i32",
  }, // int os_sync_wait_on_address_with_timeout(void *, uint64_t, size_t, os_sync_wait_on_address_flags_t, os_clockid_t, uint64_t)
  wait_off_thread: {
    name: "os_sync_wait_on_address_with_timeout",
    parameters: ["pointer", "u64", "usize", "u32", "u32", "u64"],
    result: "i32",
    nonblocking: true,
  },
  os_sync_wake_by_address_any: {
    parameters: ["pointer", "usize", "u32"],
    result: "i32",
  }, // int os_sync_wake_by_address_any(void *, size_t, os_sync_wake_by_address_flags_t)
  os_sync_wake_by_address_all: {
    parameters: ["pointer", "usize", "u32"],
    result: "i32",
  }, // int os_sync_wake_by_address_all(void *, size_t, os_sync_wake_by_address_flags_t)
});

const SYSCALL = BigInt(SYS_futex);

/**
 * How many sleeps may be on other threads at a time: Deno has 32 of them, for
 * its own work with files too. Those beyond nap.
 */
const MOST_SLEEPERS = 12;
let sleepers = 0;

/** The shortest and longest naps, in milliseconds. */
const SHORTEST_NAP = 0.05;
const LONGEST_NAP = 2;

const kernelSleeps: () => boolean = perPlatform({
  linux: () => capabilities.futex,
  darwin: () => capabilities.futex && hasOsSync(),
});

let osSync: boolean | undefined;

/** Whether this macOS is 14.4 or later. */
function hasOsSync(): boolean {
  if (osSync === undefined) {
    try {
      libossync.os_sync_wait_on_address_with_timeout();
      osSync = true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotSupported)) throw error;
      osSync = false;
    }
  }
  return osSync;
}

/** A word to sleep on. */
export class Futex {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #pointer: Deno.PointerObject;
  /** The `struct timespec` of a sleep on this thread. */
  readonly #timespec = new BigInt64Array(2);

  /**
   * Takes a word that is there.
   *
   * @param words The memory that it is in, which may be shared.
   * @param index Which word of it.
   */
  constructor(words: Int32Array<ArrayBufferLike>, index = 0) {
    this.#words = words;
    this.#index = index;
    this.#pointer = Deno.UnsafePointer.of(
      words.subarray(index, index + 1) as Int32Array<ArrayBuffer>,
    )!;
  }

  /** Whether the memory is gone: its buffer was detached. */
  get isGone(): boolean {
    return this.#words.length === 0;
  }

  /**
   * Sleeps as long as the word has a value, and blocks this thread. It may
   * return early.
   *
   * @param value What the word has, as the caller saw it.
   * @param milliseconds How long to sleep at most.
   */
  wait(value: number, milliseconds: number): void {
    if (this.isGone) return;
    if (!kernelSleeps()) return this.#nap(value, milliseconds);
    const result = perPlatform({ linux: this.#futex, darwin: this.#osSync })
      .call(this, value, milliseconds);
    if (result >= 0) return;
    const number = -result;
    if (number === EAGAIN || number === EINTR || number === ETIMEDOUT) return;
    throw osError(number, "futex", "sleep on a word of shared memory");
  }

  /**
   * Does the same on another thread, and does not block this one. It may
   * return early.
   *
   * @param value What the word has, as the caller saw it.
   * @param milliseconds How long to sleep at most.
   */
  async waitAsync(value: number, milliseconds: number): Promise<void> {
    if (this.isGone) return;
    if (!kernelSleeps() || sleepers >= MOST_SLEEPERS) {
      return await this.#napAsync(value, milliseconds);
    }
    sleepers++;
    try {
      await perPlatform({
        linux: this.#futexOffThread,
        darwin: this.#osSyncOffThread,
      }).call(this, value, milliseconds);
    } finally {
      sleepers--;
    }
  }

  /**
   * Wakes some of those that sleep, in whatever process.
   *
   * It is a call of the system even if nobody sleeps: keep note of that in
   * the word.
   *
   * @param count How many at most; on macOS, one or all.
   * @returns How many were woken, where the system tells, and else `undefined`.
   */
  wake(count = 1): number | undefined {
    if (this.isGone || !kernelSleeps()) return undefined;
    return perPlatform({ linux: this.#wakeFutex, darwin: this.#wakeOsSync })
      .call(this, count);
  }

  #futex(value: number, milliseconds: number): number {
    const timespec = setTimespec(this.#timespec, milliseconds);
    const result = libfutex.futex()(
      SYSCALL,
      this.#pointer,
      FUTEX_WAIT,
      value,
      timespec,
    );
    return result === -1 ? -errno[0] : result;
  }

  #futexOffThread(value: number, milliseconds: number): Promise<number> {
    const timespec = setTimespec(new BigInt64Array(2), milliseconds);
    return libfutex.futex_off_thread()(
      SYSCALL,
      this.#pointer,
      FUTEX_WAIT,
      value,
      timespec,
    );
  }

  #wakeFutex(count: number): number | undefined {
    return libfutex.futex()(SYSCALL, this.#pointer, FUTEX_WAKE, count, null);
  }

  #osSync(value: number, milliseconds: number): number {
    const result = libossync.os_sync_wait_on_address_with_timeout()(
      this.#pointer,
      BigInt(value >>> 0),
      WORD_SIZE,
      OS_SYNC_SHARED,
      OS_CLOCK_MACH_ABSOLUTE_TIME,
      nanoseconds(milliseconds),
    );
    return result === -1 ? -errno[0] : result;
  }

  #osSyncOffThread(value: number, milliseconds: number): Promise<number> {
    return libossync.wait_off_thread()(
      this.#pointer,
      BigInt(value >>> 0),
      WORD_SIZE,
      OS_SYNC_SHARED,
      OS_CLOCK_MACH_ABSOLUTE_TIME,
      nanoseconds(milliseconds),
    );
  }

  #wakeOsSync(count: number): number | undefined {
    const wake = count === 1
      ? libossync.os_sync_wake_by_address_any()
      : libossync.os_sync_wake_by_address_all();
    wake(this.#pointer, WORD_SIZE, OS_SYNC_SHARED);
    return undefined;
  }

  #nap(value: number, milliseconds: number): void {
    const end = performance.now() + milliseconds;
    for (let nap = SHORTEST_NAP; this.#has(value);) {
      const left = end - performance.now();
      if (left <= 0) return;
      sleepSync(Math.min(nap, left));
      nap = Math.min(2 * nap, LONGEST_NAP);
    }
  }

  async #napAsync(value: number, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    do {
      await new Promise((resolve) => setTimeout(resolve, LONGEST_NAP));
    } while (this.#has(value) && performance.now() < end);
  }

  #has(value: number): boolean {
    return !this.isGone && Atomics.load(this.#words, this.#index) === value;
  }
}

/** Nanoseconds, of which 0 would mean for ever to macOS. */
function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.max(1, Math.round(milliseconds * 1e6)));
}

function setTimespec(
  timespec: BigInt64Array<ArrayBuffer>,
  milliseconds: number,
): BigInt64Array<ArrayBuffer> {
  const seconds = Math.floor(milliseconds / 1000);
  timespec[0] = BigInt(seconds);
  timespec[1] = BigInt(Math.floor((milliseconds - seconds * 1000) * 1e6));
  return timespec;
}
