/** Checks of numbers that callers pass, made before C is called. */

/**
 * Checks that a number is a whole number inside a range.
 *
 * @param value The number.
 * @param label What it is, for the message, such as `"size"`.
 * @param min The least value allowed.
 * @param max The greatest value allowed.
 * @returns The number.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is fractional, NaN or outside the range.
 */
export function checkInteger(
  value: number,
  label: string,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot use ${label}: expected a number, got ${typeof value}`,
    );
  }
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(
      `Cannot use ${label} ${value}: it must be a whole number from ${min} to ${max}`,
    );
  }
  return value;
}

/**
 * Checks the permission bits of a new object.
 *
 * @param mode The bits, such as `0o600`.
 * @returns The bits.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If there is any bit above `0o777`.
 */
export function checkMode(mode: number): number {
  if (
    typeof mode === "number" && !(mode >= 0 && mode <= 0o777 && mode % 1 === 0)
  ) {
    throw new RangeError(
      `Cannot use mode ${mode}: it must be permission bits from 0 to 0o777`,
    );
  }
  return checkInteger(mode, "mode", 0, 0o777);
}
