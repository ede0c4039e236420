/** The bytes of System V shared memory, and what the system tells of it. */

import { openSysvSharedMemory, SysvSharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, output, withoutProgram } from "../_util/child.ts";
import { emulated } from "../_util/emulation.ts";
import { notLinux, test } from "../_util/test.ts";
import { newMemory } from "./_sysv.ts";

const { BadResource, PermissionDenied } = Deno.errors;

test("SysvSharedMemory.read() and write() copy at an offset", {}, (t) => {
  const memory = newMemory(t, { size: 10 });
  assertEquals(memory.write(Uint8Array.of(1, 2, 3)), 3);
  assertEquals(memory.write(Uint8Array.of(9, 8), 8), 2);
  assertEquals(memory.write(new Uint8Array(0), 10), 0);
  const p = new Uint8Array(4).fill(77);
  assertEquals(memory.read(p), 4);
  assertEquals([...p], [1, 2, 3, 0]);
  assertEquals(memory.read(p, 8), 2);
  assertEquals([...p], [9, 8, 3, 0]);
  assertEquals(memory.read(p, 10), null);
  assertEquals(memory.read(new Uint8Array(0)), 0);
  assertEquals(memory.read(p.subarray(1, 3), 1), 2);
  assertEquals([...p], [9, 2, 3, 0]);
});

test(
  "SysvSharedMemory.write() writes nothing when it does not fit",
  {},
  (t) => {
    const memory = newMemory(t, { size: 10 });
    for (const [size, offset] of [[11, 0], [3, 8], [1, 10]] as const) {
      assertThrows(
        () => memory.write(new Uint8Array(size).fill(1), offset),
        RangeError,
        "it ends at 10",
      );
    }
    for (const offset of [-1, 11, 0.5, NaN, 2 ** 53]) {
      assertThrows(() => memory.write(new Uint8Array(1), offset), RangeError);
      assertThrows(() => memory.read(new Uint8Array(1), offset), RangeError);
    }
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    for (const p of ["text", shared, [1, 2], new Float64Array(1)]) {
      assertThrows(() => memory.write(p as Uint8Array), TypeError);
      assertThrows(() => memory.read(p as Uint8Array), TypeError);
    }
    assertEquals([...new Uint8Array(memory.buffer)], Array(10).fill(0));
  },
);

test(
  "SysvSharedMemory.detach() takes the bytes from views that are kept (sysv_ipc does not)",
  {},
  (t) => {
    const memory = newMemory(t);
    const views = [
      new Uint8Array(memory.buffer),
      new Float64Array(memory.buffer, 8, 2),
      new Uint8Array(memory.buffer, 50),
    ];
    const data = new DataView(memory.buffer);
    memory.detach();
    memory.detach();
    for (const view of views) {
      assertEquals([view.length, view[0]], [0, undefined]);
      view[0] = 1;
    }
    assertThrows(() => data.getUint8(0), TypeError);
    assertEquals(memory.attached, false);
    for (
      const use of [
        () => memory.buffer,
        () => memory.read(new Uint8Array(1)),
        () => memory.write(new Uint8Array(1)),
      ]
    ) {
      assertThrows(use, BadResource, "call attach()");
    }
    assertEquals(memory.stat().attachments, 0);
    memory.attach();
    assertEquals([...new Uint8Array(memory.buffer, 0, 2)], [0, 0]);
    assertEquals(memory.stat().attachments, 1);
  },
);

test(
  "SysvSharedMemory.attach() keeps the first attachment (sysv_ipc loses it)",
  {},
  (t) => {
    const memory = newMemory(t);
    const { buffer } = memory;
    for (let i = 0; i < 3; i++) memory.attach();
    assertEquals(memory.buffer === buffer, true);
    assertEquals(memory.stat().attachments, 1);
    // A second one is a second object, and neither takes the other's.
    const second = SysvSharedMemory.fromId(memory.id);
    assertEquals(memory.stat().attachments, 2);
    new Uint8Array(second.buffer)[1] = 6;
    second.close();
    assertEquals(memory.stat().attachments, 1);
    assertEquals(new Uint8Array(buffer)[1], 6);
    memory.close();
    using third = openSysvSharedMemory(memory.key);
    assertEquals(third.stat().attachments, 1);
  },
);

test(
  "SysvSharedMemory stays attached when its buffer was transferred",
  {},
  (t) => {
    const memory = newMemory(t);
    const { buffer } = memory;
    const elsewhere = new Uint8Array(buffer.transfer());
    assertThrows(() => memory.read(new Uint8Array(1)), BadResource, "transfer");
    memory.close();
    using same = openSysvSharedMemory(memory.key);
    elsewhere[0] = 5;
    assertEquals(new Uint8Array(same.buffer)[0], 5);
  },
);

test("SysvSharedMemory for reading only follows what others write", {}, (t) => {
  const memory = newMemory(t);
  using reader = openSysvSharedMemory(memory.key, { write: false });
  using byId = SysvSharedMemory.fromId(memory.id, { write: false });
  assertEquals([reader.readOnly, memory.readOnly], [true, false]);
  for (let i = 1; i < 4; i++) {
    new Uint8Array(memory.buffer)[99] = i;
    const p = new Uint8Array(1);
    assertEquals(reader.read(p, 99), 1);
    assertEquals(p[0], i);
    byId.read(p, 99);
    assertEquals(p[0], i);
  }
});

