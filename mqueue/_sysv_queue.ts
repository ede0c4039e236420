/** What the two sides of a System V queue share: its names and its errors. */

import { checkInteger, checkWait, Errno } from "@ipc/libc";
import { describeSysv, msgStat, sysvFailure } from "@ipc/libc/queues";
import { limits } from "./limits.ts";
import type { SysvMessageQueueOptions } from "./sysv_message.ts";

const { EACCES } = Errno;

/** What macOS allows; it does not tell. */
const DARWIN_MSGMAX = 16_384;

/**
 * Names a queue in messages.
 *
 * @param id Its id, or `undefined` if it has none yet.
 * @param key Its key, or `undefined` if that is not known.
 * @returns The words.
 */
export function describeQueue(
  id: number | undefined,
  key: number | undefined,
): string {
  return describeSysv("message queue", id, key);
}

/** The longest message that the system takes now, in bytes. */
export function longestMessage(): number {
  return limits().sysv?.maxMessageSize ?? DARWIN_MSGMAX;
}

/**
 * Refuses a message that the system does not take.
 *
 * @param what What the queue is called in messages.
 * @param size The bytes of the message.
 * @throws {RangeError} If it is longer than `kernel.msgmax`.
 */
export function checkSystemTakes(what: string, size: number): void {
  const longest = longestMessage();
  if (size <= longest) return;
  throw new RangeError(
    `Cannot send a message of ${size} bytes to ${what}: kernel.msgmax ` +
      `allows ${longest}; raise it: sysctl kernel.msgmax=${size}`,
  );
}

/**
 * Refuses a message that a queue will never take, however long it waits.
 *
 * @param id The queue.
 * @param what What it is called in messages.
 * @param size The bytes of the message.
 * @throws {RangeError} If it is longer than all that the queue holds.
 */
export function checkQueueTakes(id: number, what: string, size: number): void {
  const data = msgStat(id);
  // Who may not look has to find out by waiting.
  if (typeof data === "number" || size <= data.maxBytes) return;
  throw new RangeError(
    `Cannot send a message of ${size} bytes to ${what}: it holds ` +
      `${data.maxBytes} in all; raise it with set({ maxSize: ${size} })`,
  );
}

/**
 * Says how full a queue is that has no room for a message.
 *
 * @param id The queue.
 * @param size The bytes of the message.
 * @returns The words; `undefined` for whoever may not look.
 */
export function fullness(id: number, size: number): string | undefined {
  const data = msgStat(id);
  if (typeof data === "number") return undefined;
  const { bytes, maxBytes, messages } = data;
  // Somebody may have made room since. It takes no more messages than bytes.
  const isFull = bytes + size > maxBytes || messages >= maxBytes;
  const count = messages === 1 ? "one message" : `${messages} messages`;
  return `it ${isFull ? "is full: it " : ""}holds ${bytes} of ${maxBytes} ` +
    `bytes, in ${count}, and this one has ${size}`;
}

/**
 * Checks the longest message to receive.
 *
 * @param size The bytes, or `Infinity`.
 * @returns The same.
 */
export function checkMessageSize(size: number): number {
  return size === Infinity ? size : checkInteger(size, "maxMessageSize", 0);
}

/**
 * Checks how a queue is to be used.
 *
 * @param what What it is called in messages.
 * @param options What a caller passed.
 * @returns The same, with what was left out.
 */
export function checkSysvOptions(
  what: string,
  options: SysvMessageQueueOptions,
): Required<SysvMessageQueueOptions> {
  const {
    read = true,
    write = true,
    maxMessageSize = Infinity,
    wait = "adaptive",
  } = options;
  if (!read && !write) {
    throw new TypeError(`Cannot open ${what}: set read, write or both`);
  }
  checkMessageSize(maxMessageSize);
  checkWait(wait);
  return { read, write, maxMessageSize, wait };
}

/**
 * Finds out the key of a queue, which has to be there.
 *
 * @param id The queue.
 * @returns The key, or `undefined` if this user may not look.
 */
export function keyOf(id: number): number | undefined {
  const data = msgStat(id);
  if (typeof data === "object") return data.permissions.key;
  if (data === EACCES) return undefined;
  const action = `open ${describeQueue(id, undefined)}`;
  throw sysvFailure(data, "msgctl", action, "to read");
}
