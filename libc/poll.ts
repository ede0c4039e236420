/**
 * `<poll.h>`: waiting until descriptors are ready.
 *
 * Linux from `asm-generic/poll.h`; macOS from `bsd/sys/poll.h` of xnu, which
 * has the same numbers.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/poll.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";

const { EINTR } = Errno;

/** There are bytes to read, or their end. */
export const POLLIN = 1;
/** There is room to write. */
export const POLLOUT = 4;
/** The other side is gone; always watched for. */
export const POLLHUP = 0x10;
/** The other side sends no more; Linux only. */
export const POLLRDHUP: number | undefined = perPlatform<number | undefined>({
  linux: 0x2000,
  darwin: undefined,
});

const libpoll = library({
  poll: { parameters: ["buffer", "u32", "i32"], result: "i32" }, // int poll(struct pollfd *, nfds_t, int)
  ppoll: { parameters: ["buffer", "u32", "buffer", "pointer"], result: "i32" }, // int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *)
  poll_off_thread: {
    name: "poll",
    parameters: ["buffer", "u32", "i32"],
    result: "i32",
    nonblocking: true,
  },
});

/** Offsets in `struct pollfd`, in bytes; 8 in all. */
export const POLLFD = {
  size: 8,
  fd: 0, // int
  events: 4, // short
  revents: 6, // short
} as const;

const waiting = new DataView(new ArrayBuffer(POLLFD.size));

/** The longest time that one call waits, in milliseconds. */
const MAX_WAIT = 2 ** 31 - 1;

/**
 * What a descriptor is ready for now.
 *
 * @param fd The descriptor.
 * @param events What to look for, besides errors and hang-ups.
 * @returns What happened: `POLLIN`, `POLLOUT`, `POLLHUP` and others.
 */
export function pollNow(fd: number, events: number): number {
  const view = pollfd(fd, events);
  if (libpoll.poll()(view, 1, 0) === -1) {
    const number = errno[0];
    if (number === EINTR) return 0;
    throw osError(number, "poll", `look at descriptor ${fd}`);
  }
  return view.getInt16(POLLFD.revents, true);
}

function pollfd(fd: number, events: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(POLLFD.size));
  view.setInt32(POLLFD.fd, fd, true);
  view.setInt16(POLLFD.events, events, true);
  return view;
}

/**
 * Blocks this thread until a descriptor is ready or the time is over. It may
 * return early.
 *
 * @param fd The descriptor.
 * @param events `POLLIN` or `POLLOUT`.
 * @param milliseconds How long to wait, `Infinity` for ever.
 */
export function pollSync(
  fd: number,
  events: number,
  milliseconds: number,
): void {
  // A call that blocks is the only one of its thread: the struct is reused.
  waiting.setInt32(POLLFD.fd, fd, true);
  waiting.setInt16(POLLFD.events, events, true);
  if (libpoll.poll()(waiting, 1, pollTime(milliseconds)) === -1) {
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "poll", `wait for descriptor ${fd}`);
    }
  }
}

const moment = new BigInt64Array(2);

/**
 * The same for less than a second, which is not rounded up to a millisecond.
 * macOS has no such call.
 *
 * @param fd The descriptor.
 * @param events `POLLIN` or `POLLOUT`.
 * @param milliseconds How long to wait.
 * @see {@link https://man7.org/linux/man-pages/man2/poll.2.html | ppoll(2)}
 */
export function pollBriefly(
  fd: number,
  events: number,
  milliseconds: number,
): void {
  waiting.setInt32(POLLFD.fd, fd, true);
  waiting.setInt16(POLLFD.events, events, true);
  moment[1] = BigInt(Math.round(milliseconds * 1e6));
  if (libpoll.ppoll()(waiting, 1, moment, null) === -1) {
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "ppoll", `wait for descriptor ${fd}`);
    }
  }
}

/** Descriptors that this thread waits for together, time and again. */
export class PollSet {
  readonly #view: DataView<ArrayBuffer>;
  readonly #count: number;

  /**
   * Chooses them.
   *
   * @param fds The descriptors, open as long as they are waited for.
   * @param events `POLLIN` or `POLLOUT`.
   */
  constructor(fds: readonly number[], events: number) {
    this.#count = fds.length;
    this.#view = new DataView(new ArrayBuffer(POLLFD.size * fds.length));
    for (const [index, fd] of fds.entries()) {
      const at = index * POLLFD.size;
      this.#view.setInt32(at + POLLFD.fd, fd, true);
      this.#view.setInt16(at + POLLFD.events, events, true);
    }
  }

  /**
   * Blocks this thread until one is ready or the time is over. It may return
   * early.
   *
   * @param milliseconds How long to wait, `Infinity` for ever.
   */
  wait(milliseconds: number): void {
    const wait = pollTime(milliseconds);
    if (libpoll.poll()(this.#view, this.#count, wait) === -1) {
      const number = errno[0];
      if (number === EINTR) return this.#clear();
      throw osError(number, "poll", `wait for ${this.#count} descriptors`);
    }
  }

  /**
   * Whether one was ready when the last wait ended.
   *
   * @param index Which.
   */
  isReady(index: number): boolean {
    const at = index * POLLFD.size + POLLFD.revents;
    return this.#view.getInt16(at, true) !== 0;
  }

  /** A call that was interrupted says nothing. */
  #clear(): void {
    for (let index = 0; index < this.#count; index++) {
      const at = index * POLLFD.size + POLLFD.revents;
      this.#view.setInt16(at, 0, true);
    }
  }
}

function pollTime(milliseconds: number): number {
  return milliseconds === Infinity
    ? -1
    : Math.min(Math.ceil(milliseconds), MAX_WAIT);
}

/**
 * Waits on another thread until one of many descriptors is ready.
 *
 * @param watched The descriptors and the events that each is watched for.
 * @returns Those that are ready, with what happened. It is empty if the call
 * failed, or a signal came.
 */
export async function pollOffThread(
  watched: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const view = new DataView(new ArrayBuffer(POLLFD.size * watched.size));
  let offset = 0;
  for (const [fd, events] of watched) {
    view.setInt32(offset + POLLFD.fd, fd, true);
    view.setInt16(offset + POLLFD.events, events, true);
    offset += POLLFD.size;
  }
  const ready = new Map<number, number>();
  if (await libpoll.poll_off_thread()(view, watched.size, -1) > 0) {
    for (let at = 0; at < view.byteLength; at += POLLFD.size) {
      const events = view.getInt16(at + POLLFD.revents, true);
      if (events !== 0) ready.set(view.getInt32(at + POLLFD.fd, true), events);
    }
  }
  return ready;
}
