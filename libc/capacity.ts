/** The capacity of a pipe or FIFO, for those who own an end. */

import { checkInteger } from "./argument.ts";
import { Errno } from "./errno.ts";
import { pipeCapacity, setPipeCapacity } from "./fcntl.ts";
import { capabilities } from "./platform.ts";

const { EBUSY, EPERM } = Errno;

/**
 * Reads the capacity of a pipe.
 *
 * @param fd An end.
 * @returns The capacity in bytes.
 */
export function capacityOf(fd: number): number {
  checkOpen(fd);
  checkCapacity();
  return pipeCapacity(fd);
}

/**
 * Sets the capacity of a pipe.
 *
 * @param fd An end.
 * @param size The least capacity in bytes.
 */
export function setCapacityOf(fd: number, size: number): void {
  checkOpen(fd);
  checkCapacity();
  checkInteger(size, "capacity", 1, 2 ** 31 - 1);
  setPipeCapacity(fd, size, (number) => {
    if (number === EPERM) {
      return "it is more than an ordinary user may have, which " +
        "/proc/sys/fs/pipe-max-size tells";
    }
    if (number === EBUSY) return "the pipe holds more bytes than that now";
    return undefined;
  });
}

function checkOpen(fd: number): void {
  if (fd === -1) {
    throw new Deno.errors.BadResource(
      "Cannot use the capacity of the pipe: this end is closed",
    );
  }
}

function checkCapacity(): void {
  if (!capabilities.pipeCapacity) {
    throw new Deno.errors.NotSupported(
      "Cannot use the capacity of a pipe on macOS: the system grows it by itself",
    );
  }
}
