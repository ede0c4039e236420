/** What scripts share that make attempts, perhaps as another user. */

import { isOsError } from "@ipc/libc";

/** How an attempt failed: what is of the error. */
interface Failure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Becomes another user, if this is root: `setgid(2)` and `setuid(2)`, by which
 * glibc changes all threads.
 *
 * @param user The number of the user; `"-"` stays.
 */
function become(user: string): void {
  if (user === "-") return;
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgroups: { parameters: ["usize", "pointer"], result: "i32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgroups(0n, null);
  symbols.setgid(Number(user));
  symbols.setuid(Number(user));
  if (symbols.getuid() !== Number(user)) throw new Error("It is still root");
}

/**
 * Makes the attempts that this script is given, and prints, as JSON, the
 * outcome of each: what is to be shown of the failure, or `"done"`.
 *
 * The first argument is the user to become, if this is root; `-` stays. The
 * rest are attempts: an operation, and perhaps a colon and its argument.
 *
 * @param operations What can be attempted.
 * @param show What to print of a failure.
 */
export function makeAttempts(
  operations: Readonly<Record<string, (argument: string) => void>>,
  show: (failure: Failure) => unknown = ({ name, code }) => `${name} ${code}`,
): void {
  const [user, ...attempts] = Deno.args as [string, ...string[]];
  become(user);
  const outcomes = attempts.map((attempt) => {
    const [, operation, argument] = attempt.match(/^(\w+):?(.*)$/)!;
    try {
      operations[operation!]!(argument!);
      return "done";
    } catch (error) {
      const { name, message } = error as Error;
      const code = isOsError(error) ? error.code! : "";
      return show({ name, code, message });
    }
  });
  console.log(JSON.stringify(outcomes));
}

/**
 * Does the same with operations that take a number, and prints the name, code
 * and message of a failure.
 *
 * @param operations What can be attempted.
 */
export function makeNumberAttempts(
  operations: Readonly<Record<string, (argument: number) => void>>,
): void {
  const entries = Object.entries(operations).map(([name, operation]) =>
    [name, (argument: string) => operation(Number(argument))] as const
  );
  makeAttempts(
    Object.fromEntries(entries),
    ({ name, code, message }) => `${name} ${code} ${message}`,
  );
}
