/** What the system tells of System V queues, and what can be changed. */

import { IPC_PRIVATE, openSysvMessageQueue } from "@ipc/mqueue";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, output, withoutProgram } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { emulated } from "../_util/emulation.ts";
import { isOrdinaryUser } from "../_util/sysv.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, newSysvQueue, show } from "./_sysv.ts";

test("SysvMessageQueue.stat() tells everything when it is new", {
  needs: ["sys"],
}, (t) => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  const queue = newSysvQueue(t, { mode: 0o640 });
  const { maxSize, lastChangeTime, ...rest } = queue.stat();
  assert(maxSize >= 2048, `${maxSize}`);
  const changed = lastChangeTime!.getTime();
  assert(changed >= before - 1000 && changed <= Date.now() + 1000);
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  assertEquals(rest, {
    key: queue.key!,
    id: queue.id,
    uid,
    gid,
    cuid: uid,
    cgid: gid,
    mode: 0o640,
    currentMessages: 0,
    currentSize: 0,
    lastSendTime: null,
    lastReceiveTime: null,
    lastSendPid: null,
    lastReceivePid: null,
  });
});

test("SysvMessageQueue.stat() tells who sent and received, and when", {
  needs: ["run"],
  // QEMU writes the pids of `struct msqid_ds` elsewhere than Linux does.
  ignore: emulated(),
}, async (t) => {
  const queue = newSysvQueue(t);
  queue.sendSync(bytes("abc"));
  queue.sendSync(bytes("de"));
  const sent = queue.stat();
  assertEquals([sent.currentMessages, sent.currentSize], [2, 5]);
  assertEquals([sent.lastSendPid, sent.lastReceivePid], [Deno.pid, null]);
  assert(Math.abs(sent.lastSendTime!.getTime() - Date.now()) < 3000);

  const child = denoPeer("sysv_mqueue_attempts.ts", [
    "-",
    `receive:${queue.id}`,
  ]).spawn();
  assert((await child.output()).success);
  const received = queue.stat();
  assertEquals([received.currentMessages, received.currentSize], [1, 2]);
  assertEquals(received.lastReceivePid, child.pid);
  assert(Math.abs(received.lastReceiveTime!.getTime() - Date.now()) < 3000);
});

test("SysvMessageQueue.stat() agrees with ipcs", {
  needs: ["run"],
  ignore: notLinux || withoutProgram("ipcs") || emulated(),
}, async (t) => {
  const queue = newSysvQueue(t, { mode: 0o604 });
  queue.sendSync(bytes("abc"));
  queue.receiveSync();
  for (const text of ["12345", "678"]) queue.sendSync(bytes(text));
  const stat = queue.stat();
  const text = await output(
    new Deno.Command("ipcs", {
      args: ["-q", "-i", `${queue.id}`],
      env: { LC_ALL: "C", TZ: "UTC" },
    }),
  );
  const value = (name: string) =>
    text.match(new RegExp(`\\b${name}=(\\S+)`))?.[1];
  assertEquals(value("msqid"), `${stat.id}`);
  assertEquals(Number(value("uid")), stat.uid);
  assertEquals(Number(value("gid")), stat.gid);
  assertEquals(Number(value("cuid")), stat.cuid);
  assertEquals(Number(value("cgid")), stat.cgid);
  assertEquals(parseInt(value("mode")!, 8), stat.mode);
  assertEquals(Number(value("cbytes")), stat.currentSize);
  assertEquals(Number(value("qbytes")), stat.maxSize);
  assertEquals(Number(value("qnum")), stat.currentMessages);
  assertEquals(Number(value("lspid")), stat.lastSendPid);
  assertEquals(Number(value("lrpid")), stat.lastReceivePid);
  const moment = (name: string) =>
    new Date(`${text.match(new RegExp(`${name}_time=(.+)`))![1]!.trim()} UTC`);
  assertEquals(moment("send"), stat.lastSendTime);
  assertEquals(moment("rcv"), stat.lastReceiveTime);
  assertEquals(moment("change"), stat.lastChangeTime);

  const list = await output(new Deno.Command("ipcs", { args: ["-q"] }));
  const hex = (queue.key! >>> 0).toString(16).padStart(8, "0");
  const row = new RegExp(`^0x${hex} +${queue.id} +\\S+ +604 +8 +2\\b`, "m");
  assert(row.test(list), list);
});

test("SysvMessageQueue.set() changes what is asked and nothing else", {
  ignore: notLinux,
}, (t) => {
  const queue = newSysvQueue(t, { mode: 0o600 });
  const known = () => {
    const { uid, gid, mode, maxSize } = queue.stat();
    return { uid, gid, mode, maxSize };
  };
  let expected = known();
  for (
    const change of [
      { mode: 0o640 },
      { maxSize: expected.maxSize - 100 },
      { mode: 0o602, maxSize: 5000 },
      { uid: expected.uid },
      { gid: expected.gid },
      {},
    ]
  ) {
    queue.set(change);
    expected = { ...expected, ...change };
    assertEquals(known(), expected);
  }
});

