/**
 * The part of the floor that message queues stand on. It is apart from the
 * rest because what has no queues starts sooner without it.
 *
 * @module
 */

export { kernelSetting } from "./kernel_setting.ts";
export {
  MQ_NAME_MAX,
  MQ_PRIO_MAX,
  mqAttributes,
  mqOpen,
  mqReceive,
  mqSend,
  mqSetBlocking,
  mqUnlink,
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
export { POLLIN, POLLOUT } from "./poll.ts";
export { whenReady } from "./reactor.ts";
export type { Interest } from "./reactor.ts";
export { resourceLimit, RLIMIT_MSGQUEUE, RLIMIT_NOFILE } from "./resource.ts";
export type { ResourceLimit } from "./resource.ts";
export { Transfers } from "./transfers.ts";
export type { SyncWaitOptions, TransferKind } from "./transfers.ts";
