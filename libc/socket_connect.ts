/** Connecting, with a wait that can be given up. */

import { checkTimeout, deadlineAfter, timedOut } from "./deadline.ts";
import { Errno } from "./errno.ts";
import { setNonblocking } from "./fcntl.ts";
import { pollNow, POLLOUT, pollSync } from "./poll.ts";
import { whenReady } from "./reactor.ts";
import { sleepSync } from "./sched.ts";
import { connect } from "./socket.ts";
import type { SocketAddress } from "./socket.ts";
import { SO_ERROR, socketOption, SOL_SOCKET } from "./socket_option.ts";
import type { SyncWaitOptions } from "./transfers.ts";
import type { WaitOptions } from "./wait_queue.ts";

const { EAGAIN, EALREADY, EINPROGRESS, EINTR, EISCONN } = Errno;

/** The times between two tries to join a full queue, in milliseconds. */
const SHORTEST_NAP = 0.5;
const LONGEST_NAP = 10;

/** What is to be connected. */
export interface Connecting {
  /** The socket, which does not wait. It waits when it is connected. */
  readonly fd: number;
  /** Where to. */
  readonly address: SocketAddress;
  /** What this is for, after "Cannot", for messages. */
  readonly action: string;
  /** Makes the error for a number. */
  fail(number: number): Error;
}

/** What the system says of a connect: it is done, goes on, or has to wait. */
type State = "done" | "going on" | "queue is full";

/**
 * Connects, and lets the event loop run while it waits. If it fails, the
 * socket is of no use any more; it stays the caller's.
 *
 * @param connecting What to connect, and where to.
 * @param options When to give up.
 */
export async function connectSocket(
  connecting: Connecting,
  options: WaitOptions = {},
): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const timeout = checkTimeout(options.timeout);
  const deadline = deadlineAfter(timeout);
  let nap = SHORTEST_NAP;
  for (let state = begin(connecting); state !== "done";) {
    const left = Math.max(0, deadline - performance.now());
    if (left === 0) throw timedOut(connecting.action, timeout);
    if (state === "going on") {
      await writable(connecting.fd, signal, left);
      state = progress(connecting);
    } else {
      await pause(Math.min(nap, left), signal);
      nap = Math.min(2 * nap, LONGEST_NAP);
      state = begin(connecting);
    }
  }
  setNonblocking(connecting.fd, false);
}

/**
 * Connects, and blocks the thread while it waits. If it fails, the socket is
 * of no use any more; it stays the caller's.
 *
 * @param connecting What to connect, and where to.
 * @param options When to give up.
 */
export function connectSocketSync(
  connecting: Connecting,
  options: SyncWaitOptions = {},
): void {
  const timeout = checkTimeout(options.timeout);
  const deadline = deadlineAfter(timeout);
  let nap = SHORTEST_NAP;
  for (let state = begin(connecting); state !== "done";) {
    const left = Math.max(0, deadline - performance.now());
    if (left === 0) throw timedOut(connecting.action, timeout);
    if (state === "going on") {
      pollSync(connecting.fd, POLLOUT, left);
      state = progress(connecting);
    } else {
      sleepSync(Math.min(nap, left));
      nap = Math.min(2 * nap, LONGEST_NAP);
      state = begin(connecting);
    }
  }
  setNonblocking(connecting.fd, false);
}

function begin({ fd, address, fail }: Connecting): State {
  const number = connect(fd, address);
  if (number === 0 || number === EISCONN) return "done";
  if (number === EINPROGRESS || number === EINTR || number === EALREADY) {
    return "going on";
  }
  if (number === EAGAIN) return "queue is full";
  throw fail(number);
}

function progress({ fd, fail }: Connecting): State {
  if (pollNow(fd, POLLOUT) === 0) return "going on";
  const number = socketOption(fd, SOL_SOCKET, SO_ERROR);
  if (number !== 0) throw fail(number);
  return "done";
}

function writable(
  fd: number,
  signal: AbortSignal | undefined,
  milliseconds: number,
): Promise<void> {
  return settle(
    signal,
    milliseconds,
    (resolve) => whenReady(fd, "write", resolve),
  );
}

function pause(
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return settle(signal, milliseconds, () => () => {});
}

/** Resolves when something begun is done or time is over. */
function settle(
  signal: AbortSignal | undefined,
  milliseconds: number,
  begin: (resolve: () => void) => () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal!.reason);
  const takeBack = begin(resolve);
  const timer = milliseconds === Infinity
    ? undefined
    : setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", onAbort);
  return promise.finally(() => {
    takeBack();
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  });
}
