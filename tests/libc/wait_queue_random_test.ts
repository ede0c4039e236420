/** Random schedules of a wait queue, against a model of a semaphore. */

import { assertEquals } from "@std/assert";
import { type Waitable, WaitQueue } from "../../libc/wait_queue.ts";
import { generator } from "../_util/random.ts";
import { test } from "../_util/test.ts";

/** Lets every promise settle that can. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

async function schedule(seed: number): Promise<void> {
  const random = generator(seed);
  let joined = 0;
  let posted = 0;
  let value = 0;
  let wake: ((took: boolean) => void) | undefined;
  const take = () => value > 0 && value-- > 0;
  const source: Waitable = {
    tryTake: take,
    park: () => new Promise((resolve) => wake = resolve),
    giveBack: () => value++,
  };
  const queue = new WaitQueue(source);
  const served: number[] = [];
  const aborted: number[] = [];
  const given: number[] = [];
  const pending = new Map<number, AbortController>();
  const late = () => new Error("late");
  function join(id: number): void {
    const controller = new AbortController();
    pending.set(id, controller);
    joined++;
    queue.wait(controller.signal, Infinity, late).then(
      () => served.push(id),
      (reason) => aborted.push(reason),
    ).finally(() => pending.delete(id));
  }
  /** Ends the sleep: it took something if there was something. */
  function endSleep(): void {
    const end = wake;
    wake = undefined;
    end?.(take());
  }

  for (let id = 1; id <= 60; id++) {
    switch (random(6)) {
      case 0:
      case 1:
        join(id);
        break;
      case 2: {
        const ids = [...pending.keys()];
        const chosen = ids[random(ids.length)];
        if (chosen === undefined) break;
        given.push(chosen);
        pending.get(chosen)!.abort(chosen);
        pending.delete(chosen);
        break;
      }
      case 3:
        posted++;
        value++;
        break;
      case 4:
        endSleep();
        break;
      default:
        await settle();
    }
  }
  // What is left is served: nothing was lost, and nothing stays asleep.
  await settle();
  posted += pending.size;
  value += pending.size;
  for (let i = 0; i < 200 && (pending.size > 0 || wake); i++) {
    endSleep();
    await settle();
  }
  const message = `seed ${seed}`;
  assertEquals(pending.size, 0, message);
  assertEquals(served, served.toSorted((a, b) => a - b), message);
  // An abort may come between being served and being told so.
  const told = given.filter((id) => !served.includes(id));
  assertEquals(aborted.toSorted(), told.toSorted(), message);
  assertEquals(served.length + aborted.length, joined, message);
  assertEquals(served.length + value, posted, message);
}

test("WaitQueue loses nothing and keeps the order in 2,000 random schedules", {
  deadline: 30_000,
}, async () => {
  for (let seed = 1; seed <= 2_000; seed++) await schedule(seed);
});
