/**
 * How System V semaphores get their first values, although creating them and
 * giving them values are two calls.
 *
 * A new set has had no operation, and `sem_otime` is 0. Its creator gives it
 * its values by an operation, so that it has them from the moment at which
 * `sem_otime` is set; whoever opens it waits for that. That is the custom that
 * Stevens described ("Unix Network Programming", volume 2, 11.2), and that
 * programs in other languages follow. A creator that sets values by `SETVAL`
 * or `SETALL` leaves `sem_otime` as it is, but each semaphore then has a value,
 * or on Linux the number of the process that set it: that counts as well.
 */

import { deadlineAfter, Errno, osError, sleepSync } from "@ipc/libc";
import {
  GETPID,
  IPC_NOWAIT,
  notFound,
  semAsk,
  semOperate,
  semSetValues,
  semStat,
  semValues,
  sysvFailure,
} from "@ipc/libc/sysv";
import type { SemaphoreData } from "@ipc/libc/sysv";

const { E2BIG, EACCES, EIDRM, EINVAL } = Errno;

/** How long to wait between two looks, in milliseconds. */
const PAUSE = 0.2;

/**
 * Gives a new set its values.
 *
 * @param id The set.
 * @param values One for each semaphore.
 * @param action What this is for, for messages.
 */
export function initialize(
  id: number,
  values: readonly number[],
  action: string,
): void {
  const words = values.flatMap((value, index) => [index, value, IPC_NOWAIT]);
  let number = operate(id, words);
  if (number === E2BIG) {
    // All at once by another call, and then an operation that changes nothing.
    number = semSetValues(id, values);
    if (number === 0) operate(id, touch(values[0]!));
  }
  if (number !== 0) throw osError(number, "semop", action);
}

function operate(id: number, words: readonly number[]): number {
  return semOperate(id, Int16Array.from(words), words.length / 3);
}

/** Operations that leave a value as it is. */
function touch(value: number): number[] {
  return value === 0
    ? [0, 0, IPC_NOWAIT]
    : [0, -1, IPC_NOWAIT, 0, 1, IPC_NOWAIT];
}

/**
 * Waits until a set that was found has its values.
 *
 * @param id The set.
 * @param timeout How long to wait, in milliseconds.
 * @param what What it is called in messages.
 * @returns What the system knows of it, or `undefined` if this user may not
 * look: then there is no wait.
 */
export function waitForValues(
  id: number,
  timeout: number,
  what: string,
): SemaphoreData | undefined {
  const deadline = deadlineAfter(timeout);
  for (;;) {
    const data = semStat(id);
    if (data === EACCES) return undefined;
    if (data === EIDRM || data === EINVAL) {
      throw notFound("semctl", `open ${what}`);
    }
    if (typeof data === "number") {
      throw sysvFailure(data, "semctl", `open ${what}`, "to read");
    }
    if (data.operationTime !== 0 || haveValues(id, data.nsems)) return data;
    if (performance.now() >= deadline) {
      throw new Deno.errors.TimedOut(
        `Cannot open ${what}: it had no values for ${timeout} milliseconds; ` +
          `whoever created it may have died before it gave it some; remove ` +
          `it with removeSysvSemaphore(${id}), or give it some with ` +
          `SysvSemaphore.fromId(${id}).setAll([${zeros(data.nsems)}])`,
      );
    }
    sleepSync(PAUSE);
  }
}

function zeros(nsems: number): string {
  return nsems > 8 ? "…" : Array(nsems).fill(0).join(", ");
}

/** Whether somebody has given each semaphore a value. */
function haveValues(id: number, nsems: number): boolean {
  const values = semValues(id, nsems);
  return typeof values === "object" &&
    values.every((value, index) => value > 0 || semAsk(id, index, GETPID) > 0);
}
