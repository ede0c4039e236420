/** The three ways to wait for a semaphore with a timeout. */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Capabilities } from "../../libc/platform.ts";
import {
  type SemaphorePointer,
  semClose,
  semOpen,
  semPost,
  semTimedWait,
  semTimedWaitAsync,
  semTryWait,
} from "../../libc/semaphore.ts";
import { Conversation, withoutProgram } from "../_util/child.ts";
import { test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { without } from "./_without.ts";

const ways: [name: string, missing: (keyof Capabilities)[]][] = [
  ["sem_clockwait", []],
  ["sem_timedwait", ["monotonicSemaphores"]],
  ["polling", ["timedSemaphores"]],
];

function create(t: TestScope, value: number): SemaphorePointer {
  const semaphore = semOpen(t.name(), { mode: 0o600, value });
  t.defer(() => semClose(semaphore));
  return semaphore;
}

for (const [way, missing] of ways) {
  test(`semTimedWait() takes one at once by ${way}`, {}, (t) => {
    without(t, ...missing);
    const semaphore = create(t, 1);
    assertEquals(semTimedWait(semaphore, 60_000), true);
    assertEquals(semTryWait(semaphore), false);
  });

  test(
    `semTimedWait() takes nothing when the time is over by ${way}`,
    {},
    (t) => {
      without(t, ...missing);
      const semaphore = create(t, 0);
      for (const milliseconds of [0, 0.5, 20]) {
        const start = performance.now();
        assertEquals(semTimedWait(semaphore, milliseconds), false);
        // A clock that is set is also slowed down and sped up a little.
        assert(performance.now() - start >= milliseconds - 0.5, "too early");
      }
      semPost(semaphore);
      assertEquals(semTryWait(semaphore), true);
      assertEquals(semTryWait(semaphore), false);
    },
  );

  test(
    `semTimedWaitAsync() takes what comes meanwhile by ${way}`,
    {},
    async (t) => {
      without(t, ...missing);
      const semaphore = create(t, 0);
      const wait = semTimedWaitAsync(semaphore, 60_000);
      setTimeout(() => semPost(semaphore), 5);
      assertEquals(await wait, true);
      assertEquals(semTryWait(semaphore), false);
    },
  );

  test(
    `semTimedWaitAsync() takes nothing when the time is over by ${way}`,
    {},
    async (t) => {
      without(t, ...missing);
      const semaphore = create(t, 0);
      const start = performance.now();
      assertEquals(await semTimedWaitAsync(semaphore, 20), false);
      assert(performance.now() - start >= 19, "too early");
      semPost(semaphore);
      assertEquals(semTryWait(semaphore), true);
    },
  );
}

const FUTEX_PRIVATE_FLAG = 128;
const FUTEX_CLOCK_REALTIME = 256;

/**
 * The operation of the futex call in which a process sleeps. No futex of its
 * own, which is private, is that of a semaphore.
 */
async function futexOperation(pid: number): Promise<number> {
  // Deno itself may not read this file.
  const cat = new Deno.Command("cat", { args: [`/proc/${pid}/syscall`] });
  for (;;) {
    const { stdout } = await cat.output();
    const [call, _, operation] = new TextDecoder().decode(stdout).split(" ");
    const isFutex = call === "202" || call === "98"; // x86-64, arm64
    if (isFutex && !(Number(operation) & FUTEX_PRIVATE_FLAG)) {
      return Number(operation);
    }
    await sleep(5);
  }
}

// The kernel says which clock a sleep is on. No test sets the clock back: a
// time namespace has its own CLOCK_MONOTONIC and no CLOCK_REALTIME, and what
// libfaketime puts before libc is neither found by Deno.dlopen, which looks
// into libc itself, nor seen by the kernel, which does the waiting.
for (
  const [clock, operation] of [
    ["monotonic", 0],
    ["realtime", FUTEX_CLOCK_REALTIME],
  ] as const
) {
  test(`semTimedWait() sleeps on the ${clock} clock of the kernel`, {
    needs: ["run"],
    ignore: Deno.build.os !== "linux"
      ? "needs /proc"
      : withoutProgram("cat") || withoutSyscallFile(),
  }, async (t) => {
    const script = fromFileUrl(new URL("./_timed_wait.ts", import.meta.url));
    const child = new Conversation(
      Deno.execPath(),
      ["run", "--quiet", "--allow-ffi", script, clock],
    );
    t.defer(async () => {
      child.kill();
      await child.end();
    });
    assertEquals(await child.hear(), "ready");
    assertEquals(
      await futexOperation(child.pid) & FUTEX_CLOCK_REALTIME,
      operation,
    );
  });
}

/** The reason why the kernel does not tell what a process sleeps in. */
function withoutSyscallFile(): string | false {
  const { success } = new Deno.Command("cat", {
    args: ["/proc/self/syscall"],
    stderr: "null",
  }).outputSync();
  return !success && "needs /proc/self/syscall";
}
