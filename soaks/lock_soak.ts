/**
 * Kills users of locks at random moments, and writes over the locks, and looks
 * whether the rest goes on as it should.
 *
 * deno run -A soaks/lock_soak.ts --help
 *
 * Some two minutes. Two processes (of C, if `cc` is there, and of Deno) change
 * two numbers in turn under a mutex, and two of Deno under a reader-writer
 * lock; one after the other is killed, and the next one started. After each
 * kill this process acquires the lock, alternately sync and async, and notes
 * how long that took. Then another thread writes at random over locks that
 * this one uses.
 */

import { Mutex, RW_LOCK_SIZE, RwLock } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import { compileC, Conversation, hasProgram } from "../tests/_util/child.ts";
import { check, draw, Fault, readOptions, runTrials } from "./_soak.ts";

const { kills, seconds } = readOptions(
  "Locks: users that are killed, and locks that are written over.",
  {
    kills: [1000, "how many deaths"],
    seconds: [20, "how long to write over locks"],
  },
);
/** What to undo however this ends. */
const undo = new DisposableStack();
addEventListener("unload", () => undo.dispose());
/** How long a survivor may take, in milliseconds. */
const BOUND = 100;
const AT = 72;

/** Two numbers that are equal while nobody is at work on them. */
interface Work {
  readonly numbers: Float64Array;
  /** How many holders died at work. */
  deaths: number;
  readonly waits: number[];
}

/** Does what every user does, and checks what it finds. */
function workOn(
  { numbers }: Work,
  lock: { ownerDied: boolean; markConsistent(): void; release(): void },
): boolean {
  const [one, other] = numbers as unknown as [number, number];
  if (one !== other && !(lock.ownerDied && one - other === 1)) {
    throw new Fault(`${one} and ${other}, ownerDied ${lock.ownerDied}`);
  }
  if (lock.ownerDied) {
    numbers[1] = one;
    lock.markConsistent();
  }
  numbers[0]!++;
  numbers[1]!++;
  lock.release();
  return lock.ownerDied;
}

/** Kills, and starts anew, users of a lock. */
async function kill(
  what: string,
  times: number,
  work: Work,
  start: (index: number) => Promise<Conversation>,
  acquire: (isSync: boolean) => Promise<Parameters<typeof workOn>[1]>,
): Promise<string> {
  const peers = [await start(0), await start(1)];
  for (let i = 0; i < times; i++) {
    const end = performance.now() + Math.random() * 6;
    while (performance.now() < end) workOn(work, await acquire(true));
    const victim = peers.shift()!;
    // Leave the lock to them, so that the one that dies holds it at times.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    const before = performance.now();
    victim.kill();
    const lock = await acquire(i % 2 === 0);
    work.waits.push(performance.now() - before);
    if (workOn(work, lock)) work.deaths++;
    const { signal, code } = await victim.end();
    check(signal === "SIGKILL", `a peer ended with ${code}`);
    peers.push(await start(i + 2));
    draw((i + 1) / times, `deaths under the ${what}`);
  }
  for (const peer of peers) {
    peer.kill();
    const { signal, code } = await peer.end();
    check(signal === "SIGKILL", `a peer ended with ${code}`);
  }
  const sorted = work.waits.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(1);
  check(work.deaths > 0, "nobody died at work");
  const late = work.waits.filter((wait) => wait > BOUND).length;
  check(late === 0, `${late} survivors waited for more than ${BOUND} ms`);
  return `${times}, ${work.deaths} of them at work; the next one had it after ` +
    `${at(0.5)} ms (p50), ${at(0.99)} (p99), ${at(1)} (most)`;
}

async function hear(peer: Conversation): Promise<Conversation> {
  const answer = await peer.hear();
  check(answer === "ok", `a peer said ${answer}`);
  return peer;
}

/** Users of a mutex that are killed. */
async function killUsers(folder: string): Promise<string> {
  const program = hasProgram("cc") && await compileC("lock_peer.c", folder);
  using memory = openSharedMemory(null, { size: 4096 });
  undo.defer(() => memory.unlink());
  using mutex = new Mutex(memory.buffer, AT);
  const numbers = new Float64Array(memory.buffer, AT + 16, 2);
  return await kill(
    "mutex",
    Math.ceil(kills * 0.8),
    { numbers, deaths: 0, waits: [] },
    async (index) => {
      const args = [memory.name!, `${AT}`];
      const peer = await hear(
        program && index % 8 !== 0
          ? new Conversation(program, args)
          : Conversation.withDeno("lock_peer.ts", args),
      );
      await peer.say("hammer");
      return peer;
    },
    async (isSync) => isSync ? mutex.acquireSync() : await mutex.acquire(),
  );
}

/** Users of a reader-writer lock that are killed. */
async function killWriters(): Promise<string> {
  using memory = openSharedMemory(null, { size: 4096 });
  undo.defer(() => memory.unlink());
  using lock = new RwLock(memory.buffer);
  const numbers = new Float64Array(memory.buffer, RW_LOCK_SIZE, 2);
  return await kill(
    "reader-writer lock",
    Math.floor(kills * 0.2),
    { numbers, deaths: 0, waits: [] },
    async () =>
      await hear(
        Conversation.withDeno("rw_lock_peer.ts", [memory.name!, "hammer"]),
      ),
    async (isSync) =>
      isSync ? lock.acquireWriteSync() : await lock.acquireWrite(),
  );
}

/** Locks that another thread writes over: every call ends, as it says. */
async function writeOver(): Promise<string> {
  const buffer = new SharedArrayBuffer(1024);
  const scribbler = new Worker(new URL("./_scribbler.ts", import.meta.url), {
    type: "module",
  });
  scribbler.postMessage({ memory: buffer, seconds });
  const outcomes: Record<string, number> = {};
  const time = seconds * 1000;
  const began = performance.now();
  let tries = 0;
  for (let now = began; now - began < time; now = performance.now()) {
    using one = new Mutex(buffer, 0, { wait: "block" });
    using other = new RwLock(buffer, 512, { wait: "block" });
    const timeout = tries % 64 === 0 ? 2 : 0;
    for (let i = 0; i < 500; i++, tries++) {
      const outcome = acquireSome(one, other, timeout);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    draw(Math.min(1, (now - began) / time), "locks that are written over");
    await new Promise((resolve) => setTimeout(resolve));
  }
  scribbler.terminate();
  const found = Object.entries(outcomes).map(([name, n]) => `${n} ${name}`);
  return `${tries} tries: ${found.join(", ")}`;
}

/** One try, in any way: what became of it. */
function acquireSome(one: Mutex, other: RwLock, timeout: number): string {
  const ways = [
    () => one.acquireSync({ timeout }),
    () => other.acquireWriteSync({ timeout }),
    () => other.acquireReadSync({ timeout }),
    () => one.tryAcquire(),
    () => other.tryAcquireRead(),
    () => other.tryAcquireWrite(),
  ];
  try {
    ways[Math.floor(Math.random() * ways.length)]!()?.release();
    return "fine";
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    const outcome = code ?? name;
    if (["EPERM", "EDEADLK", "TimedOut"].includes(outcome)) return outcome;
    throw error;
  }
}

const folder = Deno.makeTempDirSync();
undo.defer(() => Deno.removeSync(folder, { recursive: true }));
await runTrials({
  "Deaths under a mutex": () => killUsers(folder),
  "Deaths under a reader-writer lock": killWriters,
  "Locks that are written over": writeOver,
});
