import { assert, assertEquals, assertRejects } from "@std/assert";
import { isAloneWaiting } from "../../libc/pending.ts";
import { RequestQueue } from "../../libc/request_queue.ts";
import { test } from "../_util/test.ts";

const late = () => new Deno.errors.TimedOut("Cannot wait: it is late");
const closed = () => new Deno.errors.BadResource("Cannot wait: it is closed");
const refused = new Error("refused");

/** A queue for numbers that are given one at a time. */
class Numbers {
  readonly given: number[] = [];
  isRefusing = false;
  ends = 0;
  isArmed = false;
  readonly queue: RequestQueue<null, number> = new RequestQueue<null, number>({
    attempt: () => this.given.shift(),
    arm: () => {
      if (this.isRefusing) throw refused;
      this.isArmed = true;
    },
    disarm: () => this.isArmed = false,
  }, () => this.ends++);

  wait(signal?: AbortSignal, timeout = Infinity): Promise<number> {
    return this.queue.wait(null, signal, timeout, late);
  }
}

/** The ways in which a wait ends. */
const ends: Record<string, (numbers: Numbers) => Promise<unknown>> = {
  "with a result": async (numbers) => {
    const wait = numbers.wait();
    numbers.given.push(7);
    numbers.queue.serve();
    assertEquals(await wait, 7);
  },
  "by a signal": async (numbers) => {
    const controller = new AbortController();
    const wait = numbers.wait(controller.signal);
    controller.abort(refused);
    assert(await assertRejects(() => wait) === refused);
  },
  "by its timeout": async (numbers) => {
    await assertRejects(
      () => numbers.wait(undefined, 1),
      Deno.errors.TimedOut,
    );
  },
  "by a close": async (numbers) => {
    const wait = numbers.wait();
    numbers.queue.close(closed);
    await assertRejects(() => wait, Deno.errors.BadResource);
  },
  "by what cannot be watched": async (numbers) => {
    numbers.isRefusing = true;
    assert(await assertRejects(() => numbers.wait()) === refused);
  },
};

for (const [how, end] of Object.entries(ends)) {
  test(`RequestQueue tells when a wait ends ${how}`, {}, async () => {
    const numbers = new Numbers();
    await end(numbers);
    assertEquals(
      [numbers.ends, numbers.isArmed, numbers.queue.isEmpty],
      [1, false, true],
    );
    assert(isAloneWaiting());
  });
}
