/**
 * `<signal.h>`: a signal that does nothing but end a blocking call, for calls
 * that have no timeout and cannot be cancelled otherwise; Linux only.
 *
 * The signal is `SIGURG`, which nothing uses, and which a process ignores that
 * has no handler for it: if ours were gone, nobody would die of it. Its
 * handler is `abs(3)`, which takes an `int`, touches no memory, and returns.
 * Calls that are restarted after a handler (`SA_RESTART`) do not notice it;
 * those of System V never are, and fail with `EINTR`.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/signal.7.html | signal(7)}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";

const libsignal = library({
  abs: { type: "pointer" }, // int abs(int)
  gettid: { parameters: [], result: "i32" }, // pid_t gettid(void)
  pthread_sigmask: {
    parameters: ["i32", "buffer", "buffer"],
    result: "i32",
  }, // int pthread_sigmask(int, const sigset_t *, sigset_t *)
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int sigaction(int, const struct sigaction *, struct sigaction *)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" }, // int tgkill(pid_t, pid_t, int)
});

/** Urgent data on a socket, if anybody asked to be told. */
export const SIGURG = 23;
export const SA_RESTART = 0x1000_0000;
export const SA_ONSTACK = 0x0800_0000;
/** The highest handler that is none: `SIG_DFL` is 0, `SIG_IGN` is 1. */
export const SIG_IGN = 1n;
export const SIG_BLOCK = 0;

/** The size of `sigset_t` in bytes; 1024 bits. */
export const SIGSET_SIZE = 128;

/** Offsets in `struct sigaction`, in bytes. */
export const SIGACTION = {
  size: 152,
  sa_handler: 0, // void (*)(int)
  sa_mask: 8, // sigset_t
  sa_flags: 136, // int
} as const;

let ready: boolean | undefined;

/**
 * Makes the signal end calls. A handler that somebody else has for it will
 * do, and stays.
 *
 * @returns Whether it can; not if this process was started with it blocked,
 * or libc is too old.
 */
export function prepareInterrupts(): boolean {
  if (ready === undefined) {
    try {
      ready = !isBlocked() && install();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotSupported)) throw error;
      ready = false;
    }
  }
  return ready;
}

function isBlocked(): boolean {
  const blocked = new BigUint64Array(SIGSET_SIZE / 8);
  libsignal.pthread_sigmask()(SIG_BLOCK, null, blocked);
  return (blocked[0]! >> BigInt(SIGURG - 1) & 1n) === 1n;
}

function install(): boolean {
  libsignal.gettid();
  libsignal.tgkill();
  const view = new DataView(new ArrayBuffer(SIGACTION.size));
  if (libsignal.sigaction()(SIGURG, null, view) === -1) return false;
  if (view.getBigUint64(SIGACTION.sa_handler, true) > SIG_IGN) return true;
  const handler = Deno.UnsafePointer.value(
    libsignal.abs() as unknown as Deno.PointerObject,
  );
  view.setBigUint64(SIGACTION.sa_handler, BigInt(handler), true);
  view.setInt32(SIGACTION.sa_flags, SA_RESTART | SA_ONSTACK, true);
  return libsignal.sigaction()(SIGURG, view, null) === 0;
}

/** The number of this thread. */
export function currentThread(): number {
  return libsignal.gettid()();
}

/**
 * Ends the blocking call of a thread of this process, which then fails with
 * `EINTR`. A thread that is gone by now is none to interrupt.
 *
 * @param thread The number of the thread.
 */
export function interruptThread(thread: number): void {
  if (libsignal.tgkill()(Deno.pid, thread, SIGURG) === 0) return;
  const number = errno[0];
  if (number !== Errno.ESRCH) {
    throw osError(number, "tgkill", `interrupt thread ${thread}`);
  }
}
