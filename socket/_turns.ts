/** Takes turns: what one caller does over several steps, no other cuts in. */

import type { GiveUp } from "./_give_up.ts";

/** Turns on one direction of one connection. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /**
   * Waits for a turn.
   *
   * @param giveUp When to give up.
   * @throws {unknown} What it gives up with.
   */
  async take(giveUp: GiveUp): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
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

  /** Ends a turn: the next one begins. */
  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
