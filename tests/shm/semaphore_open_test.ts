/** Creating and opening semaphores. */

import {
  openSemaphore,
  SEM_VALUE_MAX,
  type Semaphore,
  unlinkSemaphore,
} from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { count } from "../_util/count.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { NotFound, AlreadyExists } = Deno.errors;

/** What is no value, no mode and no way to wait: the types forbid it. */
function wrong(options: Record<string, unknown>): () => Semaphore {
  return () => openSemaphore(null, options);
}

test(
  "openSemaphore() creates with the value when createNew is set",
  {},
  (t) => {
    const name = t.name();
    using semaphore = openSemaphore(name, { createNew: true, value: 3 });
    assertEquals(semaphore.name, name);
    assertEquals(semaphore.created, true);
    assertEquals(count(semaphore), 3);
  },
);

test("openSemaphore() creates with the value 0 when none is given", {}, (t) => {
  using semaphore = openSemaphore(t.name(), { create: true });
  assertEquals(semaphore.tryAcquire(), undefined);
});

test("openSemaphore() opens the same semaphore when there is one", {}, (t) => {
  const name = t.name();
  using first = openSemaphore(name, { create: true, value: 2 });
  using second = openSemaphore(name);
  assertEquals(second.created, false);
  second.acquireSync();
  assertEquals(count(first), 1);
  first.release();
  assertEquals(count(second), 2);
});

test(
  "openSemaphore() keeps value and mode of an existing one when create is set",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    using first = openSemaphore(name, { create: true, value: 2, mode: 0o640 });
    using second = openSemaphore(name, { create: true, value: 9, mode: 0o600 });
    assertEquals([first.created, second.created], [true, false]);
    assertEquals(count(first), 2);
    assertEquals(second.mode, 0o640);
    const { mode } = Deno.statSync(`/dev/shm/sem.${name.slice(1)}`);
    assertEquals(mode! & 0o777, 0o640);
  },
);

test(
  "openSemaphore() throws NotFound when there is none and create is not set",
  {},
  (t) => {
    const name = t.name();
    assertOsError(() => openSemaphore(name), NotFound, "ENOENT", "sem_open");
    assertOsError(() => openSemaphore(name), NotFound, "ENOENT", "sem_open");
  },
);

test(
  "openSemaphore() throws AlreadyExists when createNew meets one, and leaves it",
  {},
  (t) => {
    const name = t.name();
    using first = openSemaphore(name, { createNew: true, value: 5 });
    assertOsError(
      () => openSemaphore(name, { createNew: true, value: 1 }),
      AlreadyExists,
      "EEXIST",
      "sem_open",
    );
    using second = openSemaphore(name);
    second.acquireSync();
    assertEquals(count(first), 4);
  },
);

test(
  "openSemaphore() makes a short name of its own when the name is null",
  {},
  () => {
    using first = openSemaphore(null, { value: 1 });
    using second = openSemaphore(null, { createNew: true });
    for (const { name, created } of [first, second]) {
      assertMatch(name, /^\/[a-z0-9_]{1,13}$/);
      assertEquals(created, true);
    }
    assertNotEquals(first.name, second.name);
    using again = openSemaphore(first.name);
    assertEquals(count(again), 1);
    first.unlink();
    second.unlink();
  },
);

test(
  "openSemaphore() throws TypeError when the name is null and createNew is off",
  {},
  () => {
    assertThrows(wrong({ createNew: false }), TypeError, "name");
    assertThrows(wrong({ createNew: false, create: true }), TypeError, "name");
  },
);

test("openSemaphore() gives the mode to the file when it creates", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  for (const mode of [0o600, 0o400, 0o644, 0o700]) {
    const name = t.name();
    using semaphore = openSemaphore(name, { create: true, mode });
    const stat = Deno.statSync(`/dev/shm/sem.${name.slice(1)}`);
    assertEquals(stat.mode! & 0o7777, mode);
    assertEquals(stat.size, 32);
    assertEquals(semaphore.mode, mode);
  }
});

test("openSemaphore() creates for its owner alone when no mode is given", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  openSemaphore(name, { create: true }).close();
  const { mode } = Deno.statSync(`/dev/shm/sem.${name.slice(1)}`);
  assertEquals(mode! & 0o7777, 0o600);
});

test(
  "openSemaphore() and openSharedMemory() clear the bits of the umask when they create",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  async (t) => {
    const name = t.name();
    const peer = denoPeer("create_with_mode.ts", [name, "666"], {
      through: ["sh", "-c", 'umask 027; exec "$0" "$@"'],
    });
    await output(peer);
    for (const file of [name.slice(1), `sem.${name.slice(1)}`]) {
      const { mode } = Deno.statSync(`/dev/shm/${file}`);
      assertEquals(mode! & 0o7777, 0o640);
    }
  },
);

test("openSemaphore() throws when the value is none", {}, () => {
  const { MAX_SAFE_INTEGER } = Number;
  const values = [-1, 1.5, NaN, Infinity, SEM_VALUE_MAX + 1, MAX_SAFE_INTEGER];
  for (const value of values) assertThrows(wrong({ value }), RangeError);
  for (const value of ["1", 1n, null]) {
    assertThrows(wrong({ value }), TypeError);
  }
});

test(
  "openSemaphore() takes the greatest value when it is asked to",
  {},
  (t) => {
    const name = t.name();
    using semaphore = openSemaphore(name, {
      create: true,
      value: SEM_VALUE_MAX,
    });
    semaphore.acquireSync();
    semaphore.release();
    assert(semaphore.tryAcquire() !== undefined);
  },
);

test("openSemaphore() throws when the mode is none", {}, () => {
  for (const mode of [-1, 0o1000, 1.5, NaN]) {
    assertThrows(wrong({ mode }), RangeError);
  }
  for (const mode of ["600", null]) assertThrows(wrong({ mode }), TypeError);
});

test(
  "openSemaphore() throws TypeError when the way to wait is none",
  {},
  () => {
    for (const wait of ["spin", 1, null]) {
      assertThrows(wrong({ wait }), TypeError, "wait");
    }
  },
);

test(
  "openSemaphore() leaves no new semaphore when an option is wrong",
  {},
  (t) => {
    const name = t.name();
    assertThrows(() => openSemaphore(name, { create: true, value: -1 }));
    assertThrows(() => openSemaphore(name, { create: true, mode: -1 }));
    assertThrows(() => unlinkSemaphore(name), NotFound);
  },
);

test("Semaphore.value is what the kernel counts when it is read", {
  ignore: notLinux,
}, (t) => {
  using semaphore = openSemaphore(t.name(), { create: true, value: 2 });
  assertEquals(semaphore.value, 2);
  semaphore.release();
  assertEquals(semaphore.value, 3);
  semaphore.acquireSync();
  semaphore.acquireSync();
  assertEquals(semaphore.value, 1);
});
