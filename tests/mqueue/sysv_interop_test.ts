/** The same System V queues as C and Python see them. */

import { ftok, openSysvMessageQueue } from "@ipc/mqueue";
import type { SysvMessageQueueStat } from "@ipc/mqueue";
import { assertEquals, assertThrows } from "@std/assert";
import { emulated } from "../_util/emulation.ts";
import { cPeer, pythonPeer } from "../_util/foreign_peer.ts";
import { removeIfPresent } from "../_util/sysv.ts";
import { test } from "../_util/test.ts";
import { bytes, newSysvQueue, show } from "./_sysv.ts";

const peers = [
  cPeer("sysv_mqueue_peer.c"),
  pythonPeer("sysv_mqueue_peer.py", "sysv_ipc"),
];

/** What is known of a queue, in the order in which the peers print it. */
function line(stat: SysvMessageQueueStat, currentSize: string): string {
  const seconds = (moment: Date | null) => (moment?.getTime() ?? 0) / 1000;
  return [
    stat.id,
    stat.uid,
    stat.gid,
    stat.cuid,
    stat.cgid,
    stat.mode.toString(8),
    stat.maxSize,
    stat.currentMessages,
    currentSize,
    seconds(stat.lastSendTime),
    seconds(stat.lastReceiveTime),
    seconds(stat.lastChangeTime),
    stat.lastSendPid ?? 0,
    stat.lastReceivePid ?? 0,
  ].join(" ");
}

for (const { who, options, prepare } of peers) {
  test(
    `openSysvMessageQueue() opens the queue that ${who} created`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const { key } = newSysvQueue(t);
      openSysvMessageQueue(key!).remove();
      await peer("create", `${key}`, "640");
      using queue = openSysvMessageQueue(key!);
      t.defer(() => removeIfPresent(queue));
      assertEquals(queue.created, false);
      assertEquals(queue.stat().mode, 0o640);
      await peer("remove", `${key}`);
      assertThrows(() => queue.tryReceive(), Deno.errors.NotFound);
    },
  );

  test(
    `SysvMessageQueue exchanges messages with ${who}`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const queue = newSysvQueue(t);
      const key = `${queue.key}`;
      queue.sendSync(bytes("grüße"), { type: 4 });
      queue.sendSync(bytes("low"), { type: 2 });
      assertEquals(await peer("receive", key, "-9"), "2 low");
      assertEquals(await peer("receive", key, "0"), "4 grüße");
      await peer("send", key, "7", "zurück");
      await peer("send", key, "6", "again");
      assertEquals(show(queue.receiveSync({ type: 6 })), "6 again");
      assertEquals(show(await queue.receive()), "7 zurück");
    },
  );

  test(
    `SysvMessageQueue waits for ${who}, and is waited for`,
    options,
    async (t) => {
      const peer = await prepare(t);
      const queue = newSysvQueue(t);
      const echo = peer("echo", `${queue.key}`, "200");
      for (let i = 0; i < 200; i++) {
        // sysv_ipc takes text of any kind, an empty one too.
        const text = "x".repeat(i);
        queue.sendSync(bytes(text));
        const received = i % 2 === 0
          ? queue.receiveSync({ type: 2, timeout: 5000 })
          : await queue.receive({ type: 2, timeout: 5000 });
        assertEquals(show(received), `2 ${text}`);
      }
      await echo;
    },
  );

  test(
    `SysvMessageQueue.stat() and set() agree with ${who}`,
    { ...options, ignore: options.ignore || emulated() },
    async (t) => {
      const peer = await prepare(t);
      const queue = newSysvQueue(t, { mode: 0o644 });
      const key = `${queue.key}`;
      for (const text of ["abc", "de", "f"]) queue.sendSync(bytes(text));
      queue.receiveSync();
      queue.set({ mode: 0o640, maxSize: 9000 });
      const size = who.startsWith("Python")
        ? "-"
        : `${queue.stat().currentSize}`;
      assertEquals(await peer("stat", key), line(queue.stat(), size));
      await peer("set", key, "602", "7000");
      const { mode, maxSize, currentMessages } = queue.stat();
      assertEquals([mode, maxSize, currentMessages], [0o602, 7000, 2]);
      assertEquals(await peer("stat", key), line(queue.stat(), size));
    },
  );

  test(`ftok() makes the key that ${who} makes`, {
    ...options,
    needs: ["run", "read", "write"],
  }, async (t) => {
    const peer = await prepare(t);
    const path = `${t.folder()}/file`;
    Deno.writeTextFileSync(path, "");
    for (const id of [1, 255]) {
      assertEquals(await peer("ftok", path, `${id}`), `${ftok(path, id)}`);
    }
  });
}
