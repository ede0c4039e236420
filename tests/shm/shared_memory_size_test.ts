/** Sizes: what is one, what is too much, and what a failure leaves. */

import {
  openSharedMemory,
  pageSize,
  type SharedMemory,
  unlinkSharedMemory,
} from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { NotFound } = Deno.errors;

/** More than any file system of memory has: a pebibyte. */
const TOO_MUCH = 2 ** 50;

/** Options that the types forbid. */
function wrong(
  name: string,
  options: Record<string, unknown>,
): () => SharedMemory {
  return () => openSharedMemory(name, options);
}

/** Sizes that are none, and the error for each. */
const wrongSizes: [unknown, typeof RangeError | typeof TypeError][] = [
  [0, RangeError],
  [-1, RangeError],
  [1.5, RangeError],
  [NaN, RangeError],
  [Infinity, RangeError],
  [2 ** 53, RangeError],
  ["8", TypeError],
  [8n, TypeError],
  [null, TypeError],
];

for (const [size, Class] of wrongSizes) {
  const text = typeof size === "string" ? `"${size}"` : String(size);
  test(
    `openSharedMemory() throws ${Class.name} when the size is ${text} (${typeof size}), and leaves things as they were`,
    {},
    (t) => {
      const name = t.name();
      for (const options of [{ create: true }, { createNew: true }]) {
        assertThrows(wrong(name, { ...options, size }), Class, "size");
      }
      assertThrows(() => openSharedMemory(name), NotFound);
      using memory = openSharedMemory(name, { create: true, size: 64 });
      const bytes = new Uint8Array(memory.buffer).fill(3);
      for (const options of [{}, { truncate: true }, { create: true }]) {
        assertThrows(wrong(name, { ...options, size }), Class, "size");
      }
      assertEquals(memory.stat().size, 64);
      assert(bytes.every((byte) => byte === 3));
    },
  );
}

test(
  "openSharedMemory() throws TypeError when there is no size to create or truncate with",
  {},
  (t) => {
    const name = t.name();
    for (const options of [{ create: true }, { createNew: true }]) {
      assertThrows(() => openSharedMemory(name, options), TypeError, "size");
    }
    assertThrows(() => openSharedMemory(name), NotFound);
    using memory = openSharedMemory(name, { create: true, size: 8 });
    assertThrows(
      () => openSharedMemory(name, { truncate: true }),
      TypeError,
      "size",
    );
    assertEquals(memory.stat().size, 8);
  },
);

test("openSharedMemory() gives exactly the size when it creates", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const page = pageSize();
  for (const size of [1, 7, page - 1, page, page + 1, 3_000_000]) {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size });
    assertEquals(memory.byteLength, size);
    assertEquals(memory.buffer.byteLength, size);
    const { blocks, ...stat } = Deno.statSync(`/dev/shm${name}`);
    assertEquals(stat.size, size);
    // The memory is there, not only promised; a block has 512 bytes.
    assert(blocks! * 512 >= size, `${blocks} blocks`);
    new Uint8Array(memory.buffer)[size - 1] = 1;
    using again = openSharedMemory(name);
    assertEquals(again.byteLength, size);
  }
});

test(
  "openSharedMemory() keeps the size of an existing object when size is smaller",
  {},
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    using second = openSharedMemory(name, { create: true, size: 1 });
    using third = openSharedMemory(name, { size: 100 });
    assertEquals([second.byteLength, third.byteLength], [100, 100]);
    assertEquals(memory.stat().size, 100);
  },
);

// posix_ipc resizes the object, or unlinks it when that fails; so did
// CPython: python/cpython#153279.
for (const write of [true, false]) {
  const how = write ? "to be written" : "for reading only";
  test(
    `openSharedMemory() throws RangeError and leaves the object when size is larger, opened ${how}`,
    {
      ignore: notLinux,
    },
    (t) => {
      const name = t.name();
      using memory = openSharedMemory(name, { create: true, size: 100 });
      new Uint8Array(memory.buffer).fill(3);
      for (const size of [101, 4096, 4097, TOO_MUCH]) {
        assertThrows(
          () => openSharedMemory(name, { write, size }),
          RangeError,
          "100 bytes",
        );
      }
      using again = openSharedMemory(name);
      assertEquals(again.stat().size, 100);
      assertEquals(again.stat().nlink, 1);
      assert(new Uint8Array(again.buffer).every((byte) => byte === 3));
    },
  );
}

test(
  "openSharedMemory() throws TypeError and leaves the object when it is read only and to be truncated or created",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    new Uint8Array(memory.buffer).fill(3);
    for (
      const options of [{ truncate: true }, { create: true }, {
        createNew: true,
      }]
    ) {
      assertThrows(
        () => openSharedMemory(name, { ...options, size: 8, write: false }),
        TypeError,
        "reading only",
      );
    }
    using again = openSharedMemory(name);
    assertEquals(again.stat().size, 100);
    assert(new Uint8Array(again.buffer).every((byte) => byte === 3));
  },
);

for (const size of [40, 100, 9000]) {
  test(
    `openSharedMemory() clears 100 bytes and makes them ${size} when truncate is set`,
    {
      ignore: notLinux,
    },
    (t) => {
      const name = t.name();
      using old = openSharedMemory(name, { create: true, size: 100 });
      new Uint8Array(old.buffer).fill(3);
      using memory = openSharedMemory(name, { truncate: true, size });
      assertEquals(memory.created, false);
      assertEquals(memory.byteLength, size);
      assertEquals(old.stat().size, size);
      assert(new Uint8Array(memory.buffer).every((byte) => byte === 0));
      const shared = new Uint8Array(old.buffer).subarray(0, size);
      assert(shared.every((byte) => byte === 0));
    },
  );
}

test(
  "openSharedMemory() throws ENOSPC when the size is too much, and leaves nothing",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    for (const options of [{ create: true }, { createNew: true }]) {
      const { message } = assertOsError(
        () => openSharedMemory(name, { ...options, size: TOO_MUCH }),
        Error,
        "ENOSPC",
        "posix_fallocate",
      );
      assert(message.includes(name), message);
      assert(message.includes(`${TOO_MUCH}`), message);
      assertThrows(() => unlinkSharedMemory(name), NotFound);
    }
  },
);

test(
  "openSharedMemory() throws ENOSPC when truncate asks too much, and leaves the object",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 100 });
    new Uint8Array(memory.buffer).fill(3);
    assertOsError(
      () => openSharedMemory(name, { truncate: true, size: TOO_MUCH }),
      Error,
      "ENOSPC",
    );
    assertEquals(memory.stat().size, 100);
    assert(new Uint8Array(memory.buffer).every((byte) => byte === 3));
  },
);

/** Needs the right to mount, which root has, unless it is in a container. */
const mount = ["--mount", "--propagation", "private", "sh", "-c"];
const canMount = hasProgram("unshare", [
  ...mount,
  "mount -t tmpfs tmpfs /dev/shm",
]);

test("SharedMemory survives a full file system: ENOSPC, and no SIGBUS later", {
  needs: ["run"],
  ignore: notLinux || !canMount && "needs the right to mount",
}, async () => {
  const script = 'mount -t tmpfs -o size=1m tmpfs /dev/shm && exec "$0" "$@"';
  const text = await output(denoPeer("no_room.ts", [], {
    flags: ["--allow-all"],
    through: ["unshare", ...mount, script],
  }));
  assertEquals(JSON.parse(text), {
    create: "ENOSPC",
    grow: "ENOSPC",
    truncate: "ENOSPC",
    names: ["first"],
    size: 600 * 1024,
    intact: true,
  });
});
