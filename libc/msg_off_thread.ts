/**
 * `<sys/msg.h>`: sleeping in a queue on another thread.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/msgop.2.html | msgop(2)}
 */

import { IPC_CREAT, IPC_PRIVATE } from "./ipc.ts";
import { library } from "./library.ts";
import { MTYPE_SIZE } from "./message_packet.ts";
import type { MessagePacket } from "./message_packet.ts";
import { msgGet, msgRemove } from "./msg.ts";
import { canSleepOffThread, OffThreadCall } from "./off_thread.ts";

const libmsg = library({
  msgrcv_off_thread: {
    name: "msgrcv",
    parameters: ["i32", "buffer", "usize", "i64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  msgsnd_off_thread: {
    name: "msgsnd",
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "i32",
    nonblocking: true,
  },
});

/**
 * Sends a message from another thread, which blocks until there is room.
 *
 * @param id The queue.
 * @param packet The message, which stays as it is.
 * @returns The call, whose result is 0 if it was sent; `undefined` if there
 * is no thread for it.
 */
export function msgSendOffThread(
  id: number,
  packet: MessagePacket,
): OffThreadCall | undefined {
  if (!canSleepInQueue()) return undefined;
  const { bytes } = packet;
  const size = BigInt(packet.size);
  return new OffThreadCall(
    id,
    bytes,
    () => libmsg.msgsnd_off_thread()(id, bytes, size, 0),
  );
}

/**
 * Waits on another thread until there is a message that could be received,
 * and leaves it where it is. There is no such call, but one that comes to it:
 * `msgrcv` into no bytes at all sleeps until a message is there, and then
 * refuses it as too long (`E2BIG`). Only an empty message fits, and is taken;
 * its type is then in the call's memory.
 *
 * @param id The queue.
 * @param type Which message: the first, of a type, or of the lowest type.
 * @param flags `MSG_EXCEPT` or 0.
 * @returns The call, whose result is 0 if an empty message was taken, and
 * else −1; `undefined` if there is no thread for it.
 */
export function msgAwaitOffThread(
  id: number,
  type: number,
  flags: number,
): OffThreadCall | undefined {
  if (!canSleepInQueue()) return undefined;
  return awaitOffThread(id, type, flags);
}

function awaitOffThread(
  id: number,
  type: number,
  flags: number,
): OffThreadCall {
  const packet = new Uint8Array(MTYPE_SIZE);
  return new OffThreadCall(
    id,
    packet,
    () => libmsg.msgrcv_off_thread()(id, packet, 0n, BigInt(type), flags),
  );
}

/**
 * Whether there is a thread to sleep on, and a way to wake it.
 *
 * @returns Whether a call may be made off-thread now.
 */
export function canSleepInQueue(): boolean {
  return canSleepOffThread(tryToInterrupt);
}

/** Interrupts a call in a queue of its own, if one can be made. */
function tryToInterrupt(interrupt: (call: OffThreadCall) => void): void {
  const flags = IPC_CREAT | 0o600;
  let id: number;
  try {
    id = msgGet(IPC_PRIVATE, flags, "create a queue", () => undefined);
  } catch {
    return;
  }
  try {
    interrupt(awaitOffThread(id, 0, 0));
  } finally {
    msgRemove(id);
  }
}
