/**
 * The part of the floor that rings stand on: a bell that the event loop
 * watches, locks that a death gives back, and files by their paths.
 *
 * @module
 */

export { Arrival } from "./arrival.ts";
export { eventLoopTurn, Streak } from "./event_loop_turn.ts";
export { open, setNonblocking } from "./fcntl.ts";
export { cString } from "./c_string.ts";
export { LongCopy } from "./long_copy.ts";
export { POLLIN, PollSet, pollSync } from "./poll.ts";
export { perPlatform } from "./platform.ts";
export type { PlatformColumns } from "./platform.ts";
export { objectName } from "./object_name.ts";
export { tryLockByte, unlockByte } from "./record_lock.ts";
export { RequestQueue } from "./request_queue.ts";
export type { Transfer } from "./request_queue.ts";
export { WORTH_BY_LOADS } from "./spin.ts";
export { Slab } from "./slab.ts";
export { monotonicNow } from "./time.ts";
export type { SyncWaitOptions } from "./transfers.ts";
export { unlink } from "./unistd.ts";
export { ReusedBuffer } from "./reused_buffer.ts";
