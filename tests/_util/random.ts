/** Chance that can be repeated. */

/**
 * A small generator, so that a failure can be repeated by its seed.
 *
 * @param seed The seed.
 * @returns A function that returns a whole number from 0 to below its
 * argument.
 */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
