/**
 * `<sys/msg.h>`: System V message queues.
 *
 * Linux from `linux/msg.h` and glibc's `bits/msq.h`; macOS from
 * `bsd/sys/msg.h` of xnu.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_msg.h.html | POSIX}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import {
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  readPermissions,
  writePermissions,
} from "./ipc.ts";
import type { IpcPermissionChanges, IpcPermissions } from "./ipc.ts";
import { errno, library } from "./library.ts";
import { LongArgument } from "./long_argument.ts";
import type { MessagePacket } from "./message_packet.ts";
import { perPlatform } from "./platform.ts";

const { EINTR } = Errno;

const libmsg = library({
  msgctl: { parameters: ["i32", "i32", "buffer"], result: "i32" }, // int msgctl(int, int, struct msqid_ds *)
  msgget: { parameters: ["i32", "i32"], result: "i32" }, // int msgget(key_t, int)
  // A message has at most INT_MAX bytes, so the size of one fits 32 bits.
  msgrcv: {
    parameters: ["i32", "pointer", "usize", "i64", "i32"],
    result: "i32",
  }, // ssize_t msgrcv(int, void *, size_t, long, int)
  msgsnd: { parameters: ["i32", "pointer", "usize", "i32"], result: "i32" }, // int msgsnd(int, const void *, size_t, int)
});

const types = new LongArgument();

/** Cut a message that is longer than the buffer. */
export const MSG_NOERROR = 0o10000;
/** The first message of another type than this; Linux only. */
export const MSG_EXCEPT = 0o20000;
/** A copy of the message of this index, which stays; Linux only. */
export const MSG_COPY = 0o40000;

/** Offsets in `struct msqid_ds`, in bytes; macOS packs it to 4 bytes. */
export const MSQID_DS: {
  readonly size: number;
  readonly msg_perm: number;
  readonly msg_stime: number;
  readonly msg_rtime: number;
  readonly msg_ctime: number;
  readonly msg_cbytes: number;
  readonly msg_qnum: number;
  readonly msg_qbytes: number;
  readonly msg_lspid: number;
  readonly msg_lrpid: number;
} = perPlatform({
  linux: {
    size: 120,
    msg_perm: 0, // struct ipc_perm
    msg_stime: 48, // time_t
    msg_rtime: 56, // time_t
    msg_ctime: 64, // time_t
    msg_cbytes: 72, // unsigned long; glibc calls it __msg_cbytes
    msg_qnum: 80, // msgqnum_t
    msg_qbytes: 88, // msglen_t
    msg_lspid: 96, // pid_t
    msg_lrpid: 100, // pid_t
  },
  darwin: {
    size: 116,
    msg_perm: 0,
    msg_stime: 64,
    msg_rtime: 76,
    msg_ctime: 88,
    msg_cbytes: 32,
    msg_qnum: 40,
    msg_qbytes: 48,
    msg_lspid: 56,
    msg_lrpid: 60,
  },
});

/** What the system knows of a queue. */
export interface MessageQueueData {
  /** Who owns it, who made it, and what they may do. */
  readonly permissions: IpcPermissions;
  /** How many bytes of messages it holds at most. */
  readonly maxBytes: number;
  /** How many messages are in it. */
  readonly messages: number;
  /** How many bytes those have. */
  readonly bytes: number;
  /** When the last message was sent, in seconds since 1970; 0 for never. */
  readonly sendTime: number;
  /** When the last message was received, in seconds since 1970. */
  readonly receiveTime: number;
  /** When it was made or last changed, in seconds since 1970. */
  readonly changeTime: number;
  /** Who sent the last message; 0 for nobody. */
  readonly sendPid: number;
  /** Who received the last message; 0 for nobody. */
  readonly receivePid: number;
}

/**
 * Finds a queue, or makes one.
 *
 * @param key Its key.
 * @param flags `IPC_CREAT`, `IPC_EXCL`, and permission bits: those to have of
 * an existing queue, or those of a new one.
 * @param action What to call it in messages.
 * @param hint What to add for an error number.
 * @returns The id.
 * @see {@link https://man7.org/linux/man-pages/man2/msgget.2.html | msgget(2)}
 */
export function msgGet(
  key: number,
  flags: number,
  action: string,
  hint: (number: number) => string | undefined,
): number {
  const id = libmsg.msgget()(key, flags);
  if (id !== -1) return id;
  const number = errno[0];
  throw osError(number, "msgget", action, hint(number));
}

