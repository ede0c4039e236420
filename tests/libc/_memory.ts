/** What the tests of the wait queue share. */

import { assert } from "@std/assert";
import type { Waitable, WaitQueue } from "../../libc/wait_queue.ts";

/** A semaphore in memory, whose one sleeper is woken by the test. */
export class Memory implements Waitable {
  value = 0;
  given = 0;
  failure: Error | undefined;
  #wake: (() => void) | undefined;

  get isParked(): boolean {
    return this.#wake !== undefined;
  }

  tryTake(): boolean {
    if (this.failure !== undefined) throw this.failure;
    if (this.value === 0) return false;
    this.value--;
    return true;
  }

  async park(): Promise<boolean> {
    assert(!this.isParked, "two sleepers");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    return this.tryTake();
  }

  giveBack(): void {
    this.value++;
    this.given++;
  }

  /** Ends the sleep, as when its time is over or something is there. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  post(count = 1): void {
    this.value += count;
    this.wake();
  }
}

/** What a wait rejects with when its time is over. */
export const late = () => new Deno.errors.TimedOut("Cannot wait longer");

/** Waits, and notes who is served. */
export function joiner(queue: WaitQueue, served: number[]) {
  return (id: number, signal?: AbortSignal, timeout = Infinity) =>
    queue.wait(signal, timeout, late).then(() => {
      served.push(id);
    });
}
