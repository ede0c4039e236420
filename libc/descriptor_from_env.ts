/**
 * Reads a descriptor number from the environment.
 *
 * @param variable The name of the variable.
 * @returns The number.
 */
export function descriptorFromEnv(variable: string): number {
  const text = Deno.env.get(variable);
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new TypeError(
      `Cannot take a descriptor from the environment variable ${variable}: ` +
        (text === undefined
          ? "it is not set"
          : `it is ${JSON.stringify(text)}`),
    );
  }
  return Number(text);
}
