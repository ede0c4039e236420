/**
 * Maps shared memory by an inherited descriptor, prints its first byte and
 * what else it knows, tries to unlink it, and sets its second byte.
 *
 * Argument: the descriptor.
 */

import { SharedMemory } from "@ipc/shm";

using memory = SharedMemory.fromFd(Number(Deno.args[0]));
const bytes = new Uint8Array(memory.buffer);
let unlinked = "unlinked";
try {
  memory.unlink();
} catch (error) {
  unlinked = (error as Error).name;
}
const { name, byteLength, created, readOnly } = memory;
console.log(bytes[0], name, byteLength, created, readOnly, unlinked);
bytes[1] = 42;
