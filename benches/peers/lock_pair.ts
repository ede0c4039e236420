/** One lock, one process: acquires what is free, and releases it. */

import { Mutex, MUTEX_SIZE, RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import { measureOperation, option } from "./peer.ts";

using memory = openSharedMemory(`/${option("name")}_locks`, {
  createNew: true,
  size: MUTEX_SIZE + RW_LOCK_SIZE,
});
memory.unlink();
const mutex = new Mutex(memory.buffer);
const rwLock = new RwLock(memory.buffer, MUTEX_SIZE);

const ways: Record<string, (times: number) => void> = {
  sync(times) {
    while (times--) mutex.acquireSync().release();
  },
  try(times) {
    while (times--) mutex.tryAcquire()!.release();
  },
  using(times) {
    while (times--) {
      using _lock = mutex.acquireSync();
    }
  },
  read(times) {
    while (times--) rwLock.acquireReadSync().release();
  },
  write(times) {
    while (times--) rwLock.acquireWriteSync().release();
  },
};

measureOperation(ways[option("way", "sync")]!);
