/**
 * Shared memory, and semaphores to guard it: POSIX and System V.
 *
 * Shared memory is the fastest way between processes: nothing is copied, and
 * a read or write is no system call. It has no order of its own, so a
 * {@linkcode Semaphore} or `Atomics` has to bring one. To pass messages or a
 * stream of bytes, use a queue, a pipe or a socket.
 *
 * There are two kinds of each:
 *
 * |                  | POSIX                                  | System V                                     |
 * | ---------------- | -------------------------------------- | -------------------------------------------- |
 * | Memory           | {@linkcode SharedMemory}               | {@linkcode SysvSharedMemory}                 |
 * | Semaphores       | {@linkcode Semaphore}                  | {@linkcode SysvSemaphore}                    |
 * | Found by         | a name, such as `"/frames"`            | a number as its key, or an id alone          |
 * | Memory can grow  | yes, and shrink under its users        | no                                           |
 * | For reading only | a `buffer`, on Linux                   | `read()` copies                              |
 * | To acquire       | without a system call, if there is one | a system call                                |
 * | Amounts          | one                                    | any, and of several semaphores at once       |
 * | An owner dies    | what it has taken is lost              | the system gives it back (`undo`)            |
 * | To wait costs    | a thread each                          | a thread each, up to 16                      |
 * | Its state        | value, mode, owner                     | who was last, when, and how many wait        |
 * | Once removed     | its users keep it                      | memory: its users keep it; a semaphore: gone |
 *
 * POSIX is the better choice, unless the other side is given, or a semaphore
 * has to be given back when its owner dies. `@ipc/shm/posix` and
 * `@ipc/shm/sysv` have one kind alone, and start a little sooner.
 *
 * Requires `--allow-ffi`, on Linux or macOS.
 *
 * ```ts
 * import { openSemaphore, openSharedMemory } from "@ipc/shm";
 *
 * using memory = openSharedMemory(null, { size: 8 });
 * using semaphore = openSemaphore(null, { value: 1 });
 * // Other processes open both by memory.name and semaphore.name.
 *
 * const sum = new Float64Array(memory.buffer);
 * {
 *   using _lock = semaphore.acquireSync();
 *   sum[0]! += 1.5;
 * }
 *
 * memory.unlink();
 * semaphore.unlink();
 * ```
 *
 * @module
 */

export * from "./posix.ts";
export * from "./sysv.ts";
