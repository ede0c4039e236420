/**
 * The part of the floor that message queues stand on. It is apart from the
 * rest because what has no queues starts sooner without it.
 *
 * @module
 */

export { ftok } from "./ftok.ts";
export {
  checkKey,
  IPC_CREAT,
  IPC_EXCL,
  IPC_NOWAIT,
  IPC_PRIVATE,
  withRandomKey,
} from "./ipc.ts";
export type { IpcPermissionChanges, IpcPermissions } from "./ipc.ts";
export { kernelSetting } from "./kernel_setting.ts";
export { Landing } from "./landing.ts";
export { MessagePacket, MTYPE_SIZE, readType } from "./message_packet.ts";
export {
  MQ_NAME_MAX,
  MQ_PRIO_MAX,
  mqAttributes,
  mqOpen,
  mqReceive,
  mqSend,
  mqSetBlocking,
  mqUnlink,
  receivedPriority,
} from "./mqueue.ts";
export type { NewQueue, QueueAttributes } from "./mqueue.ts";
export {
  mqCancelNotify,
  mqNotify,
  newCookie,
  notificationSocket,
  readNotification,
} from "./mqueue_notify.ts";
export type { Cookie, Notification } from "./mqueue_notify.ts";
export {
  MSG_COPY,
  MSG_EXCEPT,
  MSG_NOERROR,
  msgGet,
  msgReceive,
  msgRemove,
  msgSend,
  msgSet,
  msgStat,
} from "./msg.ts";
export type { MessageQueueData, MessageQueueDataChanges } from "./msg.ts";
export { msgAwaitOffThread, msgSendOffThread } from "./msg_off_thread.ts";
export type { OffThreadCall } from "./off_thread.ts";
export { POLLIN, POLLOUT } from "./poll.ts";
export { resourceLimit, RLIMIT_MSGQUEUE } from "./resource.ts";
export type { ResourceLimit } from "./resource.ts";
export { Slab } from "./slab.ts";
export { PAUSES_FOR_MESSAGES } from "./spin.ts";
export {
  checkId,
  checkPermissions,
  describeSysv,
  momentOf,
  sysvFailure,
} from "./sysv_object.ts";
export type { Sleepable } from "./sleep_queue.ts";
export { SysvTransfers } from "./sysv_transfers.ts";
export type { SysvTransfer } from "./sysv_transfers.ts";
export { TransferMode } from "./transfer_mode.ts";
export { Transfers } from "./transfers.ts";
export type { Descriptor, SyncWaitOptions, TransferKind } from "./transfers.ts";
export type { Waker } from "./waker.ts";
export type { WaitOptions } from "./wait_queue.ts";
