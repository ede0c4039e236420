/** One header of C, and what `libc/` holds to be true of it. */

/** What is held to be true of one header. */
export interface Header {
  /** Its name between angle brackets. */
  include: string;
  /** The only system that has it, or has what follows. */
  on?: "linux" | "darwin";
  /** Values, by the C expression for each; `undefined` is left out. */
  constants?: Readonly<Record<string, number | bigint | undefined>>;
  /** Tables of `size` and of the offset of each field, by C type. */
  structs?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Some constants of a file of `libc/`, which bear the names they have in C. */
export function pick<T, const N extends keyof T>(
  file: T,
  ...names: N[]
): Pick<T, N> {
  return Object.fromEntries(
    names.map((name) => [name, file[name]]),
  ) as Pick<T, N>;
}

/** A table of offsets, with the names that some fields have in C. */
export function named<T extends Readonly<Record<string, number>>>(
  offsets: T,
  names: Readonly<Record<string, string>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(offsets).map(([name, at]) => [names[name] ?? name, at]),
  );
}
