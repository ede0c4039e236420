/**
 * `<semaphore.h>`: named semaphores.
 *
 * Linux from glibc's `bits/semaphore.h`; macOS from `bsd/sys/posix_sem.h` and
 * `bsd/kern/posix_sem.c` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/semaphore.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { O_CREAT, O_EXCL } from "./fcntl.ts";
import { errno, library } from "./library.ts";
import { objectName } from "./object_name.ts";
import { capabilities, perPlatform } from "./platform.ts";
import { sleepSync } from "./sched.ts";
import { CLOCK_MONOTONIC, CLOCK_REALTIME, momentAfter } from "./time.ts";
import { variadicArguments, variadicParameters } from "./variadic.ts";

const { EAGAIN, EINTR, ENOSPC, EOVERFLOW, ETIMEDOUT } = Errno;

const libsem = library({
  sem_close: { parameters: ["pointer"], result: "i32" }, // int sem_close(sem_t *)
  sem_open: {
    parameters: variadicParameters(["buffer", "i32"], 2),
    result: "pointer",
  }, // sem_t *sem_open(const char *, int, ... mode_t, unsigned)
  sem_post: { parameters: ["pointer"], result: "i32" }, // int sem_post(sem_t *)
  sem_trywait: { parameters: ["pointer"], result: "i32" }, // int sem_trywait(sem_t *)
  sem_unlink: { parameters: ["buffer"], result: "i32" }, // int sem_unlink(const char *)
  sem_wait: { parameters: ["pointer"], result: "i32" }, // int sem_wait(sem_t *)
});

const libsemvalue = library({
  sem_getvalue: { parameters: ["pointer", "buffer"], result: "i32" }, // int sem_getvalue(sem_t *, int *)
});

/** glibc 2.30 and later; the wait is on the monotonic clock. */
const libsemclock = library({
  sem_clockwait: {
    parameters: ["pointer", "i32", "buffer"],
    result: "i32",
  }, // int sem_clockwait(sem_t *, clockid_t, const struct timespec *)
  sem_clockwait_off_thread: {
    name: "sem_clockwait",
    parameters: ["pointer", "i32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
});

/**
 * Before that. The wait is on a clock that may be set: set forward, it ends
 * early, and callers look at the clock that only goes forward; set back, it
 * lasts that much longer.
 */
const libsemtimed = library({
  sem_timedwait: { parameters: ["pointer", "buffer"], result: "i32" }, // int sem_timedwait(sem_t *, const struct timespec *)
  sem_timedwait_off_thread: {
    name: "sem_timedwait",
    parameters: ["pointer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
});

/** What to do when there is no room for one; macOS keeps a count instead. */
const noRoom: string = perPlatform({
  linux: "free some memory, or mount /dev/shm larger",
  darwin: "unlink some semaphores",
});

/** What `sem_open` returns when it fails. */
export const SEM_FAILED: bigint = perPlatform({
  linux: 0n,
  darwin: 0xffff_ffff_ffff_ffffn,
});

/**
 * The greatest value of a POSIX semaphore: 2,147,483,647 on Linux, 32,767 on
 * macOS.
 */
export const SEM_VALUE_MAX: number = perPlatform({
  linux: 2_147_483_647,
  darwin: 32_767,
});

/**
 * The longest name of a semaphore, in bytes, slash included: glibc puts
 * `sem.` before it in the name of a file; macOS compares `PSEMNAMLEN`, 31,
 * with a length that counts the NUL (`bsd/kern/posix_sem.c`).
 */
export const SEM_NAME_MAX: number = perPlatform({ linux: 252, darwin: 30 });

/** The size of `sem_t` in bytes, which is that of the file behind it. */
export const SEM_SIZE = 32;

/** A `sem_t`. */
export type SemaphorePointer = Deno.PointerObject;

/**
 * Opens a semaphore.
 *
 * @param name The name.
 * @param create What a new one has; without it, an existing one is opened.
 * @returns Where it is.
 * @see {@link https://man7.org/linux/man-pages/man3/sem_open.3.html | sem_open(3)}
 */
export function semOpen(
  name: string,
  create?: { mode: number; value: number },
): SemaphorePointer {
  const path = objectName(name, SEM_NAME_MAX);
  const flags = create === undefined ? 0 : O_CREAT | O_EXCL;
  const args = variadicArguments(
    [path, flags],
    [create?.mode ?? 0, create?.value ?? 0],
  ) as [BufferSource, number, bigint, bigint];
  for (;;) {
    const pointer = libsem.sem_open()(...args);
    const number = errno[0];
    if (
      pointer !== null && Deno.UnsafePointer.value(pointer) !== SEM_FAILED
    ) return pointer;
    if (number !== EINTR) {
      throw osError(
        number,
        "sem_open",
        `open semaphore ${JSON.stringify(name)}`,
        number === ENOSPC ? noRoom : undefined,
      );
    }
  }
}

/**
 * Closes a semaphore for this process.
 *
 * @param semaphore Where it is.
 */
export function semClose(semaphore: SemaphorePointer): void {
  if (libsem.sem_close()(semaphore) === -1) {
    throw osError(errno[0], "sem_close", "close the semaphore");
  }
}

/**
 * Removes the name of a semaphore.
 *
 * @param name The name.
 */
export function semUnlink(name: string): void {
  if (libsem.sem_unlink()(objectName(name, SEM_NAME_MAX)) === -1) {
    throw osError(
      errno[0],
      "sem_unlink",
      `unlink semaphore ${JSON.stringify(name)}`,
    );
  }
}

/**
 * Takes one, if there is one.
 *
 * @param semaphore Where it is.
 * @returns Whether there was one.
 */
export function semTryWait(semaphore: SemaphorePointer): boolean {
  for (;;) {
    if (libsem.sem_trywait()(semaphore) === 0) return true;
    const number = errno[0];
    if (number === EAGAIN) return false;
    if (number !== EINTR) {
      throw osError(number, "sem_trywait", "acquire the semaphore");
    }
  }
}

/**
 * Gives one.
 *
 * @param semaphore Where it is.
 */
export function semPost(semaphore: SemaphorePointer): void {
  if (libsem.sem_post()(semaphore) === -1) {
    const number = errno[0];
    throw osError(
      number,
      "sem_post",
      "release the semaphore",
      number === EOVERFLOW
        ? `its value is the limit, ${SEM_VALUE_MAX}`
        : undefined,
    );
  }
}

/**
 * Takes one, and sleeps until there is one.
 *
 * @param semaphore Where it is.
 */
export function semWait(semaphore: SemaphorePointer): void {
  while (libsem.sem_wait()(semaphore) === -1) {
    const number = errno[0];
    if (number !== EINTR) {
      throw osError(number, "sem_wait", "acquire the semaphore");
    }
  }
}

/**
 * Reads the value.
 *
 * @param semaphore Where it is.
 * @returns How many can be taken at once.
 */
export function semValue(semaphore: SemaphorePointer): number {
  const value = new Int32Array(1);
  if (libsemvalue.sem_getvalue()(semaphore, value) === -1) {
    throw osError(errno[0], "sem_getvalue", "read the value of the semaphore");
  }
  return value[0]!;
}

/**
 * Takes one, and sleeps until there is one or the time is over. It may return
 * early.
 *
 * @param semaphore Where it is.
 * @param milliseconds How long to sleep.
 * @returns Whether it took one.
 */
export function semTimedWait(
  semaphore: SemaphorePointer,
  milliseconds: number,
): boolean {
  if (!capabilities.timedSemaphores) return poll(semaphore, milliseconds);
  const result = hasClockwait()
    ? libsemclock.sem_clockwait()(
      semaphore,
      CLOCK_MONOTONIC,
      momentAfter(CLOCK_MONOTONIC, milliseconds),
    )
    : libsemtimed.sem_timedwait()(
      semaphore,
      momentAfter(CLOCK_REALTIME, milliseconds),
    );
  if (result === 0) return true;
  const number = errno[0];
  if (number === ETIMEDOUT || number === EINTR) return false;
  throw osError(number, "sem_timedwait", "acquire the semaphore");
}

/**
 * Does the same on another thread, or by a timer where there is no timed
 * wait. Why it returned without one cannot be known: the error number is that
 * thread's.
 *
 * @param semaphore Where it is, and stays until the promise settles.
 * @param milliseconds How long to sleep.
 * @returns Whether it took one.
 */
export function semTimedWaitAsync(
  semaphore: SemaphorePointer,
  milliseconds: number,
): Promise<boolean> {
  if (!capabilities.timedSemaphores) {
    return pollAsync(semaphore, milliseconds);
  }
  return sleepOffThread(semaphore, milliseconds);
}

async function sleepOffThread(
  semaphore: SemaphorePointer,
  milliseconds: number,
): Promise<boolean> {
  const result = await (hasClockwait()
    ? libsemclock.sem_clockwait_off_thread()(
      semaphore,
      CLOCK_MONOTONIC,
      momentAfter(CLOCK_MONOTONIC, milliseconds),
    )
    : libsemtimed.sem_timedwait_off_thread()(
      semaphore,
      momentAfter(CLOCK_REALTIME, milliseconds),
    ));
  return result === 0;
}

let clockwait: boolean | undefined;

/** Whether this libc can wait on the monotonic clock. */
function hasClockwait(): boolean {
  if (!capabilities.monotonicSemaphores) return false;
  if (clockwait === undefined) {
    try {
      libsemclock.sem_clockwait();
      clockwait = true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotSupported)) throw error;
      clockwait = false;
    }
  }
  return clockwait;
}

/** The shortest and longest naps between two looks, in milliseconds. */
const SHORTEST_NAP = 0.05;
const LONGEST_NAP = 5;

function poll(semaphore: SemaphorePointer, milliseconds: number): boolean {
  const end = performance.now() + milliseconds;
  for (let nap = SHORTEST_NAP;; nap = Math.min(nap * 2, LONGEST_NAP)) {
    if (semTryWait(semaphore)) return true;
    const left = end - performance.now();
    if (left <= 0) return false;
    sleepSync(Math.min(nap, left));
  }
}

async function pollAsync(
  semaphore: SemaphorePointer,
  milliseconds: number,
): Promise<boolean> {
  const end = performance.now() + milliseconds;
  for (let nap = 1;; nap = Math.min(nap * 2, LONGEST_NAP)) {
    if (semTryWait(semaphore)) return true;
    const left = end - performance.now();
    if (left <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(nap, left)));
  }
}
