/** Sizes as C takes them. */

/**
 * Makes a `size_t` or a `long` of a number. To make a `BigInt` takes as long
 * as the whole call of C, so the last one is kept: one side of a queue or a
 * stream mostly passes the same again.
 */
export class LongArgument {
  #number = 0;
  #long = 0n;

  /**
   * Makes one.
   *
   * @param number A whole number.
   * @returns The same for C.
   */
  of(number: number): bigint {
    if (number !== this.#number) {
      this.#long = BigInt(number);
      this.#number = number;
    }
    return this.#long;
  }
}
