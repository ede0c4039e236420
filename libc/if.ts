/**
 * `<net/if.h>`: network interfaces.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/net_if.h.html | POSIX}
 */

import { cString } from "./c_string.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";

const libif = library({
  if_nametoindex: { parameters: ["buffer"], result: "u32" }, // unsigned int if_nametoindex(const char *)
});

/**
 * The number of a network interface.
 *
 * @param name Its name, such as `"lo"`.
 * @returns The number, from 1.
 * @see {@link https://man7.org/linux/man-pages/man3/if_nametoindex.3.html | if_nametoindex(3)}
 */
export function interfaceIndex(name: string): number {
  const index = libif.if_nametoindex()(cString(name, "interface"));
  if (index === 0) {
    throw osError(
      errno[0],
      "if_nametoindex",
      `find network interface ${JSON.stringify(name)}`,
    );
  }
  return index;
}