test("SysvMessageQueue.set() gives the queue to another user", {
  needs: ["sys"],
  ignore: notLinux || isOrdinaryUser() && "needs root",
}, (t) => {
  const queue = newSysvQueue(t);
  queue.set({ uid: 65534 });
  assertEquals([queue.stat().uid, queue.stat().gid], [65534, Deno.gid()]);
  queue.set({ gid: 12345 });
  const { uid, gid, cuid, cgid, mode } = queue.stat();
  assertEquals([uid, gid, cuid, cgid, mode], [
    65534,
    12345,
    Deno.uid(),
    Deno.gid(),
    0o600,
  ]);
});

test("SysvMessageQueue.set() throws when a number is wrong", {}, (t) => {
  const queue = newSysvQueue(t);
  const before = queue.stat();
  for (
    const change of [
      { mode: 0o1000 },
      { mode: -1 },
      { uid: -1 },
      { gid: 2 ** 32 - 1 },
      { maxSize: 0 },
      { maxSize: 1.5 },
      { mode: 0o644, maxSize: NaN },
    ]
  ) {
    assertThrows(() => queue.set(change), RangeError);
  }
  assertEquals(queue.stat(), before);
});

test("SysvMessageQueue.set() keeps messages when the size gets smaller", {
  ignore: notLinux,
}, (t) => {
  const queue = newSysvQueue(t);
  queue.sendSync(bytes("12345678"));
  queue.set({ maxSize: 4 });
  assertEquals(queue.trySend(bytes("x")), false);
  assertEquals(show(queue.receiveSync()), "1 12345678");
  assertEquals(queue.trySend(bytes("x")), true);
});

test("SysvMessageQueue throws PermissionDenied for another user", {
  needs: ["run", "sys"],
  ignore: notLinux || isOrdinaryUser() && "needs root",
}, async (t) => {
  const closed = newSysvQueue(t, { mode: 0o600 });
  const box = newSysvQueue(t, { mode: 0o622 });
  const board = newSysvQueue(t, { mode: 0o644 });
  board.sendSync(bytes("all may look, and nobody take"));
  const attempts = [
    `open:${closed.key}`,
    `read:${closed.key}`,
    `create:${closed.key}`,
    `send:${closed.id}`,
    `receive:${closed.id}`,
    `stat:${closed.id}`,
    `remove:${closed.id}`,
    `chmod:${closed.id}`,
    `open:${box.key}`,
    `write:${box.key}`,
    `send:${box.id}`,
    `receive:${box.id}`,
    `read:${board.key}`,
    `stat:${board.id}`,
    `send:${board.id}`,
    `chmod:${board.id}`,
    `remove:${board.id}`,
  ];
  const outcomes: string[] = JSON.parse(
    await output(
      denoPeer("sysv_mqueue_attempts.ts", ["65534", ...attempts]),
    ),
  );
  const codes = outcomes.map((outcome) =>
    outcome.split(" ").slice(0, 2).join(" ")
  );
  const [access, owner] = [
    "PermissionDenied EACCES",
    "PermissionDenied EPERM",
  ];
  assertEquals(codes, [
    access,
    access,
    access,
    access,
    access,
    access,
    owner,
    access,
    access,
    "done",
    "done",
    access,
    "done",
    "done",
    access,
    owner,
    owner,
  ]);
  assert(/mode.*write/.test(outcomes[3]!), outcomes[3]);
  assert(/mode.*read/.test(outcomes[4]!), outcomes[4]);
  assert(/owner/.test(outcomes[6]!), outcomes[6]);
  assertEquals(closed.stat().currentMessages, 0);
  assertEquals(box.stat().currentMessages, 1);
});

test("SysvMessageQueue throws TimedOut when who sends may not look", {
  needs: ["run", "sys"],
  ignore: notLinux || isOrdinaryUser() && "needs root",
}, async (t) => {
  const box = newSysvQueue(t, { mode: 0o622 });
  box.set({ maxSize: 12 });
  box.sendSync(bytes("12345"));
  const [late] = JSON.parse(
    await output(
      denoPeer("sysv_mqueue_attempts.ts", ["65534", `sendNow:${box.id}`]),
    ),
  );
  assert(/^TimedOut .*the timeout is 0$/.test(late), late);
  // Whoever may look is told, also of a queue that has some room.
  assertThrows(
    () => box.sendSync(new Uint8Array(8), { timeout: 0 }),
    Deno.errors.TimedOut,
    "and it is full: it holds 5 of 12 bytes, in one message, and this one has 8",
  );
});

test(
  "SysvMessageQueue.set() names kernel.msgmnb when an ordinary user asks for more",
  {
    needs: ["run", "sys"],
    ignore: notLinux || isOrdinaryUser() && "needs root",
  },
  async (t) => {
    const queue = newSysvQueue(t);
    queue.set({ uid: 65534 });
    const [grow] = JSON.parse(
      await output(
        denoPeer("sysv_mqueue_attempts.ts", ["65534", `grow:${queue.id}`]),
      ),
    );
    assert(/^PermissionDenied EPERM .*kernel\.msgmnb/.test(grow), grow);
  },
);

test(
  "SysvMessageQueue is the same object for IPC_PRIVATE and its id",
  {},
  () => {
    using queue = openSysvMessageQueue(IPC_PRIVATE, { mode: 0o606 });
    const { key, mode } = queue.stat();
    queue.remove();
    assertEquals([key, mode], [IPC_PRIVATE, 0o606]);
    assertOsError(() => queue.stat(), Deno.errors.NotFound, "EIDRM");
  },
);
