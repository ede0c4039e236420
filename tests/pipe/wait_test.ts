import { pipe } from "@ipc/pipe";
import type { Pipe, WaitOptions } from "@ipc/pipe";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { fill } from "./_bytes.ts";

const { BadResource, TimedOut } = Deno.errors;

/** A direction of a pipe that has to wait. */
interface Waiting {
  /** What is called. */
  readonly name: string;
  /** Makes it wait. */
  block(ends: Pipe): void;
  /** Waits. */
  run(ends: Pipe, options?: WaitOptions): Promise<number | null>;
  /** Waits, and blocks. */
  runSync(ends: Pipe, options?: { timeout?: number }): number | null;
  /** Ends the wait. */
  free(ends: Pipe): void;
  /** Closes what waits. */
  close(ends: Pipe): void;
}

const directions: Waiting[] = [
  {
    name: "read",
    block: () => {},
    run: ({ reader }, options) => reader.read(new Uint8Array(1), options),
    runSync: ({ reader }, options) =>
      reader.readSync(new Uint8Array(1), options),
    free: ({ writer }) => writer.writeSync(new Uint8Array(1)),
    close: ({ reader }) => reader.close(),
  },
  {
    name: "write",
    block: ({ writer }) => fill(writer),
    run: ({ writer }, options) => writer.write(new Uint8Array(1), options),
    runSync: ({ writer }, options) =>
      writer.writeSync(new Uint8Array(1), options),
    free: ({ reader }) => reader.readSync(new Uint8Array(4096)),
    close: ({ writer }) => writer.close(),
  },
];

/** A signal that counts its listeners. */
function countedSignal(): { abort: AbortController; listeners: () => number } {
  const abort = new AbortController();
  const { signal } = abort;
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    listeners.add(args[1]);
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    listeners.delete(args[1]);
    Reflect.apply(removeEventListener, signal, args);
  };
  return { abort, listeners: () => listeners.size };
}

for (const { name, block, run, runSync, free, close } of directions) {
  for (const wait of ["adaptive", "block"] as const) {
    test(
      `${name}() rejects with TimedOut after its timeout with wait ${wait}`,
      {},
      async () => {
        using ends = pipe({ wait });
        block(ends);
        for (const timeout of [0, 20]) {
          const start = performance.now();
          await assertRejects(
            () => run(ends, { timeout }),
            TimedOut,
            `Cannot ${name}`,
          );
          // Timers may be early by a part of a millisecond.
          assert(performance.now() - start >= timeout - 1);
        }
        free(ends);
        assertEquals(await run(ends, { timeout: 0 }), 1);
      },
    );

    test(
      `${name}Sync() throws TimedOut after its timeout with wait ${wait}`,
      {},
      () => {
        using ends = pipe({ wait });
        block(ends);
        for (const timeout of [0, 0.5, 20]) {
          const start = performance.now();
          assertThrows(
            () => runSync(ends, { timeout }),
            TimedOut,
            `Cannot ${name}`,
          );
          assert(performance.now() - start >= timeout);
        }
        free(ends);
        assertEquals(runSync(ends, { timeout: 0 }), 1);
      },
    );
  }

  for (
    const [timeout, Class] of [
      [-1, RangeError],
      [-0.1, RangeError],
      [-Infinity, RangeError],
      [NaN, RangeError],
      ["10", TypeError],
      [null, TypeError],
      [10n, TypeError],
    ] as [number, typeof RangeError][]
  ) {
    test(
      `${name}() throws ${Class.name} with timeout ${timeout} of type ${typeof timeout}`,
      {},
      async () => {
        using ends = pipe();
        // Even if it would not have to wait.
        if (name === "read") free(ends);
        await assertRejects(() => run(ends, { timeout }), Class);
        assertThrows(() => runSync(ends, { timeout }), Class);
        assertEquals(await run(ends), 1);
      },
    );
  }

  test(
    `${name}() waits for ever with an infinite or a very long timeout`,
    {},
    async () => {
      using ends = pipe();
      block(ends);
      const waits = [Infinity, 2 ** 40].map((timeout) =>
        run(ends, { timeout })
      );
      assert(await isPending(Promise.race(waits)));
      free(ends);
      if (name === "read") free(ends);
      assertEquals(await Promise.all(waits), [1, 1]);
    },
  );

  test(
    `${name}() rejects with the reason of a signal that is aborted already`,
    {},
    async () => {
      using ends = pipe();
      if (name === "read") free(ends);
      const signal = AbortSignal.abort("the reason");
      const error = await run(ends, { signal }).catch((error) => error);
      assertEquals(error, "the reason");
      // It would have been possible, and has not been done.
      assertEquals(await run(ends), 1);
    },
  );

  test(
    `${name}() rejects with the signal's reason when it is aborted meanwhile`,
    {},
    async () => {
      using ends = pipe();
      block(ends);
      const { abort, listeners } = countedSignal();
      const waiting = run(ends, { signal: abort.signal });
      await turns(2);
      assertEquals(listeners(), 1);
      abort.abort(new RangeError("mine"));
      await assertRejects(() => waiting, RangeError, "mine");
      assertEquals(listeners(), 0);
      free(ends);
      assertEquals(await run(ends), 1);
    },
  );

  test(
    `${name}() is not harmed by an abort after it, nor keeps a listener`,
    {},
    async () => {
      using ends = pipe();
      block(ends);
      const { abort, listeners } = countedSignal();
      const waiting = run(ends, { signal: abort.signal, timeout: 60_000 });
      await turns(2);
      free(ends);
      assertEquals(await waiting, 1);
      assertEquals(listeners(), 0);
      abort.abort();
      free(ends);
      assertEquals(await run(ends), 1);
    },
  );

  test(
    `close() rejects every ${name}() that waits with BadResource`,
    {},
    async () => {
      using ends = pipe();
      block(ends);
      const { abort, listeners } = countedSignal();
      const { signal } = abort;
      const waits = Promise.allSettled(
        [{}, { signal }, { timeout: 60_000 }].map((options) =>
          run(ends, options)
        ),
      );
      await turns(2);
      close(ends);
      for (const outcome of await waits) {
        assert(outcome.status === "rejected");
        assert(outcome.reason instanceof BadResource, String(outcome.reason));
      }
      assertEquals(listeners(), 0);
      close(ends);
    },
  );

  test(
    `close() in the turn in which ${name}() begins rejects it`,
    {},
    async () => {
      using ends = pipe();
      block(ends);
      const refused = assertRejects(() => run(ends), BadResource);
      close(ends);
      await refused;
    },
  );
}
