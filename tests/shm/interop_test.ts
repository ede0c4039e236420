/** The same objects as C and Python see them. */

import { openSemaphore, openSharedMemory, unlinkSemaphore } from "@ipc/shm";
import { assertEquals, assertThrows } from "@std/assert";
import {
  compileC,
  hasProgram,
  output,
  peerPath,
  withoutProgram,
} from "../_util/child.ts";
import { notLinux, test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

const SIZE = 10_000;
const pattern = Uint8Array.from({ length: SIZE }, (_, i) => i % 251);

const withC = {
  needs: ["run", "write"],
  ignore: notLinux || withoutProgram("cc"),
} as const;

/** A C program of `tests/_peers`, to be run with arguments. */
async function cProgram(
  t: TestScope,
  source: string,
): Promise<(...args: string[]) => Promise<string>> {
  const program = await compileC(source, t.folder());
  return (...args) => output(new Deno.Command(program, { args }));
}

test(
  "openSharedMemory() sees the bytes of a C program that created them",
  withC,
  async (t) => {
    const c = await cProgram(t, "shm_peer.c");
    const name = t.name();
    await c("create", name, `${SIZE}`);
    using memory = openSharedMemory(name, { size: SIZE });
    assertEquals(memory.created, false);
    assertEquals(new Uint8Array(memory.buffer), pattern);
  },
);

test(
  "openSharedMemory() shows its bytes to a C program when it created them",
  withC,
  async (t) => {
    const c = await cProgram(t, "shm_peer.c");
    const name = t.name();
    using memory = openSharedMemory(name, { createNew: true, size: SIZE });
    new Uint8Array(memory.buffer).set(pattern);
    await c("check", name, `${SIZE}`);
  },
);

test(
  "SharedMemory.buffer has the layout of C when numbers are shared",
  withC,
  async (t) => {
    const c = await cProgram(t, "shm_peer.c");
    const name = t.name();
    using memory = openSharedMemory(name, { createNew: true, size: 16 });
    new Float64Array(memory.buffer)[1] = Math.PI;
    assertEquals(Number(await c("double", name)), Math.PI);
    await c("add", name, "70000");
    assertEquals(new Uint32Array(memory.buffer)[0], 70_000);
  },
);

test(
  "SharedMemory.resize() grows what a C program created",
  withC,
  async (t) => {
    const c = await cProgram(t, "shm_peer.c");
    const name = t.name();
    await c("create", name, "100");
    using memory = openSharedMemory(name);
    memory.resize(SIZE);
    new Uint8Array(memory.buffer).set(pattern);
    await c("check", name, `${SIZE}`);
  },
);

test(
  "openSemaphore() opens the semaphore of a C program that created it",
  withC,
  async (t) => {
    const c = await cProgram(t, "sem_peer.c");
    const name = t.name();
    await c("create", name, "3");
    using semaphore = openSemaphore(name);
    assertEquals([semaphore.created, semaphore.value], [false, 3]);
    semaphore.acquireSync();
    assertEquals(await c("value", name), "2");
  },
);

test(
  "openSemaphore() shows its semaphore to a C program when it created it",
  withC,
  async (t) => {
    const c = await cProgram(t, "sem_peer.c");
    const name = t.name();
    using semaphore = openSemaphore(name, { createNew: true, value: 5 });
    assertEquals(await c("value", name), "5");
    await c("wait", name, "2");
    assertEquals(semaphore.value, 3);
    await c("post", name, "4");
    assertEquals(semaphore.value, 7);
    await c("unlink", name);
    assertThrows(() => unlinkSemaphore(name), Deno.errors.NotFound);
  },
);

test(
  "Semaphore.acquire() and acquireSync() wake when a C program posts",
  withC,
  async (t) => {
    const c = await cProgram(t, "sem_peer.c");
    const name = t.name();
    using semaphore = openSemaphore(name, { createNew: true });
    const waiting = [semaphore.acquire(), semaphore.acquire()];
    await c("post", name, "2");
    await Promise.all(waiting);
    const posted = c("post", name, "3");
    for (let i = 0; i < 3; i++) semaphore.acquireSync({ timeout: 5000 });
    await posted;
    assertEquals(semaphore.value, 0);
  },
);

test(
  "Semaphore.release() wakes a C program when it waits",
  withC,
  async (t) => {
    const c = await cProgram(t, "sem_peer.c");
    const name = t.name();
    using semaphore = openSemaphore(name, { createNew: true });
    const waited = c("wait", name, "3");
    for (let i = 0; i < 3; i++) {
      await sleep(20);
      semaphore.release();
    }
    await waited;
    assertEquals(semaphore.value, 0);
  },
);

const withPython = {
  needs: ["run"],
  ignore: notLinux ||
    !hasProgram("python3", ["-c", "import multiprocessing.shared_memory"]) &&
      "needs python3",
} as const;

function python(...args: string[]): Promise<string> {
  return output(
    new Deno.Command("python3", { args: [peerPath("shm_peer.py"), ...args] }),
  );
}

test(
  "openSharedMemory() sees the bytes of Python when it created them",
  withPython,
  async (t) => {
    const name = t.name();
    await python("create", name, `${SIZE}`);
    using memory = openSharedMemory(name, { size: SIZE });
    assertEquals(new Uint8Array(memory.buffer, 0, SIZE), pattern);
  },
);

test(
  "openSharedMemory() shows its bytes to Python when it created them",
  withPython,
  async (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { createNew: true, size: SIZE });
    new Uint8Array(memory.buffer).set(pattern);
    await python("check", name, `${SIZE}`);
    assertEquals(memory.stat().nlink, 1);
  },
);
