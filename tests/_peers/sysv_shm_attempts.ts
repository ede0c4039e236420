/**
 * Makes one attempt after another with System V semaphores and shared memory.
 */

import {
  openSysvSemaphore,
  openSysvSharedMemory,
  removeSysvSemaphore,
  removeSysvSharedMemory,
  SysvSemaphore,
  SysvSharedMemory,
} from "@ipc/shm/sysv";
import { makeNumberAttempts } from "./_attempts.ts";

const byId = SysvSemaphore.fromId;
makeNumberAttempts({
  sem_new: (nsems) => openSysvSemaphore(null, { nsems }).close(),
  sem_mode: (mode) => {
    using semaphore = openSysvSemaphore(null, { mode, value: 3 });
    using _ = { [Symbol.dispose]: () => semaphore.remove() };
    const { mode: present } = semaphore.stat();
    if (present !== mode) throw new Error(`Its mode is ${present}`);
  },
  sem_open: (key) => openSysvSemaphore(key).close(),
  sem_look: (key) => openSysvSemaphore(key, { write: false }).close(),
  sem_create: (key) => openSysvSemaphore(key, { create: true }).close(),
  sem_remove: removeSysvSemaphore,
  sem_acquire: (id) => void byId(id).acquireSync(1, { timeout: 1000 }),
  sem_release: (id) => byId(id).release(),
  sem_values: (id) => void byId(id).values(),
  sem_zero: (id) => byId(id).waitForZeroSync({ timeout: 1000 }),
  sem_stat: (id) => void byId(id).stat(),
  sem_set: (id) => byId(id).setValue(1),
  sem_mixed: (id) =>
    byId(id).semopSync([{ delta: -9 }, { delta: -9, noWait: true }]),
  sem_ops: (count) => {
    using semaphore = openSysvSemaphore(null);
    using _ = { [Symbol.dispose]: () => semaphore.remove() };
    semaphore.semopSync(Array.from({ length: count }, () => ({ delta: 1 })));
  },
  sem_chmod: (id) => byId(id).set({ mode: 0o777 }),
  shm_new: (size) => openSysvSharedMemory(null, { size }).close(),
  shm_mode: (mode) => {
    using memory = openSysvSharedMemory(null, { size: 10, mode });
    using _ = { [Symbol.dispose]: () => memory.remove() };
    new Uint8Array(memory.buffer)[0] = 1;
    const { mode: present } = memory.stat();
    if (present !== mode) throw new Error(`Its mode is ${present}`);
  },
  shm_huge: (size) => {
    openSysvSharedMemory(null, { size, hugePages: true }).remove();
  },
  shm_open: (key) => openSysvSharedMemory(key).close(),
  shm_look: (key) => openSysvSharedMemory(key, { write: false }).close(),
  shm_attach: (id) => SysvSharedMemory.fromId(id).close(),
  shm_peek: (id) => SysvSharedMemory.fromId(id, { write: false }).close(),
  shm_remove: removeSysvSharedMemory,
  shm_chmod: (id) =>
    SysvSharedMemory.fromId(id, { write: false }).set({ mode: 0o777 }),
  shm_lock: (id) =>
    SysvSharedMemory.fromId(id, { write: false }).set({ locked: true }),
});
