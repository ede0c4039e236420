/**
 * Kills users of locks at random moments, and writes over the locks, and looks
 * whether the rest goes on as it should.
 *
 * deno run -A soaks/lock_soak.ts [--kills 1000] [--seconds 20]
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
import { parseArgs } from "@std/cli";
import { compileC, Conversation, hasProgram } from "../tests/_util/child.ts";

const { kills, seconds } = parseArgs(Deno.args, {
  string: ["kills", "seconds"],
  default: { kills: "1000", seconds: "20" },
}) as unknown as { kills: string; seconds: string };
const KILLS = Number(kills);
const SECONDS = Number(seconds);
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

function fail(message: string): never {
  console.error(`\nFAILED: ${message}`);
  Deno.exit(1);
}

/** Does what every user does, and checks what it finds. */
function workOn(
  { numbers }: Work,
  lock: { ownerDied: boolean; markConsistent(): void; release(): void },
): boolean {
  const [one, other] = numbers as unknown as [number, number];
  if (one !== other && !(lock.ownerDied && one - other === 1)) {
    fail(`numbers ${one} and ${other}, ownerDied ${lock.ownerDied}`);
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

function progress(what: string, part: number): void {
  if (!Deno.stdout.isTerminal()) return;
  const bar = "#".repeat(Math.round(part * 40)).padEnd(40, ".");
  const text = `\r${what} [${bar}] ${Math.round(part * 100)} %`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  if (part === 1) console.log();
}

/** Kills, and starts anew, users of a lock. */
async function kill(
  what: string,
  times: number,
  work: Work,
  start: (index: number) => Promise<Conversation>,
  acquire: (isSync: boolean) => Promise<Parameters<typeof workOn>[1]>,
): Promise<void> {
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
    if (signal !== "SIGKILL") fail(`a peer ended with ${code}`);
    peers.push(await start(i + 2));
    progress(what, (i + 1) / times);
  }
  for (const peer of peers) {
    peer.kill();
    const { signal, code } = await peer.end();
    if (signal !== "SIGKILL") fail(`a peer ended with ${code}`);
  }
  const sorted = work.waits.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(1);
  console.log(
    `${what}: ${times} kills, ${work.deaths} of them at work; the next one ` +
      `had it after ${at(0.5)} ms (p50), ${at(0.99)} (p99), ${at(1)} (most)`,
  );
  if (work.deaths === 0) fail("nobody died at work");
}

async function hear(peer: Conversation): Promise<Conversation> {
  const answer = await peer.hear();
  if (answer !== "ok") fail(`a peer said ${answer}`);
  return peer;
}

using memory = openSharedMemory(null, { size: 4096 });
using rwMemory = openSharedMemory(null, { size: 4096 });
using undo = new DisposableStack();
undo.defer(() => memory.unlink());
undo.defer(() => rwMemory.unlink());
Deno.addSignalListener("SIGINT", () => (undo.dispose(), Deno.exit(130)));
const folder = Deno.makeTempDirSync();
undo.defer(() => Deno.removeSync(folder, { recursive: true }));
const program = hasProgram("cc") && await compileC("lock_peer.c", folder);
const waits: number[] = [];

using mutex = new Mutex(memory.buffer, AT);
const numbers = new Float64Array(memory.buffer, AT + 16, 2);
await kill(
  "mutex",
  Math.ceil(KILLS * 0.8),
  { numbers, deaths: 0, waits },
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

using rwLock = new RwLock(rwMemory.buffer);
const rwNumbers = new Float64Array(rwMemory.buffer, RW_LOCK_SIZE, 2);
const rwWaits: number[] = [];
await kill(
  "reader-writer lock",
  Math.floor(KILLS * 0.2),
  { numbers: rwNumbers, deaths: 0, waits: rwWaits },
  async () =>
    await hear(
      Conversation.withDeno("rw_lock_peer.ts", [rwMemory.name!, "hammer"]),
    ),
  async (isSync) =>
    isSync ? rwLock.acquireWriteSync() : await rwLock.acquireWrite(),
);

const scribbled = new SharedArrayBuffer(1024);
const scribbler = new Worker(new URL("./_scribbler.ts", import.meta.url), {
  type: "module",
});
scribbler.postMessage({ memory: scribbled, seconds: SECONDS });
const outcomes: Record<string, number> = {};
const began = performance.now();
let tries = 0;
for (let now = began; now - began < SECONDS * 1000; now = performance.now()) {
  using one = new Mutex(scribbled, 0, { wait: "block" });
  using other = new RwLock(scribbled, 512, { wait: "block" });
  const timeout = tries % 64 === 0 ? 2 : 0;
  for (let i = 0; i < 500; i++, tries++) {
    try {
      const way = Math.floor(Math.random() * 6);
      const lock = way === 0
        ? one.acquireSync({ timeout })
        : way === 1
        ? other.acquireWriteSync({ timeout })
        : way === 2
        ? other.acquireReadSync({ timeout })
        : way === 3
        ? one.tryAcquire()
        : way === 4
        ? other.tryAcquireRead()
        : other.tryAcquireWrite();
      lock?.release();
      outcomes.fine = (outcomes.fine ?? 0) + 1;
    } catch (error) {
      const { name, code } = error as Error & { code?: string };
      const outcome = code ?? name;
      if (!["EPERM", "EDEADLK", "TimedOut"].includes(outcome)) {
        fail(`an undefined outcome: ${error}`);
      }
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }
  progress("written over", Math.min(1, (now - began) / (SECONDS * 1000)));
  await new Promise((resolve) => setTimeout(resolve));
}
scribbler.terminate();
console.log(`written over: ${tries} tries`, outcomes);

const late = [...waits, ...rwWaits].filter((wait) => wait > BOUND).length;
if (late > 0) fail(`${late} survivors waited for more than ${BOUND} ms`);
console.log("All is well");
undo.dispose();
Deno.exit(0);
