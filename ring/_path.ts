import { objectName, perPlatform } from "@ipc/libc/rings";

/**
 * Where rings are. On Linux it is where POSIX shared memory is, so that a ring
 * is the shared memory object of its name, and C opens it by `shm_open`. On
 * macOS such an object cannot be locked, so that a file takes its place.
 */
const FOLDER = perPlatform({ linux: "/dev/shm", darwin: "/tmp" });

/** The longest name of a ring, in bytes: those of its bells are longer. */
const NAME_MAX = 224;

/**
 * The path of the memory of a ring.
 *
 * @param name The name of the ring.
 * @throws {TypeError} If it is no name.
 * @throws {RangeError} If it is too long.
 */
export function memoryPath(name: string): string {
  objectName(name, NAME_MAX);
  return FOLDER + name;
}

/** The path of the bell by which the producer of a lane wakes the consumer. */
export function consumerBellPath(
  name: string,
  id: string,
  index: number,
): string {
  return `${FOLDER}${name}.${id}.c${index}`;
}

/** The path of the bell that wakes the producer of a lane. */
export function producerBellPath(
  name: string,
  id: string,
  index: number,
): string {
  return `${FOLDER}${name}.${id}.p${index}`;
}
