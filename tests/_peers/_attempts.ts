/** What scripts share that make attempts, perhaps as another user. */

import { isOsError } from "@ipc/libc";

/** `setgid(2)` and `setuid(2)`: glibc changes all threads. */
function become(user: number): void {
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgroups: { parameters: ["usize", "pointer"], result: "i32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgroups(0n, null);
  symbols.setgid(user);
  symbols.setuid(user);
  if (symbols.getuid() !== user) throw new Error("It is still root");
}

/**
 * Makes the attempts that this script is given, and prints, as JSON, the
 * outcome of each: the name, code and message of the error, or `"done"`.
 *
 * The first argument is the user to become, if this is root; `-` stays. The
 * rest are attempts: an operation, a colon, and a number.
 *
 * @param operations What can be attempted.
 */
export function makeAttempts(
  operations: Readonly<Record<string, (number: number) => void>>,
): void {
  const [user, ...texts] = Deno.args as [string, ...string[]];
  if (user !== "-") become(Number(user));
  const outcomes = texts.map((text) => {
    const [operation, number] = text.split(":") as [string, string];
    try {
      operations[operation]!(Number(number));
      return "done";
    } catch (error) {
      const { name, message } = error as Error;
      return `${name} ${isOsError(error) ? error.code : ""} ${message}`;
    }
  });
  console.log(JSON.stringify(outcomes));
}
