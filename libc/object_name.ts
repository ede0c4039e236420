/** Names of POSIX shared memory, semaphores and queues. */

import { cString } from "./c_string.ts";

/**
 * Checks the name of a POSIX object and encodes it for C.
 *
 * A portable name is one path component after one slash.
 *
 * @param name The name, such as `"/frames"`.
 * @param maxBytes The longest name the system takes, in bytes of UTF-8,
 * slash included.
 * @returns The name for C.
 * @throws {TypeError} If it is not such a name.
 * @throws {RangeError} If it is too long.
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/shm_open.html | POSIX}
 */
export function objectName(
  name: string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> {
  const bytes = cString(name, "the name");
  const rest = name.slice(1);
  let fault: string | undefined;
  if (!name.startsWith("/")) fault = 'it must start with "/"';
  else if (rest === "") fault = 'it must have a character after its "/"';
  else if (rest.includes("/")) fault = 'it must have no second "/"';
  else if (rest === "." || rest === "..") fault = "it names a directory";
  if (fault !== undefined) {
    throw new TypeError(
      `Cannot use the name ${JSON.stringify(name)}: ${fault}`,
    );
  }
  if (bytes.length - 1 > maxBytes) {
    throw new RangeError(
      `Cannot use the name ${JSON.stringify(name)}: it has ${
        bytes.length - 1
      } bytes, and the limit of this system is ${maxBytes}`,
    );
  }
  return bytes;
}

/**
 * Makes a random name of 13 characters, which every system takes. Whoever
 * creates the object must insist that it is new, and try again if it is not.
 *
 * @returns A name such as `"/ipc_3k9x0q2z"`.
 */
export function randomObjectName(): string {
  let name = "/ipc_";
  for (const byte of crypto.getRandomValues(new Uint8Array(8))) {
    name += (byte % 36).toString(36);
  }
  return name;
}
