/**
 * The part of the floor that waits for descriptors: byte streams, records in
 * them, and handing their ends to child processes. It is apart from the rest
 * because what does not wait for descriptors starts sooner without it.
 *
 * @module
 */

export { capacityOf, setCapacityOf } from "./capacity.ts";
export { ByteReader } from "./byte_reader.ts";
export { ByteWriter } from "./byte_writer.ts";
export { POLLIN, pollNow, POLLOUT } from "./poll.ts";
export { RecordBatch } from "./record_batch.ts";
export { RecordReader } from "./record_reader.ts";
export type {
  BatchOptions,
  ByteSource,
  RecordOptions,
} from "./record_reader.ts";
export { RecordWriter } from "./record_writer.ts";
export type { ByteSink } from "./record_writer.ts";
export { spawnWith } from "./spawn_with.ts";
export type { Inheritable, SpawnWithOptions } from "./spawn_with.ts";
export type { SyncWaitOptions } from "./transfers.ts";
