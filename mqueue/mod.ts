/**
 * Message queues: whole messages between processes that need not be
 * relatives, kept by the kernel until they are received.
 *
 * There are two kinds:
 *
 * |               | POSIX: {@linkcode MessageQueue} | System V: {@linkcode SysvMessageQueue} |
 * | ------------- | ------------------------------- | -------------------------------------- |
 * | Systems       | Linux                           | Linux and macOS                        |
 * | A queue has   | a name, such as `"/jobs"`       | a number as its key, or an id alone    |
 * | A message has | a priority; the highest first   | a type, by which receivers choose      |
 * | A queue holds | 10 messages of 8192 bytes       | 16,384 bytes in all                    |
 * | To wait costs | at most one thread for all      | a thread each, up to 16                |
 * | To be told    | `notification()`                | no                                     |
 * | To look       | no                              | `peek()`, on Linux                     |
 * | Its state     | size and messages               | who sent and received last, and when   |
 * | Once removed  | its users keep it               | nobody has it                          |
 *
 * On Linux a POSIX queue is the better choice, unless the other side is given
 * or messages are to be received by type. On macOS there is only the other.
 *
 * Requires `--allow-ffi`.
 *
 * ```ts
 * import { openMessageQueue } from "@ipc/mqueue";
 *
 * using queue = openMessageQueue(null, { maxMessages: 4, messageSize: 64 });
 * queue.sendSync(new TextEncoder().encode("two teas"));
 *
 * // Another process would open queue.name.
 * for await (const { message, priority } of queue) {
 *   console.log(priority, new TextDecoder().decode(message));
 *   break;
 * }
 * queue.unlink();
 * ```
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export { MQ_PRIO_MAX } from "@ipc/libc/queues";
export type { SyncWaitOptions } from "@ipc/libc/queues";
export { ftok, IPC_PRIVATE } from "@ipc/libc/queues";
export { limits } from "./limits.ts";
export type {
  MessageQueueLimits,
  PosixQueueLimits,
  SysvQueueLimits,
} from "./limits.ts";
export type {
  MessageQueueAttributes,
  MessageQueueStat,
  ReceivedMessage,
  SendOptions,
  SendSyncOptions,
  TrySendOptions,
} from "./message.ts";
export { MessageQueue } from "./message_queue.ts";
export type { MessageQueueFromFdOptions } from "./message_queue.ts";
export { MessageQueueHandle } from "./message_queue_handle.ts";
export { openMessageQueue } from "./open_message_queue.ts";
export type { OpenMessageQueueOptions } from "./open_message_queue.ts";
export { openSysvMessageQueue } from "./open_sysv_message_queue.ts";
export type { OpenSysvMessageQueueOptions } from "./open_sysv_message_queue.ts";
export { removeSysvMessageQueue } from "./remove_sysv_message_queue.ts";
export type {
  ReceivedSysvMessage,
  SysvMessageQueueChanges,
  SysvMessageQueueOptions,
  SysvMessageQueueStat,
  SysvReceiveOptions,
  SysvReceiveSyncOptions,
  SysvSendOptions,
  SysvSendSyncOptions,
  SysvTryReceiveOptions,
  SysvTrySendOptions,
} from "./sysv_message.ts";
export { SysvMessageQueue } from "./sysv_message_queue.ts";
export { SysvMessageQueueHandle } from "./sysv_message_queue_handle.ts";
export { unlinkMessageQueue } from "./unlink_message_queue.ts";
