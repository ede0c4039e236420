/** Creating and opening shared memory. */

import {
  openSharedMemory,
  type SharedMemory,
  unlinkSharedMemory,
} from "@ipc/shm";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { compileC, output, withoutProgram } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { AlreadyExists, NotFound, TimedOut } = Deno.errors;

/** Options that the types forbid. */
function wrong(
  name: string | null,
  options: Record<string, unknown>,
): () => SharedMemory {
  return () => openSharedMemory(name, options);
}

test("openSharedMemory() creates zeros when createNew is set", {}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { createNew: true, size: 5000 });
  assertEquals(memory.name, name);
  assertEquals([memory.created, memory.readOnly], [true, false]);
  assert(new Uint8Array(memory.buffer).every((byte) => byte === 0));
});

test("openSharedMemory() opens the same bytes when there is one", {}, (t) => {
  const name = t.name();
  using first = openSharedMemory(name, { create: true, size: 100 });
  using second = openSharedMemory(name);
  using third = openSharedMemory(name, { create: true, size: 50 });
  assertEquals(
    [first.created, second.created, third.created],
    [true, false, false],
  );
  new Uint8Array(first.buffer)[7] = 9;
  assertEquals(new Uint8Array(second.buffer)[7], 9);
  new Uint8Array(third.buffer)[8] = 10;
  assertEquals(new Uint8Array(first.buffer)[8], 10);
});

test(
  "openSharedMemory() throws NotFound when there is none and create is not set",
  {},
  (t) => {
    const name = t.name();
    for (const options of [{}, { write: false }, { truncate: true, size: 8 }]) {
      assertOsError(
        () => openSharedMemory(name, options),
        NotFound,
        "ENOENT",
        "shm_open",
      );
    }
  },
);

test(
  "openSharedMemory() throws AlreadyExists when createNew meets one, and leaves it",
  {},
  (t) => {
    const name = t.name();
    using first = openSharedMemory(name, { createNew: true, size: 64 });
    const bytes = new Uint8Array(first.buffer).fill(5);
    for (const size of [1, 64, 100_000]) {
      for (const truncate of [false, true]) {
        assertOsError(
          () => openSharedMemory(name, { createNew: true, size, truncate }),
          AlreadyExists,
          "EEXIST",
          "shm_open",
        );
      }
    }
    using again = openSharedMemory(name);
    assertEquals(again.stat().size, 64);
    assertEquals(new Uint8Array(again.buffer), bytes);
  },
);

test(
  "openSharedMemory() makes a short name of its own when the name is null",
  {},
  () => {
    using first = openSharedMemory(null, { size: 8 });
    using second = openSharedMemory(null, { createNew: true, size: 8 });
    for (const { name, created } of [first, second]) {
      assertMatch(name!, /^\/[a-z0-9_]{1,13}$/);
      assertEquals(created, true);
    }
    assertNotEquals(first.name, second.name);
    openSharedMemory(first.name).close();
    first.unlink();
    second.unlink();
  },
);

test(
  "openSharedMemory() throws TypeError when the name is null and it cannot be created",
  {},
  () => {
    assertThrows(wrong(null, {}), TypeError, "size");
    for (const create of [false, true]) {
      const options = { createNew: false, create, size: 8 };
      assertThrows(wrong(null, options), TypeError, "name");
    }
  },
);

test("openSharedMemory() gives the mode to the object when it creates", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  for (const mode of [0o600, 0o400, 0o200, 0o644, 0o700, 0]) {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 8, mode });
    const stat = Deno.statSync(`/dev/shm${name}`);
    assertEquals(stat.mode! & 0o7777, mode);
    assertEquals(memory.stat().mode, mode);
    // The mode is for those who open it later.
    new Uint8Array(memory.buffer)[0] = 1;
  }
});

test("openSharedMemory() creates for its owner alone when no mode is given", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  openSharedMemory(name, { create: true, size: 8 }).close();
  assertEquals(Deno.statSync(`/dev/shm${name}`).mode! & 0o7777, 0o600);
});

