/** Checks of what callers pass for System V semaphores. */

import { checkInteger, checkWait } from "@ipc/libc";
import { SEMVMX } from "@ipc/libc/sysv";
import { checkIndex } from "./_sysv_set.ts";
import { flagsOf } from "./_sysv_waits.ts";
import type { SysvOperation, SysvSemaphoreOptions } from "./sysv_operation.ts";

/**
 * Checks how a set is to be used.
 *
 * @param options What a caller passed.
 * @returns The same, with what was left out.
 */
export function checkSetOptions(
  options: SysvSemaphoreOptions,
): Required<SysvSemaphoreOptions> {
  const { write = true, undo = false, wait = "adaptive" } = options;
  checkWait(wait);
  return { write, undo, wait };
}

/**
 * Checks operations.
 *
 * @param list What a caller passed.
 * @param nsems How many semaphores there are, if that is known.
 * @param undo Whether they are undone if nothing is said.
 * @returns What C has of each, one after the other.
 */
export function checkOperations(
  list: readonly SysvOperation[],
  nsems: number | undefined,
  undo: boolean,
): number[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new TypeError(
      "Cannot operate on semaphores: expected an array of operations",
    );
  }
  return list.flatMap((operation: SysvOperation) => [
    checkIndex(operation.index ?? 0, nsems),
    checkInteger(operation.delta, "delta", -SEMVMX, SEMVMX),
    flagsOf(operation.undo ?? undo, operation.noWait ?? false),
  ]);
}
