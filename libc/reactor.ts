/**
 * Readiness of descriptors, for all waits of this thread: told in its own
 * event loop where the system has the means (`loop_reactor.ts`), and else by
 * another thread (`thread_reactor.ts`), which takes two to wake.
 */

import { isOsError } from "./error.ts";
import { LoopReactor } from "./loop_reactor.ts";
import { capabilities } from "./platform.ts";
import { ThreadReactor } from "./thread_reactor.ts";
import type { Interest, WatchSet } from "./watch_set.ts";

export type { Interest } from "./watch_set.ts";

let loop: WatchSet | undefined;
let thread: WatchSet | undefined;
/** Whether the system has refused: many sandboxes do, and old kernels. */
let isLoopRefused = false;

function reactor(): WatchSet {
  if (capabilities.epoll && capabilities.ioUring && !isLoopRefused) {
    try {
      return loop ??= new LoopReactor(() => loop = undefined);
    } catch (error) {
      isLoopRefused = !isOsError(error, "EMFILE") &&
        !isOsError(error, "ENFILE");
    }
  }
  return thread ??= new ThreadReactor(() => thread = undefined);
}

/**
 * Calls a function once, when a descriptor is ready. Until then, or until the
 * wait is taken back, the process does not exit by itself. It may be called
 * too early, when the number was another's a moment ago: so try, and wait
 * again.
 *
 * @param fd The descriptor, open until then.
 * @param interest What to wait for.
 * @param listener The function.
 * @returns A function that takes the wait back.
 */
export function whenReady(
  fd: number,
  interest: Interest,
  listener: () => void,
): () => void {
  const current = reactor();
  current.add(fd, interest, listener);
  return () => current.remove(fd, interest, listener);
}

/**
 * The same, if others wait in that way in this event loop anyhow. It is for a
 * wait that may be the only one of its descriptor, as that of a short
 * connection is: a watcher of its own wakes sooner, and is dear to make.
 *
 * @param fd The descriptor, open until then.
 * @param interest What to wait for.
 * @param listener The function.
 * @returns A function that takes the wait back, or `undefined`.
 */
export function whenReadyToo(
  fd: number,
  interest: Interest,
  listener: () => void,
): (() => void) | undefined {
  return loop === undefined ? undefined : whenReady(fd, interest, listener);
}
