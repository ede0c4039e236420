/** Awaiting what is always free lets timers run, and holds nothing meanwhile. */

import { openMutex, openRwLock } from "@ipc/lock";
import {
  openSemaphore,
  openSysvSemaphore,
  removeSysvSemaphore,
} from "@ipc/shm";
import { assert, assertEquals } from "@std/assert";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";

/** What is acquired, however it is called. */
interface Lockable {
  acquire(options?: { signal?: AbortSignal }): Promise<Disposable>;
  acquireSync(): Disposable;
  close(): void;
}

const kinds: Record<string, (scope: TestScope) => Lockable> = {
  mutex(scope) {
    const mutex = openMutex(scope.name(), { createNew: true });
    scope.defer(() => mutex.close());
    return mutex;
  },
  "reader-writer lock, to read"(scope) {
    const lock = openRwLock(scope.name(), { createNew: true });
    scope.defer(() => lock.close());
    return {
      acquire: (options) => lock.acquireRead(options),
      acquireSync: () => lock.acquireWriteSync({ timeout: 1000 }),
      close: () => lock.close(),
    };
  },
  "reader-writer lock, to write"(scope) {
    const lock = openRwLock(scope.name(), { createNew: true });
    scope.defer(() => lock.close());
    return {
      acquire: (options) => lock.acquireWrite(options),
      acquireSync: () => lock.acquireReadSync({ timeout: 1000 }),
      close: () => lock.close(),
    };
  },
  semaphore(scope) {
    const options = { createNew: true, value: 1 };
    const semaphore = openSemaphore(scope.name(), options);
    scope.defer(() => semaphore.close());
    return {
      acquire: (options) => semaphore.acquire(options),
      acquireSync: () => semaphore.acquireSync({ timeout: 1000 }),
      close: () => semaphore.close(),
    };
  },
  "System V semaphore"(scope) {
    const semaphore = openSysvSemaphore(null, { value: 1 });
    scope.defer(() => removeSysvSemaphore(semaphore.id));
    scope.defer(() => semaphore.close());
    return {
      acquire: (options) => semaphore.acquire(1, options),
      acquireSync: () => semaphore.acquireSync(1, { timeout: 1000 }),
      close: () => semaphore.close(),
    };
  },
};

/** After how many waits at most others have a turn, if they have waited. */
const MOST = 1000;

/** Uses the processor for so long that others are to have a turn. */
function keepOthersWaiting(): void {
  const start = performance.now();
  while (performance.now() - start < 3);
}

for (const [name, open] of Object.entries(kinds)) {
  test(`a timer has its turn while a free ${name} is awaited`, {}, async (
    scope,
  ) => {
    const lock = open(scope);
    let turns = 0;
    let count = 0;
    const timer = setInterval(() => {
      turns++;
      // Nobody has it meanwhile: this would block the thread for good.
      lock.acquireSync()[Symbol.dispose]();
    });
    try {
      while (turns < 5 && count < 1_000_000) {
        (await lock.acquire())[Symbol.dispose]();
        count++;
      }
    } finally {
      clearInterval(timer);
    }
    assertEquals(turns, 5);
  });

  test(`a turn before a ${name} may be given up`, {}, async (scope) => {
    const lock = open(scope);
    let rejections = 0;
    keepOthersWaiting();
    for (let i = 0; i < MOST; i++) {
      const controller = new AbortController();
      const wait = lock.acquire({ signal: controller.signal });
      controller.abort("enough");
      await wait.then(
        (held) => held[Symbol.dispose](),
        (reason) => {
          assertEquals(reason, "enough");
          rejections++;
        },
      );
      lock.acquireSync()[Symbol.dispose]();
    }
    assert(rejections > 0);

    // Those that begin during a turn come after it, in order.
    const order: number[] = [];
    keepOthersWaiting();
    await Promise.all(
      Array.from({ length: MOST }, async (_, i) => {
        using _held = await lock.acquire();
        order.push(i);
      }),
    );
    assertEquals(order, Array.from({ length: MOST }, (_, i) => i));

    const waits: Promise<Disposable>[] = [];
    keepOthersWaiting();
    for (let i = 0; i < MOST; i++) waits.push(lock.acquire());
    const settled = Promise.allSettled(waits);
    lock.close();
    const last = (await settled).at(-1)!;
    assert(last.status === "rejected");
    assert(last.reason instanceof Deno.errors.BadResource);
  });
}
