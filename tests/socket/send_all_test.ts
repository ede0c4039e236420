import { receiveExactly, sendAll } from "@ipc/socket";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { abortsAfter, connected, needsNet } from "./_deno.ts";

const { BrokenPipe, ConnectionReset, TimedOut } = Deno.errors;

test("sendAll() sends more than there is room for", needsNet, async (t) => {
  const [client, server] = await connected(t);
  const all = new Uint8Array(20_000_000).map((_, i) => i % 251);
  const sent = sendAll(client, all, { timeout: 5000 });
  const received = new Uint8Array(all.byteLength);
  await receiveExactly(server, received);
  await sent;
  assert(all.every((byte, i) => byte === received[i]));
});

test("sendAll() waits for a slow reader", needsNet, async (t) => {
  const [client, server] = await connected(t);
  const chunk = new Uint8Array(1_000_000);
  let sent = 0;
  const sending = (async () => {
    for (let i = 0; i < 60; i++, sent++) await sendAll(client, chunk);
  })();
  await sleep(100);
  const stopped = sent;
  await sleep(50);
  // What the system holds for both sides is limited, and so is memory.
  assertEquals([sent, sent < 30], [stopped, true]);
  await receiveExactly(server, new Uint8Array(60_000_000));
  await sending;
});

test("sendAll() keeps what several callers send apart", needsNet, async (t) => {
  const [client, server] = await connected(t);
  const size = 3_000_000;
  const sends = [1, 2, 3].map((byte) =>
    sendAll(client, new Uint8Array(size).fill(byte))
  );
  const received = new Uint8Array(3 * size);
  await receiveExactly(server, received);
  await Promise.all(sends);
  const part = (i: number) => received.subarray(i * size, (i + 1) * size);
  for (const i of [0, 1, 2]) assert(part(i).every((byte) => byte === i + 1));
});

test(
  "sendAll() gives up, and lets the next one have its turn",
  needsNet,
  async (t) => {
    const [client] = await connected(t);
    const large = new Uint8Array(20_000_000);
    await assertRejects(
      () => sendAll(client, large, { timeout: 20 }),
      TimedOut,
      "Cannot send all of 20000000 bytes within 20 milliseconds",
    );
    const { signal, reason } = abortsAfter(20);
    const error = await assertRejects(() => sendAll(client, large, { signal }));
    assertStrictEquals(error, reason);
    await assertRejects(
      () => sendAll(client, large, { signal: AbortSignal.abort(reason) }),
      Error,
      reason.message,
    );
  },
);

test("sendAll() says that the other side is gone", needsNet, async (t) => {
  const [client, server] = await connected(t);
  server.close();
  const error = await sendAll(client, new Uint8Array(10_000_000))
    .then(() => undefined, (error) => error);
  assert(error instanceof BrokenPipe || error instanceof ConnectionReset);
});

test(
  "sendAll() after closeWrite() is refused, and can still receive",
  needsNet,
  async (t) => {
    const [client, server] = await connected(t);
    await sendAll(client, Uint8Array.of(1));
    await client.closeWrite();
    await assertRejects(() => sendAll(client, Uint8Array.of(2)), BrokenPipe);
    const byte = new Uint8Array(1);
    assertEquals(await receiveExactly(server, byte), 1);
    assertEquals(await receiveExactly(server, byte), null);
    await sendAll(server, Uint8Array.of(3));
    await server.closeWrite();
    assertEquals(await receiveExactly(client, byte), 1);
    assertEquals(byte[0], 3);
    assertEquals(await receiveExactly(client, byte), null);
  },
);

test("sendAll() sends nothing of nothing, and refuses text", {}, async () => {
  let writes = 0;
  const sink = { write: () => Promise.resolve(++writes) };
  await sendAll(sink, new Uint8Array(0));
  assertEquals(writes, 0);
  await assertRejects(
    () => sendAll(sink, "text" as unknown as Uint8Array),
    TypeError,
  );
});
