/** macOS's ways, walked on Linux. */

import {
  openSemaphore,
  openSharedMemory,
  type Semaphore,
  unlinkSemaphore,
} from "@ipc/shm";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { capabilities } from "../../libc/platform.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { without } from "./_without.ts";

const notLinux = Deno.build.os !== "linux" && "macOS has no other way";

function create(t: TestScope, value: number): Semaphore {
  const semaphore = openSemaphore(t.name(), { createNew: true, value });
  t.defer(() => semaphore.close());
  return semaphore;
}

test("openSharedMemory() reserves nothing when there is no fallocate", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const blocks = () => {
    const name = t.name();
    using _memory = openSharedMemory(name, { createNew: true, size: 100_000 });
    const { size, blocks } = Deno.statSync(`/dev/shm${name}`);
    assertEquals(size, 100_000);
    return blocks!;
  };
  assert(blocks() > 0);
  without(t, "fallocate");
  assertEquals(blocks(), 0);
});

test(
  "SharedMemory.resize() grows and shrinks when there is no fallocate",
  {},
  (t) => {
    without(t, "fallocate");
    const options = { createNew: true, size: 100 };
    using memory = openSharedMemory(t.name(), options);
    new Uint8Array(memory.buffer).fill(1);
    memory.resize(10_000);
    assertEquals(memory.buffer.byteLength, 10_000);
    const bytes = new Uint8Array(memory.buffer);
    assertEquals([bytes[99], bytes[100], bytes[9_999]], [1, 0, 0]);
    memory.resize(50, { shrink: true });
    assertEquals(memory.buffer.byteLength, 50);
  },
);

test(
  "openSemaphore() does not look at files when semaphores are none",
  {},
  (t) => {
    const mode = create(t, 0).mode;
    without(t, "semaphoreFiles");
    const name = t.name();
    assertThrows(() => openSemaphore(name), Deno.errors.NotFound);
    using created = openSemaphore(name, { create: true, value: 2 });
    using opened = openSemaphore(name, { create: true, value: 5 });
    assertEquals([created.created, opened.created], [true, false]);
    assertEquals([mode, created.mode, opened.mode], [
      0o600,
      undefined,
      undefined,
    ]);
    assert(opened.tryAcquire() && opened.tryAcquire() && !opened.tryAcquire());
    assertThrows(
      () => openSemaphore(name, { createNew: true }),
      Deno.errors.AlreadyExists,
    );
    unlinkSemaphore(name);
    assertThrows(() => openSemaphore(name), Deno.errors.NotFound);
  },
);

test("Semaphore.value throws when the system does not tell", {}, (t) => {
  const semaphore = create(t, 1);
  without(t, "semaphoreValue");
  const words = [
    `Cannot read the value of semaphore "${semaphore.name}": `,
    "macOS tells it to no program",
    "sem_getvalue always fails with ENOSYS",
    "keep the count beside the semaphore, in shared memory",
    "or use a System V semaphore, whose value can be read",
  ];
  for (const part of words) {
    assertThrows(() => semaphore.value, Deno.errors.NotSupported, part);
  }
});

test("openSharedMemory() throws when it cannot be read only", {}, (t) => {
  const name = t.name();
  using _memory = openSharedMemory(name, { createNew: true, size: 8 });
  without(t, "privateMapping");
  assertThrows(
    () => openSharedMemory(name, { write: false }),
    Deno.errors.NotSupported,
  );
});

for (const ability of ["monotonicSemaphores", "timedSemaphores"] as const) {
  test(`acquireSync() waits for another thread without ${ability}`, {
    needs: ["read"],
  }, async (t) => {
    without(t, ability);
    const semaphore = create(t, 0);
    const poster = new Worker(new URL("./_poster.ts", import.meta.url), {
      type: "module",
    });
    t.defer(() => poster.terminate());
    await new Promise((resolve) => poster.onmessage = resolve);
    poster.postMessage({ name: semaphore.name, after: 20 });
    semaphore.acquireSync({ timeout: 9_000 });
    assertEquals(semaphore.tryAcquire(), undefined);
  });

  test(
    `acquireSync() throws when the time is over without ${ability}`,
    {},
    (t) => {
      without(t, ability);
      const semaphore = create(t, 0);
      const start = performance.now();
      assertThrows(
        () => semaphore.acquireSync({ timeout: 20 }),
        Deno.errors.TimedOut,
      );
      assert(performance.now() - start >= 20, "too early");
    },
  );

  test(`acquire() waits its turn without ${ability}`, {}, async (t) => {
    without(t, ability);
    const semaphore = create(t, 0);
    const order: number[] = [];
    const waits = [1, 2, 3].map((id) =>
      semaphore.acquire().then(() => order.push(id))
    );
    for (let i = 0; i < 3; i++) semaphore.release();
    await Promise.all(waits);
    assertEquals(order, [1, 2, 3]);
  });

  test(
    `acquire() takes nothing when it gives up without ${ability}`,
    {},
    async (t) => {
      without(t, ability);
      const semaphore = create(t, 0);
      await assertRejects(
        () => semaphore.acquire({ timeout: 20 }),
        Deno.errors.TimedOut,
      );
      const controller = new AbortController();
      const wait = semaphore.acquire({ signal: controller.signal });
      semaphore.release();
      controller.abort(new Error("enough"));
      await assertRejects(() => wait, Error, "enough");
      // What the sleeper took is there again once the wait has settled.
      assert(semaphore.tryAcquire() !== undefined);
      assertEquals(semaphore.tryAcquire(), undefined);
    },
  );
}

test(
  "shared memory and a semaphore work when every ability is missing",
  {},
  async (t) => {
    const { statx: _, ...abilities } = capabilities; // fstat is another struct
    without(t, ...Object.keys(abilities) as (keyof typeof abilities)[]);
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 8 });
    using semaphore = openSemaphore(name, { create: true, value: 1 });
    using other = openSharedMemory(name);
    await Promise.all([1, 2, 3, 4].map(async (term) => {
      using _lock = await semaphore.acquire({ timeout: 5_000 });
      const sum = new Float64Array(memory.buffer);
      const before = sum[0]!;
      await sleep(1);
      sum[0] = before + term;
    }));
    assertEquals(new Float64Array(other.buffer)[0], 10);
  },
);
