/**
 * Gives one descriptor two owners, which is wrong: the second to close finds
 * it gone. It prints what it says, and what is left of its memory.
 *
 * Argument: the memory.
 */

import { openSharedMemory, SharedMemory } from "@ipc/shm";

const name = Deno.args[0]!;
const first = openSharedMemory(name);
const second = SharedMemory.fromFd(first.fd);
const view = new Uint8Array(second.buffer);
first.close();
let close = "done";
try {
  second.close();
} catch (error) {
  close = (error as Error).name;
}
const mapped = Deno.readTextFileSync("/proc/self/maps").includes(name);
console.log(JSON.stringify({ close, length: view.length, mapped }));
