/** How to parse; the part of `@std/cli` that this project uses. */
export interface ParseOptions {
  alias?: Record<string, string | readonly string[]>;
  boolean?: string | readonly string[];
  string?: string | readonly string[];
  collect?: string | readonly string[];
  default?: Record<string, unknown>;
  "--"?: boolean;
  stopEarly?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Parses a command line into an object of its options. */
export function parseArgs(
  args: readonly string[],
  options?: ParseOptions,
): { _: (string | number)[]; [option: string]: unknown };
