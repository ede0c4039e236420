/** System V queues in Node, by the package svmq. */

import { createRequire } from "node:module";
import process from "node:process";
import { size } from "./peer.mjs";

const MessageQueue = createRequire(import.meta.url)("svmq");
const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);

/** The bytes of a message. */
export const own = Buffer.alloc(size);
/** Whether this is the side that removes the queues. */
export const isFirst = ["server", "receiver"].includes(options.role);

/** A key that nobody else has: FNV-1a of the name. */
function keyOf(suffix) {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(`${options.name}_${suffix}`)) {
    hash = Math.imul(hash ^ byte, 16_777_619);
  }
  return hash >>> 1 | 1;
}

/** Opens a queue, or creates it. */
export function queueOf(suffix) {
  return new MessageQueue(keyOf(suffix), 0x666);
}

/** Sends a message. */
export function push(queue, message) {
  return new Promise((resolve, reject) => {
    queue.push(message, (error) => error ? reject(error) : resolve());
  });
}

/** Receives a message. */
export function pop(queue) {
  return new Promise((resolve, reject) => {
    queue.pop((error, data) => error ? reject(error) : resolve(data));
  });
}
