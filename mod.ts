/**
 * Every Unix way for processes to talk to each other, for Deno: one surface
 * over the modules of this project, each of which can be imported alone.
 *
 * | Module        | What it has                                |
 * | ------------- | ------------------------------------------ |
 * | `@ipc/pipe`   | pipes to and from child processes          |
 * | `@ipc/fifo`   | pipes with a name in the file system       |
 * | `@ipc/socket` | sockets of the Internet: TCP and UDP       |
 * | `@ipc/unix`   | Unix sockets: streams, messages, descriptors, credentials |
 * | `@ipc/mqueue` | message queues: POSIX and System V         |
 * | `@ipc/shm`    | shared memory and semaphores: POSIX and System V |
 * | `@ipc/lock`   | locks that survive the death of an owner   |
 * | `@ipc/ring`   | channels for messages in shared memory     |
 * | `@ipc/struct` | views of memory as the structs of C        |
 *
 * Requires `--allow-ffi`, on Linux or macOS. Importing it requires nothing.
 *
 * ```ts
 * import { openSharedMemory } from "@ipc/ipc";
 *
 * using memory = openSharedMemory(null, { size: 8 });
 * Atomics.add(new BigInt64Array(memory.buffer), 0, 1n);
 * memory.unlink();
 * ```
 *
 * @module
 */

export * from "@ipc/fifo";
export * from "@ipc/lock";
export * from "@ipc/mqueue";
export * from "@ipc/pipe";
export * from "@ipc/ring";
export * from "@ipc/shm";
export * from "@ipc/socket";
export * from "@ipc/struct";
export * from "@ipc/unix";
