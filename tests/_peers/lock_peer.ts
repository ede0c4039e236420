/**
 * A mutex beside a number, in shared memory: lock_peer.ts NAME BYTE. Each line
 * of standard input is a command, which is answered by its outcome, in the
 * words of lock_peer.c.
 */

import { Mutex, MUTEX_SIZE } from "@ipc/lock";
import type { MutexLock } from "@ipc/lock";
import { openSharedMemory } from "@ipc/shm";
import { TextLineStream } from "@std/streams";

const [name, byte] = Deno.args as [string, string];
const memory = openSharedMemory(name);
const mutex = new Mutex(memory.buffer, Number(byte));
const at = Number(byte) + MUTEX_SIZE;
const numbers = new Float64Array(memory.buffer, at, 2);
let lock: MutexLock | undefined;

function outcome(): string {
  return lock!.ownerDied ? "EOWNERDEAD" : "ok";
}

const commands: Record<string, (value: number) => string | Promise<string>> = {
  lock(timeout) {
    lock = mutex.acquireSync(timeout < 0 ? {} : { timeout });
    return outcome();
  },
  async acquire(timeout) {
    lock = await mutex.acquire(timeout < 0 ? {} : { timeout });
    return outcome();
  },
  unlock() {
    mutex.release();
    return "ok";
  },
  consistent() {
    lock!.markConsistent();
    return "ok";
  },
  add(times) {
    const whole = new BigUint64Array(memory.buffer, at, 1);
    while (times-- > 0) {
      mutex.acquireSync();
      whole[0]!++;
      mutex.release();
    }
    return "ok";
  },
  /** Changes two numbers in turn, for ever: while it is free both agree. */
  hammer() {
    for (;;) {
      const lock = mutex.acquireSync();
      if (lock.ownerDied) {
        numbers[1] = numbers[0]!;
        lock.markConsistent();
      }
      if (numbers[0] !== numbers[1]) Deno.exit(7);
      numbers[0]!++;
      numbers[1]!++;
      lock.release();
    }
  },
};

console.log("ok");
const lines = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const [command, value] = line.split(" ");
  try {
    console.log(await commands[command!]!(Number(value)));
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    console.log(code ?? (name === "TimedOut" ? "ETIMEDOUT" : `${error}`));
  }
}
