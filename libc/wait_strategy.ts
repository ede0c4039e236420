/**
 * How to wait: `"adaptive"` looks again for some 60 microseconds before it
 * sleeps, as long as that has paid lately; `"block"` sleeps at once.
 */
export type WaitStrategy = "adaptive" | "block";

/**
 * Checks how to wait.
 *
 * @param strategy What a caller passed.
 * @returns The same.
 * @throws {TypeError} If it is no strategy.
 */
export function checkWait(strategy: WaitStrategy): WaitStrategy {
  if (strategy !== "adaptive" && strategy !== "block") {
    throw new TypeError(
      `Cannot use wait ${
        JSON.stringify(strategy)
      }: it must be "adaptive" or "block"`,
    );
  }
  return strategy;
}
