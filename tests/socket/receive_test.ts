import { receiveExactly, receiveSome, sendAll } from "@ipc/socket";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { abortsAfter, connected, needsNet } from "./_deno.ts";

const { TimedOut, UnexpectedEof } = Deno.errors;

/** Numbers from 0 up. */
function count(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i);
}

test(
  "receiveExactly() waits for all, and reads no more",
  needsNet,
  async (t) => {
    const [client, server] = await connected(t);
    const bytes = new Uint8Array(10);
    const received = receiveExactly(server, bytes);
    for (const byte of count(12)) {
      await client.write(Uint8Array.of(byte));
      await sleep(1);
    }
    assertEquals([await received, bytes], [10, count(10)]);
    assertEquals(await server.read(bytes), 2);
  },
);

test("receiveExactly() takes a plain object that reads", {}, async () => {
  const parts = [1, 2, 3];
  const source = {
    read(p: Uint8Array) {
      const part = parts.shift();
      p.set([part!]);
      return Promise.resolve(part === undefined ? null : 1);
    },
  };
  const bytes = new Uint8Array(2);
  assertEquals(await receiveExactly(source, bytes, { timeout: 1000 }), 2);
  assertEquals(bytes, Uint8Array.of(1, 2));
});

test("receiveExactly() returns null at the end", needsNet, async (t) => {
  const [client, server] = await connected(t);
  client.close();
  const bytes = new Uint8Array(4);
  assertEquals(await receiveExactly(server, bytes), null);
  assertEquals(await receiveExactly(server, bytes, { timeout: 1000 }), null);
  assertEquals(await receiveSome(server, bytes), null);
});

test(
  "receiveExactly() says that the end came in between",
  needsNet,
  async (t) => {
    const [client, server] = await connected(t);
    await client.write(count(3));
    client.close();
    await assertRejects(
      () => receiveExactly(server, new Uint8Array(8)),
      UnexpectedEof,
      "Cannot receive 8 bytes: the connection ends after 3 of them",
    );
  },
);

for (const way of ["timeout", "signal"] as const) {
  test(`receiveExactly() loses nothing by a ${way}`, needsNet, async (t) => {
    const [client, server] = await connected(t);
    await client.write(count(3));
    const { signal, reason } = abortsAfter(20);
    const error = await assertRejects(() =>
      receiveExactly(
        server,
        new Uint8Array(8),
        way === "timeout" ? { timeout: 20 } : { signal },
      )
    );
    if (way === "timeout") {
      assertEquals(
        error.message,
        "Cannot receive 8 bytes within 20 milliseconds",
      );
      assertEquals(error instanceof TimedOut, true);
    } else {
      assertStrictEquals(error, reason);
    }
    await client.write(count(8).subarray(3));
    const bytes = new Uint8Array(8);
    assertEquals([await receiveExactly(server, bytes), bytes], [8, count(8)]);
  });
}

test("receiveExactly() loses nothing in races with a signal", {
  ...needsNet,
  deadline: 20_000,
}, async (t) => {
  const [client, server] = await connected(t);
  const total = 3000;
  const numbers = Uint32Array.from({ length: total }, (_, i) => i);
  const sent = (async () => {
    for (let i = 0; i < total; i++) {
      await client.write(new Uint8Array(numbers.buffer, 4 * i, 4));
      if (i % 16 === 0) await sleep(0);
    }
  })();
  const record = new Uint8Array(4);
  let given = 0;
  for (let i = 0; i < total;) {
    const abort = new AbortController();
    if (i % 5 === 0) queueMicrotask(() => abort.abort());
    else setTimeout(() => abort.abort(), i % 3);
    try {
      await receiveExactly(server, record, { signal: abort.signal });
    } catch {
      // What is sent comes by the event loop.
      if (given++ % 3 === 0) await sleep(0);
      continue;
    }
    assertEquals(new Uint32Array(record.buffer)[0], i++);
  }
  await sent;
  assertEquals(given > 0, true);
});

test(
  "receiveExactly() serves several in order, each as a whole",
  needsNet,
  async (t) => {
    const [client, server] = await connected(t);
    const parts = [4, 1, 3].map((size) => new Uint8Array(size));
    const received = parts.map((p) => receiveExactly(server, p));
    const late = receiveSome(server, new Uint8Array(1), { timeout: 10 });
    await assertRejects(() => late, TimedOut);
    for (const byte of count(8)) {
      await client.write(Uint8Array.of(byte));
      await sleep(1);
    }
    await Promise.all(received);
    assertEquals(parts.map((p) => [...p]), [[0, 1, 2, 3], [4], [5, 6, 7]]);
  },
);

test("receiveSome() takes what is there", needsNet, async (t) => {
  const [client, server] = await connected(t);
  const bytes = new Uint8Array(64);
  await assertRejects(
    () => receiveSome(server, bytes, { timeout: 5 }),
    TimedOut,
  );
  await sendAll(client, count(10));
  // A read that was given up asked for as many as there was room for.
  assertEquals(await receiveSome(server, bytes.subarray(0, 4)), 4);
  assertEquals(await receiveSome(server, bytes), 6);
  assertEquals(bytes.subarray(0, 6), count(10).subarray(4));
  assertEquals(await receiveSome(server, new Uint8Array(0)), 0);
});

test("a receive that is closed meanwhile rejects", needsNet, async (t) => {
  const [, server] = await connected(t);
  const receiving = receiveSome(server, new Uint8Array(1), { timeout: 5000 });
  await sleep(5);
  server.close();
  await assertRejects(() => receiving, Deno.errors.Interrupted);
});

test("a receive that was given up keeps no process alive", {
  needs: ["run"],
}, async () => {
  const peer = denoPeer("receive_and_exit.ts", [], { flags: ["--allow-net"] });
  assertEquals(await output(peer), "nothing is left");
});

test("receives refuse what are no bytes", {}, async () => {
  const source = { read: () => Promise.resolve(null) };
  const text = "text" as unknown as Uint8Array;
  await assertRejects(() => receiveExactly(source, text), TypeError);
  await assertRejects(() => receiveSome(source, text), TypeError);
  await assertRejects(
    () => receiveSome(source, new Uint8Array(1), { timeout: NaN }),
    RangeError,
  );
});