/**
 * Sends a message.
 *
 * @param id The queue.
 * @param packet The message.
 * @param flags `IPC_NOWAIT`, or 0 to block this thread.
 * @returns 0, or the error number with a minus sign.
 * @see {@link https://man7.org/linux/man-pages/man2/msgsnd.2.html | msgsnd(2)}
 */
export function msgSend(
  id: number,
  packet: MessagePacket,
  flags: number,
): number {
  const size = packet.long(packet.size);
  const result = libmsg.msgsnd()(id, packet.pointer, size, flags);
  return result === -1 ? -errno[0] : result;
}

/**
 * Receives a message.
 *
 * @param id The queue.
 * @param packet Where to put it.
 * @param size How many bytes it may have; there is room for them.
 * @param type Which message: the first, of a type, or of the lowest type.
 * @param flags `IPC_NOWAIT`, or 0 to block this thread, and `MSG_*`.
 * @returns How many bytes it has, or the error number with a minus sign.
 * @see {@link https://man7.org/linux/man-pages/man2/msgrcv.2.html | msgrcv(2)}
 */
export function msgReceive(
  id: number,
  packet: MessagePacket,
  size: number,
  type: number,
  flags: number,
): number {
  const room = packet.long(size);
  const kind = types.of(type);
  const count = libmsg.msgrcv()(id, packet.pointer, room, kind, flags);
  return count === -1 ? -errno[0] : count;
}

function control(id: number, command: number, view: DataView): number {
  for (;;) {
    if (libmsg.msgctl()(id, command, view as DataView<ArrayBuffer>) !== -1) {
      return 0;
    }
    const number = errno[0];
    if (number !== EINTR) return number;
  }
}

function emptyData(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(MSQID_DS.size));
}

/**
 * Asks the system about a queue.
 *
 * @param id The queue.
 * @returns What it knows, or the error number.
 * @see {@link https://man7.org/linux/man-pages/man2/msgctl.2.html | msgctl(2)}
 */
export function msgStat(id: number): MessageQueueData | number {
  const view = emptyData();
  return control(id, IPC_STAT, view) || decodeMessageQueueData(view);
}

/**
 * Reads `struct msqid_ds`.
 *
 * @param view Its bytes.
 * @returns What it says.
 */
export function decodeMessageQueueData(view: DataView): MessageQueueData {
  const long = (offset: number) => Number(view.getBigInt64(offset, true));
  return {
    permissions: readPermissions(view),
    maxBytes: long(MSQID_DS.msg_qbytes),
    messages: long(MSQID_DS.msg_qnum),
    bytes: long(MSQID_DS.msg_cbytes),
    sendTime: long(MSQID_DS.msg_stime),
    receiveTime: long(MSQID_DS.msg_rtime),
    changeTime: long(MSQID_DS.msg_ctime),
    sendPid: view.getInt32(MSQID_DS.msg_lspid, true),
    receivePid: view.getInt32(MSQID_DS.msg_lrpid, true),
  };
}

/** What `IPC_SET` can change of a queue. */
export interface MessageQueueDataChanges extends IpcPermissionChanges {
  /** How many bytes of messages it holds at most. */
  maxBytes?: number | undefined;
}

/**
 * Changes a queue. The call takes all of uid, gid, mode and size, so what is
 * not to change is read first.
 *
 * @param id The queue.
 * @param changes What to change.
 * @returns 0, or the error number.
 */
export function msgSet(id: number, changes: MessageQueueDataChanges): number {
  const view = emptyData();
  const { uid, gid, mode, maxBytes } = changes;
  // An owner who may not read the queue can still set everything.
  if ([uid, gid, mode, maxBytes].includes(undefined)) {
    const number = control(id, IPC_STAT, view);
    if (number !== 0) return number;
  }
  writePermissions(view, changes);
  if (maxBytes !== undefined) {
    view.setBigInt64(MSQID_DS.msg_qbytes, BigInt(maxBytes), true);
  }
  return control(id, IPC_SET, view);
}

/**
 * Removes a queue.
 *
 * @param id The queue.
 * @returns 0, or the error number.
 */
export function msgRemove(id: number): number {
  return control(id, IPC_RMID, emptyData());
}
