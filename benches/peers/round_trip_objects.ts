/** The objects of a round trip: both ends open them alike. */

import type { Semaphore, SysvSemaphore } from "@ipc/shm";
import { numberOption, option, ready } from "./peer.ts";
import { remove, semaphore, sharedMemory } from "./shared_objects.ts";

/** Two semaphores, and the bytes of each way. */
export interface RoundTripObjects {
  /** Whether this is the side that answers, which creates and removes. */
  readonly answers: boolean;
  /** A question is there. */
  readonly asked: Semaphore | SysvSemaphore;
  /** An answer is there. */
  readonly answered: Semaphore | SysvSemaphore;
  /** The bytes of the question, in shared memory. */
  readonly question: Uint8Array;
  /** The bytes of the answer, in shared memory. */
  readonly reply: Uint8Array;
  /** Bytes of this process alone. */
  readonly own: Uint8Array;
  /** Removes what this side has to remove. */
  remove(): void;
}

/**
 * Opens the objects; the side that answers creates them and says so.
 *
 * @returns The objects.
 */
export function openRoundTripObjects(): RoundTripObjects {
  const size = numberOption("size", 64);
  const createNew = option("role") === "server";
  const memory = sharedMemory("memory", createNew, 2 * size);
  const asked = semaphore("asked", createNew);
  const answered = semaphore("answered", createNew);
  if (createNew) ready();
  return {
    answers: createNew,
    asked,
    answered,
    question: new Uint8Array(memory.buffer, 0, size),
    reply: new Uint8Array(memory.buffer, size, size),
    own: new Uint8Array(size),
    remove() {
      // The other side waits for the last answer, so it says when that can go.
      if (createNew) remove("memory", "asked");
      else remove("answered");
    },
  };
}
