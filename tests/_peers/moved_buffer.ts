/**
 * Moves the buffer of a memory elsewhere, by transfer and to a worker, closes
 * the memory, and uses the bytes where they are now.
 */

import { openSharedMemory } from "@ipc/shm";

const code = `onmessage = ({ data }) => {
  const bytes = new Uint8Array(data);
  setTimeout(() => {
    for (let i = 0; i < bytes.length; i++) bytes[i]++;
    postMessage(bytes[0] + bytes.length);
    close();
  }, 20);
}`;

function filled(): ReturnType<typeof openSharedMemory> {
  const memory = openSharedMemory(null, { size: 100_000 });
  memory.unlink();
  new Uint8Array(memory.buffer).fill(7);
  return memory;
}

const first = filled();
const bytes = new Uint8Array(first.buffer.transfer());
first.close();
console.log(bytes.fill(8).length);

const second = filled();
const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, {
  type: "module",
});
const answer = new Promise((resolve) => {
  worker.onmessage = ({ data }) => resolve(data);
});
worker.postMessage(second.buffer, [second.buffer]);
second.close();
console.log(await answer);

const third = filled();
const copy = structuredClone(third.buffer);
third.close();
console.log(new Uint8Array(copy)[99_999]);
