/**
 * Ends a process that hangs in a call of the system, where no timer of
 * JavaScript comes to its turn: a timer of the kernel sends it `SIGALRM`, of
 * which it dies. Linux only; elsewhere the watch is for what can be awaited.
 *
 * It is no part of the library under test, and must not stand on it.
 */

/** Offsets in `struct sigevent` and `struct itimerspec`, in bytes. */
const SIGEVENT = { size: 64, sigev_signo: 8, sigev_notify: 12 } as const;
const ITIMERSPEC = { size: 32, it_value: 16 } as const;
const CLOCK_MONOTONIC = 1;
const SIGALRM = 14;
const SIGEV_SIGNAL = 0;

const symbols = {
  timer_create: { parameters: ["i32", "buffer", "buffer"], result: "i32" }, // int timer_create(clockid_t, struct sigevent *, timer_t *)
  timer_settime: {
    parameters: ["u64", "i32", "buffer", "pointer"],
    result: "i32",
  }, // int timer_settime(timer_t, int, const struct itimerspec *, struct itimerspec *)
  timer_delete: { parameters: ["u64"], result: "i32" }, // int timer_delete(timer_t)
} as const satisfies Deno.ForeignLibraryInterface;

type Timers = Deno.DynamicLibrary<typeof symbols>["symbols"];

let timers: Timers | null | undefined;

function bind(): Timers | null {
  if (Deno.build.os !== "linux") return null;
  // glibc before 2.34 has them in a library of their own.
  for (const name of ["libc.so.6", "librt.so.1"]) {
    try {
      return Deno.dlopen(name, symbols).symbols;
    } catch {
      // The next one may have them.
    }
  }
  return null;
}

/**
 * Watches this process.
 *
 * @param milliseconds How long until it is ended.
 * @returns What ends the watch.
 */
export function watchdog(milliseconds: number): Disposable {
  timers ??= bind();
  const bound = timers;
  const timer = new BigUint64Array(1);
  const event = new DataView(new ArrayBuffer(SIGEVENT.size));
  event.setInt32(SIGEVENT.sigev_signo, SIGALRM, true);
  event.setInt32(SIGEVENT.sigev_notify, SIGEV_SIGNAL, true);
  if (bound?.timer_create(CLOCK_MONOTONIC, event, timer) !== 0) {
    return { [Symbol.dispose]() {} };
  }
  const id = timer[0]!;
  const times = new BigInt64Array(ITIMERSPEC.size / 8);
  const seconds = Math.ceil(milliseconds / 1000);
  times[ITIMERSPEC.it_value / 8] = BigInt(seconds);
  bound.timer_settime(id, 0, times, null);
  return {
    [Symbol.dispose]() {
      bound.timer_delete(id);
    },
  };
}
