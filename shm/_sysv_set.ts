/** What the semaphores of a System V set share: their words and their errors. */

import { checkInteger, Errno, osError } from "@ipc/libc";
import {
  describeSysv,
  GETVAL,
  MAX_NSEMS,
  semAsk,
  SEMOPM,
  semStat,
  SEMVMX,
  sysvFailure,
} from "@ipc/libc/sysv";
import type { SemaphoreData } from "@ipc/libc/sysv";
import { sysvLimits } from "./sysv_limits.ts";
import type { SysvSemaphoreLimits } from "./sysv_limits.ts";

const { E2BIG, EACCES, EFBIG, EINVAL, ENOMEM, ENOSPC, ERANGE } = Errno;

/** Names a set in messages. */
export function describeSet(
  id: number | undefined,
  key: number | undefined,
): string {
  return describeSysv("semaphore", id, key);
}

/** Checks which semaphore of a set is meant. */
export function checkIndex(index: number, nsems: number | undefined): number {
  return checkInteger(index, "index", 0, (nsems ?? MAX_NSEMS) - 1);
}

/** Checks by how much a value is to change. */
export function checkDelta(delta: number): number {
  return checkInteger(delta, "delta", 1, SEMVMX);
}

/** Checks a value. */
export function checkValue(value: number): number {
  return checkInteger(value, "value", 0, SEMVMX);
}

/**
 * Looks at a set, which has to be there.
 *
 * @param id The set.
 * @returns What is known of it, or `undefined` if this user may not look.
 */
export function lookAtSet(id: number): SemaphoreData | undefined {
  const data = semStat(id);
  if (typeof data === "object") return data;
  if (data === EACCES) return undefined;
  const action = `open ${describeSet(id, undefined)}`;
  throw sysvFailure(data, "semctl", action, "to read");
}

/** Operations that failed. */
export interface FailedOperations {
  /** The set. */
  readonly id: number;
  /** What could not be done. */
  readonly action: string;
  /** The numbers of the semaphores. */
  readonly indices: readonly number[];
}

/**
 * Makes the error of operations that failed.
 *
 * @param number The error number.
 * @param failed What failed.
 * @returns The error.
 */
export function operationFailure(
  number: number,
  { id, action, indices }: FailedOperations,
): Error {
  if (number === EFBIG) {
    return new RangeError(
      `Cannot ${action}: the set has fewer semaphores than index ` +
        `${Math.max(...indices)} needs`,
    );
  }
  let hint: string | undefined;
  if (number === ERANGE) {
    const values = indices.map((index) => semAsk(id, index, GETVAL));
    const now = values.some((value) => value < 0)
      ? ""
      : `; now it has ${values.join(", ")}`;
    hint = `the greatest value is ${SEMVMX} (SEMVMX), also of what is to be ` +
      `undone${now}`;
  } else if (number === E2BIG) {
    const most = sysvLimits().semaphores?.maxOperations ?? SEMOPM;
    hint = `there are ${indices.length} operations, and the system allows ` +
      `${most} at a time (SEMOPM)` + raise({ maxOperations: indices.length });
  } else if (number === ENOSPC || number === ENOMEM) {
    hint = "the system has no room to note what is to be undone";
  }
  const permission = "for it: to change values, or to wait for zero, to read";
  return sysvFailure(number, "semop", action, permission, hint);
}

/** How to raise one of the four limits of semaphores, where there is a way. */
function raise(change: Partial<SysvSemaphoreLimits>): string {
  const present = sysvLimits().semaphores;
  if (present === undefined) return "";
  const { maxPerSet, maxSemaphores, maxOperations, maxSets } = {
    ...present,
    ...change,
  };
  return `; raise it: sysctl kernel.sem="${maxPerSet} ${maxSemaphores} ` +
    `${maxOperations} ${maxSets}"`;
}

/**
 * Makes the error of a set that could not be made.
 *
 * @param error What the system said.
 * @param number Its error number.
 * @param action What could not be done.
 * @param nsems How many semaphores it was to have.
 * @returns The error, which names the limit that was met.
 */
export function creationFailure(
  error: Error,
  number: number,
  action: string,
  nsems: number,
): Error {
  const limits = sysvLimits().semaphores;
  if (number === EINVAL) {
    const most = limits?.maxPerSet;
    return new RangeError(
      `Cannot ${action} of ${nsems} semaphores: the system allows ` +
        `${most ?? "fewer"} in a set (SEMMSL)` + raise({ maxPerSet: nsems }),
    );
  }
  if (number !== ENOSPC || limits === undefined) return error;
  const { maxSets, maxSemaphores } = limits;
  const hint = `there are ${maxSets} sets (SEMMNI) or ${maxSemaphores} ` +
    "semaphores (SEMMNS), which kernel.sem allows" +
    raise({
      maxSets: 2 * maxSets,
      maxSemaphores: Math.max(maxSemaphores, 2 * nsems),
    }) + ", or remove some: ipcs -s, ipcrm -s";
  return osError(number, "semget", action, hint);
}