test("openSharedMemory() keeps the mode of an existing object", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  const options = { create: true, size: 8 };
  openSharedMemory(name, { ...options, mode: 0o640 }).close();
  openSharedMemory(name, { ...options, mode: 0o666, truncate: true }).close();
  assertEquals(Deno.statSync(`/dev/shm${name}`).mode! & 0o7777, 0o640);
});

test(
  "openSharedMemory() throws when the mode is none, and creates nothing",
  {},
  (t) => {
    const name = t.name();
    const options = { create: true, size: 8 };
    for (const mode of [-1, 0o1000, 1.5, NaN]) {
      assertThrows(wrong(name, { ...options, mode }), RangeError);
    }
    for (const mode of ["600", null]) {
      assertThrows(wrong(name, { ...options, mode }), TypeError);
    }
    assertThrows(() => unlinkSharedMemory(name), NotFound);
  },
);

test("SharedMemory.stat() tells what the system does", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, {
    create: true,
    size: 12_345,
    mode: 0o640,
  });
  const { mode, uid, gid, size, nlink } = Deno.statSync(`/dev/shm${name}`);
  assertEquals(memory.stat(), {
    mode: mode! & 0o7777,
    uid: uid!,
    gid: gid!,
    size,
    nlink: nlink!,
  });
  assertEquals([size, nlink], [12_345, 1]);
  memory.unlink();
  assertEquals(memory.stat().nlink, 0);
});

test(
  "SharedMemory.unlink() removes the name when it is open, and after close",
  {},
  (t) => {
    const name = t.name();
    using old = openSharedMemory(name, { create: true, size: 8 });
    new Uint8Array(old.buffer)[0] = 1;
    old.unlink();
    assertThrows(() => openSharedMemory(name), NotFound);
    const young = openSharedMemory(name, { createNew: true, size: 8 });
    assertEquals(new Uint8Array(young.buffer)[0], 0);
    young.close();
    young.unlink();
    assertThrows(() => openSharedMemory(name), NotFound);
    assertEquals(new Uint8Array(old.buffer)[0], 1);
  },
);

test(
  "unlinkSharedMemory() removes the name, and throws NotFound when there is none",
  {},
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 8 });
    unlinkSharedMemory(name);
    assertThrows(() => openSharedMemory(name), NotFound);
    for (
      const unlink of [() => unlinkSharedMemory(name), () => memory.unlink()]
    ) assertOsError(unlink, NotFound, "ENOENT", "shm_unlink");
  },
);

test(
  "openSharedMemory() throws TimedOut when the creator died before the size was set",
  {
    needs: ["all"],
    ignore: notLinux || withoutProgram("cc"),
  },
  async (t) => {
    const name = t.name();
    const program = await compileC("shm_peer.c", t.folder());
    await output(new Deno.Command(program, { args: ["unsized", name] }));
    assertEquals(Deno.statSync(`/dev/shm${name}`).size, 0);
    for (const timeout of [0, 40]) {
      for (const options of [{}, { create: true, size: 8 }, { write: false }]) {
        const start = performance.now();
        assertThrows(
          () => openSharedMemory(name, { ...options, timeout }),
          TimedOut,
          name,
        );
        assertGreaterOrEqual(performance.now() - start, timeout);
      }
    }
    assertEquals(Deno.statSync(`/dev/shm${name}`).size, 0);
  },
);

test("openSharedMemory() throws when the timeout is none", {}, (t) => {
  const name = t.name();
  openSharedMemory(name, { create: true, size: 8 }).close();
  for (const timeout of [-1, NaN, -Infinity]) {
    assertThrows(wrong(name, { timeout }), RangeError);
  }
  for (const timeout of ["5", null]) {
    assertThrows(wrong(name, { timeout }), TypeError);
  }
  openSharedMemory(name, { timeout: Infinity }).close();
});
