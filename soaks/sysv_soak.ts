/**
 * System V semaphores and shared memory under fire: creators and owners that
 * are killed at random moments, waits that are aborted at the moment at which
 * they are served, and names that are removed while they are opened.
 *
 * deno run -A soaks/sysv_soak.ts --help
 *
 * @module
 */

import {
  isOsError,
  openSysvSemaphore,
  openSysvSharedMemory,
  SysvSemaphore,
  SysvSharedMemory,
} from "@ipc/shm/sysv";
import { check, draw, readOptions, runTrials } from "./_soak.ts";

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Another process of this script. */
function start(role: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-ffi", import.meta.filename!, role]
      .concat(args),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** The roles of the other processes. */
const roles: Record<string, (key: number) => Promise<void>> = {
  /** Creates, and is killed at some moment of it. */
  async create(key) {
    for (;;) {
      using semaphore = openSysvSemaphore(key, { create: true, value: 1 });
      semaphore.remove();
      await Promise.resolve();
    }
  },
  /** Takes with undo again and again, half of it on another thread. */
  async take(key) {
    const options = { undo: true, wait: "block" } as const;
    using semaphore = openSysvSemaphore(key, options);
    using memory = openSysvSharedMemory(key);
    const words = new Int32Array(memory.buffer);
    console.log("ready");
    for (let i = 0;; i++) {
      using _lock = i % 2 === 0
        ? semaphore.acquireSync()
        : await semaphore.acquire();
      Atomics.add(words, 0, 1);
      Atomics.add(words, 1, 1);
    }
  },
};

/** Kills at a random moment. */
async function killLater(child: Deno.ChildProcess): Promise<void> {
  await sleep(40 + Math.random() * 30);
  child.kill("SIGKILL");
  await child.output();
}

/** One way to break it, and what must hold. */
const trials: Record<string, () => Promise<void>> = {
  /** Whoever opens what a killed creator left gets it, or is told. */
  async "creators that are killed"() {
    using spare = openSysvSemaphore(null);
    const key = spare.key!;
    spare.remove();
    await killLater(start("create", `${key}`));
    const start0 = performance.now();
    try {
      using semaphore = openSysvSemaphore(key, {
        create: true,
        value: 1,
        timeout: 50,
      });
      check(semaphore.value === 1, `The value is ${semaphore.value}`);
      semaphore.remove();
    } catch (error) {
      if (!(error instanceof Deno.errors.TimedOut)) throw error;
      const id = Number(error.message.match(/fromId\((\d+)\)/)![1]);
      SysvSemaphore.fromId(id).remove();
    }
    check(performance.now() - start0 < 5000, "It took more than 5 s");
  },

  /** What a killed owner had taken is there again, once. */
  async "owners that are killed"() {
    using semaphore = openSysvSemaphore(null, { value: 1 });
    using _ = { [Symbol.dispose]: () => semaphore.remove() };
    const key = semaphore.key!;
    using memory = openSysvSharedMemory(key, { createNew: true, size: 8 });
    using _memory = { [Symbol.dispose]: () => memory.remove() };
    const children = [start("take", `${key}`), start("take", `${key}`)];
    await Promise.all(children.map(killLater));
    semaphore.acquireSync(1, { timeout: 1000 });
    check(semaphore.value === 0, `The value is ${semaphore.value}`);
    // A write that was begun under the lock is at most one for each.
    const [first, second] = new Int32Array(memory.buffer);
    check(first! - second! <= 2 && first! >= second!, `${first} ${second}`);
    semaphore.release();
  },

  /** Nothing is lost or doubled between an abort and a release. */
  async "aborts against releases"() {
    using semaphore = openSysvSemaphore(null);
    using _ = { [Symbol.dispose]: () => semaphore.remove() };
    let [taken, released] = [0, 0];
    for (let round = 0; round < 40; round++) {
      const controllers: AbortController[] = [];
      const waits = Array.from({ length: 25 }, () => {
        const controller = new AbortController();
        controllers.push(controller);
        return semaphore.acquire(1, { signal: controller.signal })
          .then(() => void taken++, () => {});
      });
      for (const [i, controller] of controllers.entries()) {
        if (Math.random() < 0.1) await new Promise((r) => setImmediate(r));
        if (i % 3 === 0) {
          semaphore.release();
          released++;
        }
        controller.abort();
      }
      await Promise.all(waits);
    }
    const left = semaphore.value;
    check(taken + left === released, `${taken} + ${left} of ${released}`);
    aborts += 1000;
  },

  /** Those who open what others remove get the one or the other. */
  async "removing while it is opened"() {
    using spare = openSysvSharedMemory(null, { size: 1 });
    const key = spare.key;
    spare.remove();
    const child = start("create", `${key}`);
    const end = performance.now() + 150;
    while (performance.now() < end) {
      try {
        using semaphore = openSysvSemaphore(key, { create: true, value: 1 });
        if (semaphore.created) semaphore.remove();
        using memory = openSysvSharedMemory(key, { create: true, size: 8 });
        SysvSharedMemory.fromId(memory.id).close();
        memory.remove();
      } catch (error) {
        if (!isOsError(error, "EIDRM")) throw error;
      }
      await sleep(0);
    }
    child.kill("SIGKILL");
    await child.output();
    try {
      openSysvSemaphore(key, { timeout: 0 }).remove();
    } catch (error) {
      const id = `${error}`.match(/fromId\((\d+)\)/)?.[1];
      if (id !== undefined) SysvSemaphore.fromId(Number(id)).remove();
    }
  },
};

let aborts = 0;

/** Tries one after the other, again and again. */
async function tryAll(time: number): Promise<string> {
  let rounds = 0;
  for (const begin = performance.now(); performance.now() - begin < time;) {
    for (const [name, trial] of Object.entries(trials)) {
      draw(Math.min(1, (performance.now() - begin) / time), name);
      await trial();
    }
    rounds++;
  }
  return `${rounds} rounds of ${Object.keys(trials).join(", ")}; ` +
    `${aborts} waits were aborted`;
}

async function main(): Promise<void> {
  const [role, key] = Deno.args;
  if (role !== undefined && role in roles) {
    return await roles[role]!(Number(key));
  }
  const { seconds } = readOptions(
    "System V: creators and owners that are killed, aborts, removed names.",
    { seconds: [60, "how long to try"] },
  );
  await runTrials({
    "Deaths, aborts and removals": () => tryAll(seconds * 1000),
  });
}

await main();
