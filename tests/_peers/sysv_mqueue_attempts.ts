/**
 * Makes one attempt after another with System V queues.
 */

import {
  openSysvMessageQueue,
  removeSysvMessageQueue,
  SysvMessageQueue,
} from "@ipc/mqueue";
import { makeNumberAttempts } from "./_attempts.ts";

makeNumberAttempts({
  new: () => openSysvMessageQueue(null).close(),
  open: (key) => openSysvMessageQueue(key).close(),
  read: (key) => openSysvMessageQueue(key, { write: false }).close(),
  write: (key) => openSysvMessageQueue(key, { read: false }).close(),
  create: (key) => openSysvMessageQueue(key, { create: true }).close(),
  remove: removeSysvMessageQueue,
  send: (id) => SysvMessageQueue.fromId(id).sendSync(new Uint8Array(8)),
  sendNow: (id) =>
    SysvMessageQueue.fromId(id).sendSync(new Uint8Array(8), { timeout: 0 }),
  receive: (id) => void SysvMessageQueue.fromId(id).receiveSync(),
  stat: (id) => void SysvMessageQueue.fromId(id).stat(),
  chmod: (id) => SysvMessageQueue.fromId(id).set({ mode: 0o777 }),
  grow: (id) => SysvMessageQueue.fromId(id).set({ maxSize: 100_000_000 }),
});
