/**
 * `<sys/epoll.h>`: waiting for many descriptors at once, on Linux.
 *
 * From `linux/eventpoll.h`. The struct is packed on x86-64 and nowhere else.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/epoll.7.html | epoll(7)}
 */

import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { WAIT_ACTION } from "./pending.ts";
import { perProcessor } from "./platform.ts";

const libepoll = library({
  epoll_create1: { parameters: ["i32"], result: "i32" }, // int epoll_create1(int)
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" }, // int epoll_ctl(int, int, int, struct epoll_event *)
  epoll_wait: {
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
  }, // int epoll_wait(int, struct epoll_event *, int, int)
  epoll_wait_off_thread: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
});

export const EPOLL_CLOEXEC = 0o2000000;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

/** Offsets in `struct epoll_event`, in bytes. */
export const EPOLL_EVENT: {
  readonly size: number;
  readonly events: number;
  readonly data: number;
} = perProcessor({
  x86_64: { size: 12, events: 0, data: 4 },
  aarch64: { size: 16, events: 0, data: 8 },
});

/** How many descriptors one wait can tell of. */
const MOST_EVENTS = 64;

/** Makes an epoll descriptor, which is close-on-exec. */
export function epollCreate(): number {
  const fd = libepoll.epoll_create1()(EPOLL_CLOEXEC);
  if (fd === -1) {
    throw osError(errno[0], "epoll_create1", WAIT_ACTION);
  }
  return fd;
}

const event = new DataView(new ArrayBuffer(16));

/**
 * Changes what is watched.
 *
 * @param epoll The epoll descriptor.
 * @param operation One of `EPOLL_CTL_*`.
 * @param fd The descriptor to watch.
 * @param events What to watch it for.
 */
export function epollControl(
  epoll: number,
  operation: number,
  fd: number,
  events: number,
): void {
  event.setUint32(EPOLL_EVENT.events, events, true);
  event.setInt32(EPOLL_EVENT.data, fd, true);
  event.setInt32(EPOLL_EVENT.data + 4, 0, true);
  if (libepoll.epoll_ctl()(epoll, operation, fd, event) === -1) {
    throw osError(errno[0], "epoll_ctl", `watch descriptor ${fd}`);
  }
}

/**
 * Waits on another thread until a descriptor is ready.
 *
 * @param epoll The epoll descriptor.
 * @returns Those that are ready, with what happened. It is empty if the call
 * failed, or a signal came.
 */
export async function epollWaitOffThread(
  epoll: number,
): Promise<Map<number, number>> {
  const view = newEvents();
  const call = libepoll.epoll_wait_off_thread();
  return readEvents(view, await call(epoll, view, MOST_EVENTS, -1));
}

/** What a look finds, before it is read. */
const present = newEvents();

/**
 * Looks which descriptors are ready now.
 *
 * @param epoll The epoll descriptor.
 * @returns Those that are, with what happened.
 */
export function epollWaitNow(epoll: number): Map<number, number> {
  const count = libepoll.epoll_wait()(epoll, present, MOST_EVENTS, 0);
  return readEvents(present, count);
}

function newEvents(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(EPOLL_EVENT.size * MOST_EVENTS));
}

function readEvents(view: DataView, count: number): Map<number, number> {
  const ready = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const at = index * EPOLL_EVENT.size;
    ready.set(
      view.getInt32(at + EPOLL_EVENT.data, true),
      view.getUint32(at + EPOLL_EVENT.events, true),
    );
  }
  return ready;
}
