/**
 * Tries to map what is no shared memory, and prints the class of the error
 * and whether the descriptor is still open afterwards.
 *
 * Argument: the descriptor.
 */

import { SharedMemory } from "@ipc/shm";

const fd = Deno.args[0]!;
try {
  SharedMemory.fromFd(Number(fd));
} catch (error) {
  const { name } = error as Error;
  console.log(`${name} ${Deno.lstatSync(`/proc/self/fd/${fd}`).isSymlink}`);
}
