/** Receives more descriptors than it may have: unix_no_room.ts FD */

import { UnixStream } from "@ipc/unix";

const stream = UnixStream.fromFd(Number(Deno.args[0]));
const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
const buffer = new Uint8Array(8);
const before = count();
try {
  stream.receiveDescriptorsSync(buffer);
} catch (error) {
  console.log((error as Error).message);
}
console.log(count() === before ? "same count" : `${before} to ${count()}`);
const received = stream.receiveDescriptorsSync(buffer);
const text = new TextDecoder().decode(buffer.subarray(0, received.size!));
console.log(`${text} with ${received.descriptors.length}`);
