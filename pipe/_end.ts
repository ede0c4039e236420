/** What both ends of a pipe share. */

import {
  accessMode,
  capabilities,
  checkInteger,
  Errno,
  FileDescriptor,
  fstat,
  O_RDWR,
  pipeCapacity,
  S_IFIFO,
  S_IFMT,
  setPipeCapacity,
} from "@ipc/libc";

const { EBUSY, EPERM } = Errno;

/**
 * Takes over a descriptor that came from elsewhere, if it is the end of a
 * pipe or FIFO that it is said to be.
 *
 * @param fd The descriptor.
 * @param mode `O_RDONLY` or `O_WRONLY`.
 * @param verb What it is for, such as `"read from"`.
 * @returns Its owner from now on.
 */
export function adopt(fd: number, mode: number, verb: string): FileDescriptor {
  checkInteger(fd, "descriptor", 0, 0x7fff_ffff);
  const { mode: kind } = fstat(fd);
  if ((kind & S_IFMT) !== S_IFIFO) {
    throw new TypeError(
      `Cannot ${verb} descriptor ${fd}: it is no pipe (its mode is 0o${
        kind.toString(8)
      })`,
    );
  }
  const access = accessMode(fd);
  if (access !== mode && access !== O_RDWR) {
    throw new TypeError(
      `Cannot ${verb} descriptor ${fd}: it is the other end of its pipe`,
    );
  }
  return new FileDescriptor(fd);
}

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
