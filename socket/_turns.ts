/** Takes turns: what one caller does over several steps, no other cuts in. */

import type { GiveUp } from "./_give_up.ts";

/** Turns on one direction of one connection. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /**
   * Takes a turn, or waits for it.
   *
   * @param giveUp When to give up.
   * @returns Nothing if the turn has begun, which saves a wait.
   * @throws {unknown} What it gives up with.
   */
  take(giveUp: GiveUp): Promise<void> | undefined {
    if (this.#isTaken) return this.#wait(giveUp);
    this.#isTaken = true;
    return undefined;
  }

  /** Ends a turn: the next one begins. */
  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  async #wait(giveUp: GiveUp): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await giveUp.race(promise);
    } catch (error) {
      const index = this.#waiting.indexOf(resolve);
      // It had its turn, and no use for it.
      if (index === -1) this.end();
      else this.#waiting.splice(index, 1);
      throw error;
    }
  }
}
