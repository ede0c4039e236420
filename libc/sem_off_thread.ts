/**
 * `<sys/sem.h>`: waiting for semaphores on another thread.
 *
 * What is undone when the process ends (`SEM_UNDO`) is kept for the process
 * and not for the thread: the threads of one process share the list on Linux,
 * because `pthread_create(3)` asks for that (`CLONE_SYSVSEM`), and macOS keeps
 * it by process.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/semop.2.html | semop(2)}
 */

import { IPC_CREAT, IPC_PRIVATE } from "./ipc.ts";
import { library } from "./library.ts";
import { canSleepOffThread, OffThreadCall } from "./off_thread.ts";
import { SEMBUF, semGet, semRemove } from "./sem.ts";
import type { SemaphoreOperations } from "./sem.ts";

const libsem = library({
  semop_off_thread: {
    name: "semop",
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
});

/**
 * Makes operations on another thread, which blocks until it can.
 *
 * @param id The set.
 * @param operations What to do.
 * @returns The call, whose result is 0 if they were made; `undefined` if there
 * is no thread for it.
 */
export function semOperateOffThread(
  id: number,
  operations: SemaphoreOperations,
): OffThreadCall | undefined {
  if (!canSleepOnSemaphores()) return undefined;
  return operateOffThread(id, operations);
}

/** The memory of the call is its own, by which its thread is found. */
function operateOffThread(
  id: number,
  operations: SemaphoreOperations,
): OffThreadCall {
  const memory = new Uint8Array(operations.slice().buffer);
  const count = BigInt(memory.byteLength / SEMBUF.size);
  return new OffThreadCall(
    id,
    memory,
    () => libsem.semop_off_thread()(id, memory, count),
  );
}

/**
 * Whether there is a thread to sleep on, and a way to wake it.
 *
 * @returns Whether a call may be made off-thread now.
 */
export function canSleepOnSemaphores(): boolean {
  return canSleepOffThread(tryToInterrupt);
}

/** Interrupts a wait for a semaphore of its own, if one can be made. */
function tryToInterrupt(interrupt: (call: OffThreadCall) => void): void {
  const flags = IPC_CREAT | 0o600;
  let id: number;
  try {
    id = semGet(IPC_PRIVATE, 1, flags, "create a semaphore", () => undefined);
  } catch {
    return;
  }
  try {
    interrupt(operateOffThread(id, Int16Array.of(0, -1, 0)));
  } finally {
    semRemove(id);
  }
}
