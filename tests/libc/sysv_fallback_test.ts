/** System V queues as macOS has them, on Linux. */

import { Alarm } from "../../libc/alarm.ts";
import { Errno } from "../../libc/errno.ts";
import {
  IPC_CREAT,
  IPC_PERM,
  IPC_PRIVATE,
  readPermissions,
} from "../../libc/ipc.ts";
import { MessagePacket, readType } from "../../libc/message_packet.ts";
import { msgGet, msgReceive, msgRemove, msgSend } from "../../libc/msg.ts";
import {
  canSleepInQueue,
  msgAwaitOffThread,
} from "../../libc/msg_off_thread.ts";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertThrows,
} from "@std/assert";
import { notLinux, test, type TestScope } from "../_util/test.ts";
import { bytes, newSysvQueue } from "../mqueue/_sysv.ts";
import { testWaits } from "../mqueue/_sysv_waits.ts";
import { sleep } from "../_util/wait.ts";
import { without } from "./_without.ts";

testWaits("by a timer", (t) => {
  without(t, "interruptibleCalls");
});

test("SysvMessageQueue throws NotSupported when there is no MSG_COPY", {
  ignore: notLinux,
}, (t) => {
  const queue = newSysvQueue(t, { maxMessageSize: 3 });
  queue.sendSync(bytes("long"));
  without(t, "messageCopy");
  assertThrows(() => queue.peek(), Deno.errors.NotSupported, "MSG_COPY");
  // The size of the message cannot be found out, and the error does without.
  assertThrows(() => queue.receiveSync(), Error, "more than 3 bytes");
});

test("SysvMessageQueue throws NotSupported when there is no MSG_EXCEPT", {
  ignore: notLinux,
}, (t) => {
  const queue = newSysvQueue(t);
  queue.sendSync(bytes("x"));
  without(t, "messageExcept");
  assertThrows(
    () => queue.receiveSync({ type: 2, except: true }),
    Deno.errors.NotSupported,
    "MSG_EXCEPT",
  );
  assertEquals(queue.stat().currentMessages, 1);
});

/** The id of a new queue. */
function newQueue(t: TestScope): number {
  const flags = IPC_CREAT | 0o600;
  const id = msgGet(IPC_PRIVATE, flags, "create a queue", () => undefined);
  t.defer(() => {
    msgRemove(id);
  });
  return id;
}

test("Alarm.set() ends a call that blocks, when its time is over", {
  ignore: notLinux,
}, (t) => {
  const id = newQueue(t);
  const packet = new MessagePacket(8);
  for (const milliseconds of [0, 0.3, 5, 20]) {
    const start = performance.now();
    using alarm = Alarm.set(milliseconds);
    assert(alarm !== undefined);
    assertEquals(msgReceive(id, packet, 8, 0, 0), -Errno.EINTR);
    assertGreaterOrEqual(performance.now() - start, milliseconds);
  }
});

test("Alarm.set() ends a call that begins after it rang", {
  ignore: notLinux,
}, (t) => {
  const id = newQueue(t);
  using _alarm = Alarm.set(1);
  for (const end = performance.now() + 10; performance.now() < end;);
  const start = performance.now();
  assertEquals(msgReceive(id, new MessagePacket(8), 8, 0, 0), -Errno.EINTR);
  assertLess(performance.now() - start, 1000);
});

/** Emulators do not show what the threads of their programs sleep in. */
const cannotInterrupt = notLinux ||
  Deno.permissions.querySync({ name: "ffi" }).state === "granted" &&
    !canSleepInQueue() && "needs to see what its threads sleep in";

test("msgAwaitOffThread() leaves the message, and can be interrupted", {
  ignore: cannotInterrupt,
}, async (t) => {
  const id = newQueue(t);
  const packet = new MessagePacket(8);
  packet.put(new Uint8Array(8).fill(5), 3);
  for (let i = 0; i < 20; i++) {
    const interrupted = msgAwaitOffThread(id, 0, 0)!;
    if (i % 2 === 0) await sleep(2);
    interrupted.interrupt();
    assertEquals(await interrupted.result, -1);

    const call = msgAwaitOffThread(id, 0, 0)!;
    assertEquals(msgSend(id, packet, 0), 0);
    assertEquals(await call.result, -1);
    assertEquals(msgReceive(id, packet, 8, 0, 0), 8);
    assertEquals(readType(packet.words), 3);
    assertEquals(packet.bytes.slice(8), new Uint8Array(8).fill(5));
  }
  const call = msgAwaitOffThread(id, 3, 0)!;
  packet.put(new Uint8Array(0), 3);
  assertEquals(msgSend(id, packet, 0), 0);
  assertEquals(await call.result, 0);
  assertEquals([...call.memory], [3, 0, 0, 0, 0, 0, 0, 0]);
});

test("readPermissions() leaves out what is no permission", {}, () => {
  const view = new DataView(new ArrayBuffer(IPC_PERM.size));
  view.setUint16(IPC_PERM.mode, 0o1640, true);
  view.setInt32(IPC_PERM.key, -5, true);
  const { key, mode } = readPermissions(view);
  assertEquals([key, mode], [-5, 0o640]);
});