test(
  "SysvSharedMemory for reading only hands out nothing that kills the process",
  {},
  (t) => {
    const memory = newMemory(t);
    using reader = openSysvSharedMemory(memory.key, { write: false });
    assertThrows(() => reader.buffer, PermissionDenied, "use read()");
    assertThrows(() => reader.write(new Uint8Array(1)), PermissionDenied);
    reader.detach();
    reader.attach();
    assertThrows(() => reader.buffer, PermissionDenied, "use read()");
    // A class of one's own gets hold of nothing either.
    let stolen: unknown;
    class Thief extends Uint8Array {
      override set(source: ArrayLike<number>): void {
        stolen = source;
      }
    }
    new Uint8Array(memory.buffer)[0] = 3;
    const p = new Thief(4);
    reader.read(p);
    assertEquals([stolen, p[0]], [undefined, 3]);
  },
);

test("SysvSharedMemory for reading only is read by another process", {
  needs: ["run"],
}, async (t) => {
  const text = "grüße";
  const bytes = new TextEncoder().encode(text);
  const memory = newMemory(t, { size: bytes.byteLength });
  memory.write(bytes);
  const args = ["read", `${memory.id}`];
  assertEquals(await output(denoPeer("sysv_shm_peer.ts", args)), text);
});

test("SysvSharedMemory.stat() tells everything when it is new", {
  needs: ["sys"],
}, (t) => {
  const memory = newMemory(t, { size: 4097, mode: 0o640 });
  const { lastAttachTime, lastChangeTime, ...rest } = memory.stat();
  for (const moment of [lastAttachTime, lastChangeTime]) {
    assert(Math.abs(moment!.getTime() - Date.now()) < 3000);
  }
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  assertEquals(rest, {
    key: memory.key,
    id: memory.id,
    uid,
    gid,
    cuid: uid,
    cgid: gid,
    mode: 0o640,
    size: 4097,
    attachments: 1,
    creatorPid: Deno.pid,
    lastPid: Deno.pid,
    lastDetachTime: null,
    removed: false,
    locked: false,
  });
  memory.detach();
  const { attachments, lastDetachTime } = memory.stat();
  assertEquals(attachments, 0);
  assert(Math.abs(lastDetachTime!.getTime() - Date.now()) < 3000);
});

test("SysvSharedMemory.set() changes what is asked and nothing else", {
  ignore: notLinux,
}, (t) => {
  const memory = newMemory(t);
  const known = () => {
    const { uid, gid, mode, locked } = memory.stat();
    return { uid, gid, mode, locked };
  };
  let expected = known();
  for (
    const change of [
      { mode: 0o640 },
      { locked: true },
      { mode: 0o602, locked: false },
      { locked: true, gid: expected.gid },
      { locked: false },
      { uid: expected.uid },
      {},
    ]
  ) {
    memory.set(change);
    expected = { ...expected, ...change };
    assertEquals(known(), expected);
  }
  for (const change of [{ mode: 0o1000 }, { uid: -1 }, { gid: 2 ** 32 - 1 }]) {
    assertThrows(() => memory.set(change), RangeError);
  }
  assertEquals(known(), expected);
});

// QEMU fills in fields of `struct shmid_ds` otherwise than Linux does.
test("SysvSharedMemory.stat() agrees with ipcs", {
  needs: ["run"],
  ignore: emulated() || notLinux || withoutProgram("ipcs"),
}, async (t) => {
  const memory = newMemory(t, { size: 5001, mode: 0o604 });
  using _second = SysvSharedMemory.fromId(memory.id);
  const stat = memory.stat();
  const text = await output(
    new Deno.Command("ipcs", {
      args: ["-m", "-i", `${memory.id}`],
      env: { LC_ALL: "C", TZ: "UTC" },
    }),
  );
  const value = (name: string) =>
    text.match(new RegExp(`\\b${name}=(\\w+)`))?.[1];
  assertEquals(Number(value("uid")), stat.uid);
  assertEquals(Number(value("gid")), stat.gid);
  assertEquals(Number(value("cuid")), stat.cuid);
  assertEquals(Number(value("cgid")), stat.cgid);
  assertEquals(parseInt(value("mode")!, 8), stat.mode);
  assertEquals(Number(value("bytes")), stat.size);
  assertEquals(Number(value("lpid")), stat.lastPid);
  assertEquals(Number(value("cpid")), stat.creatorPid);
  assertEquals(Number(value("nattch")), stat.attachments);
  const moment = (name: string) =>
    new Date(`${text.match(new RegExp(`${name}_time=(.+)`))![1]!.trim()} UTC`);
  assertEquals(moment("att"), stat.lastAttachTime);
  assertEquals(moment("change"), stat.lastChangeTime);
  const list = await output(new Deno.Command("ipcs", { args: ["-m"] }));
  const hex = (memory.key >>> 0).toString(16).padStart(8, "0");
  const row = new RegExp(`^0x${hex} +${memory.id} +\\S+ +604 +5001 +2\\b`, "m");
  assert(row.test(list), list);
});

test(
  "SysvSharedMemory leaves nothing attached when it is opened and closed often",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  (t) => {
    const memory = newMemory(t);
    const maps = () =>
      Deno.readTextFileSync("/proc/self/maps").split("\n")
        .filter((line) => line.includes("/SYSV")).length;
    const before = maps();
    for (let i = 0; i < 500; i++) {
      using _ = openSysvSharedMemory(memory.key, { write: i % 2 === 0 });
      assertThrows(() => openSysvSharedMemory(memory.key, { size: 101 }));
    }
    assertEquals(maps(), before);
    assertEquals(memory.stat().attachments, 1);
  },
);
