/** Copies of messages that stay in their System V queue: `MSG_COPY`. */

import { capabilities, Errno } from "@ipc/libc";
import {
  IPC_NOWAIT,
  MessagePacket,
  MSG_COPY,
  MSG_EXCEPT,
  msgReceive,
  MTYPE_SIZE,
  readType,
  sysvFailure,
} from "@ipc/libc/queues";
import { longestMessage } from "./_sysv_queue.ts";
import type { ReceivedSysvMessage } from "./sysv_message.ts";

const { E2BIG, ENOMSG, ENOSYS } = Errno;

/**
 * Copies a message.
 *
 * @param id The queue.
 * @param index Which one, from 0, in the order in which they were sent.
 * @param action What this is for, for messages.
 * @returns The copy, or `undefined` if there are fewer messages.
 */
export function copyMessage(
  id: number,
  index: number,
  action: string,
): ReceivedSysvMessage | undefined {
  checkCopies(action);
  for (let room = longestMessage();; room *= 2) {
    const packet = new MessagePacket(room);
    const flags = MSG_COPY | IPC_NOWAIT;
    const size = msgReceive(id, packet, room, index, flags);
    if (size >= 0) {
      return {
        message: packet.bytes.slice(MTYPE_SIZE, MTYPE_SIZE + size),
        type: readType(packet.words),
      };
    }
    if (size === -ENOMSG) return undefined;
    if (size === -ENOSYS) throw noCopies(action, "this kernel has no MSG_COPY");
    if (size !== -E2BIG) {
      throw sysvFailure(-size, "msgrcv", action, "to read");
    }
  }
}

function checkCopies(action: string): void {
  if (!capabilities.messageCopy) {
    throw noCopies(action, "macOS has no MSG_COPY");
  }
}

function noCopies(action: string, reason: string): Error {
  return new Deno.errors.NotSupported(
    `Cannot ${action} without receiving: ${reason}`,
  );
}

/**
 * Finds out how long the message is that would be received next.
 *
 * @param id The queue.
 * @param type Which one, as `msgrcv(2)` takes it.
 * @param flags `MSG_EXCEPT` or not.
 * @returns Its size in bytes, if the system tells.
 */
export function sizeOfNext(
  id: number,
  type: number,
  flags: number,
): number | undefined {
  let found: ReceivedSysvMessage | undefined;
  try {
    for (let index = 0;; index++) {
      const copy = copyMessage(id, index, "look at a message");
      if (copy === undefined) break;
      if (!isWanted(copy.type, type, flags)) continue;
      if (found === undefined || copy.type < found.type) found = copy;
      if (type >= 0) break;
    }
  } catch {
    return undefined;
  }
  return found?.message.byteLength;
}

function isWanted(type: number, wanted: number, flags: number): boolean {
  if (wanted === 0) return true;
  if (wanted < 0) return type <= -wanted;
  return (type === wanted) === ((flags & MSG_EXCEPT) === 0);
}
