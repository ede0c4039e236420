/** The objects of a round trip: both ends open them alike. */

import { openSemaphore, openSharedMemory } from "@ipc/shm";
import type { Semaphore, WaitStrategy } from "@ipc/shm";
import { numberOption, option, ready } from "./peer.ts";

/** Two semaphores, and the bytes of each way. */
export interface RoundTripObjects {
  /** Whether this is the side that answers, which creates and removes. */
  readonly answers: boolean;
  /** A question is there. */
  readonly asked: Semaphore;
  /** An answer is there. */
  readonly answered: Semaphore;
  /** The bytes of the question, in shared memory. */
  readonly question: Uint8Array;
  /** The bytes of the answer, in shared memory. */
  readonly reply: Uint8Array;
  /** Bytes of this process alone. */
  readonly own: Uint8Array;
  /** Removes the names. */
  unlink(): void;
}

/**
 * Opens the objects; the side that answers creates them and says so.
 *
 * @returns The objects.
 */
export function openRoundTripObjects(): RoundTripObjects {
  const size = numberOption("size", 64);
  const prefix = `/${option("name")}`;
  const createNew = option("role") === "server";
  const wait = option("wait", "adaptive") as WaitStrategy;
  const memory = openSharedMemory(`${prefix}_memory`, {
    createNew,
    size: 2 * size,
  });
  const asked = openSemaphore(`${prefix}_asked`, { createNew, wait });
  const answered = openSemaphore(`${prefix}_answered`, { createNew, wait });
  if (createNew) ready();
  return {
    answers: createNew,
    asked,
    answered,
    question: new Uint8Array(memory.buffer, 0, size),
    reply: new Uint8Array(memory.buffer, size, size),
    own: new Uint8Array(size),
    unlink() {
      for (const object of [memory, asked, answered]) object.unlink();
    },
  };
}
