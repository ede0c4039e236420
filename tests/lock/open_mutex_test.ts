/** Mutexes with names. */

import { MUTEX_SIZE, openMutex } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { AlreadyExists, NotFound } = Deno.errors;

test("openMutex() opens what it created", {}, (t) => {
  const name = t.name();
  assertOsError(() => openMutex(name), NotFound, "ENOENT");
  using first = openMutex(name, { create: true });
  using second = openMutex(name, { create: true });
  using third = openMutex(name);
  assertEquals([first, second, third].map(({ created }) => created), [
    true,
    false,
    false,
  ]);
  assertEquals(third.name, name);
  assertOsError(
    () => openMutex(name, { createNew: true }),
    AlreadyExists,
    "EEXIST",
  );
  first.acquireSync();
  assertEquals(second.tryAcquire(), undefined);
  first.release();
  second.tryAcquire()!.release();
  second.unlink();
  assertOsError(() => second.unlink(), NotFound, "ENOENT");
  assertOsError(() => openMutex(name), NotFound, "ENOENT");
});

test("openMutex() makes up a name when it is null", {}, () => {
  using mutex = openMutex(null);
  using other = openMutex(mutex.name!);
  other.unlink();
  assert(mutex.created);
  assertThrows(() => openMutex(null, { createNew: false }), TypeError);
});

test(
  "openMutex() creates with the mode",
  { needs: ["all"], ignore: notLinux },
  (t) => {
    const name = t.name();
    openMutex(name, { create: true, mode: 0o640 }).close();
    const { mode, size } = Deno.statSync(`/dev/shm${name}`);
    assertEquals([mode! & 0o777, size], [0o640, 16]);
    assertThrows(() => openMutex(name, { mode: 0o1000 }), RangeError);
  },
);

test("openMutex() refuses what is none, and leaves it as it was", {}, (t) => {
  const name = t.name();
  using small = openSharedMemory(name, { create: true, size: 8 });
  assertThrows(() => openMutex(name), TypeError, "is no mutex");
  small.resize(64);
  new Uint8Array(small.buffer).fill(7);
  assertThrows(() => openMutex(name, { create: true }), TypeError);
  assertEquals(new Uint8Array(small.buffer), new Uint8Array(64).fill(7));
});

test("openMutex() is not held up by a creator that died", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  // The object is there, and has no size yet.
  Deno.writeFileSync(`/dev/shm${name}`, new Uint8Array());
  using mutex = openMutex(name);
  assertFalse(mutex.acquireSync().ownerDied);
});

test("openMutex() leaves nothing when it fails", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  const wait = "spin" as never;
  assertThrows(() => openMutex(name, { create: true, wait }), TypeError);
  assertThrows(() => Deno.statSync(`/dev/shm${name}`), NotFound);
  for (const name of ["lock", "/", "/a/b", "/a\0b", `/${"x".repeat(300)}`]) {
    assertThrows(() => openMutex(name, { create: true }), Error, "Cannot use");
  }
});

test("openMutex() names what it cannot use", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  Deno.writeFileSync(`/dev/shm${name}`, new Uint8Array(MUTEX_SIZE).fill(7));
  t.defer(() => Deno.removeSync(`/dev/shm${name}`));
  assertThrows(
    () => openMutex(name),
    TypeError,
    `Cannot use mutex "${name}": there is something else`,
  );
});

test("openMutex() works by names that are not ASCII", {}, (t) => {
  const name = `${t.name()}_é漢`;
  using mutex = openMutex(name, { create: true });
  mutex.unlink();
  mutex.acquireSync().release();
});

test("Mutex.unlink() is an error when it has no name", {}, async () => {
  const { Mutex } = await import("@ipc/lock");
  using mutex = new Mutex(new ArrayBuffer(16));
  assertEquals([mutex.name, mutex.created], [null, false]);
  assertThrows(() => mutex.unlink(), TypeError, "Cannot unlink");
});
