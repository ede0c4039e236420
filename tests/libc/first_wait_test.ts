/** The first wait of a connection, which has no watcher of its own yet. */

import { assertEquals, assertRejects } from "@std/assert";
import { openUnixListener, openUnixStreamSync } from "@ipc/unix";
import type { UnixStream, UnixStreamListener } from "@ipc/unix";
import { test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { descriptorCount } from "../unix/_sockets.ts";
import { canRing } from "./_rings.ts";

const { BadResource } = Deno.errors;
const needs = ["all"] as const;
const ignore = !canRing() && "needs io_uring";

/** A connection, beside a listener that waits for the next one. */
async function connect(): Promise<{
  listener: UnixStreamListener;
  accepting: Promise<unknown>;
  client: UnixStream;
  server: UnixStream;
}> {
  const path = `\0t ${crypto.randomUUID()}`;
  const listener = openUnixListener(path);
  const first = listener.accept();
  await turns();
  const client = openUnixStreamSync(path);
  const server = await first;
  const accepting = assertRejects(() => listener.accept(), BadResource);
  await turns();
  return { listener, accepting, client, server };
}

test("the first read that waits needs no descriptor more", {
  needs,
  ignore,
}, async () => {
  const { listener, accepting, client, server } = await connect();
  const buffer = new Uint8Array(16);
  const before = descriptorCount();
  for (const [word, more] of [["one", 0], ["two", 1], ["three", 1]] as const) {
    const reading = server.read(buffer);
    assertEquals(await isPending(reading), true);
    assertEquals(descriptorCount() - before, more);
    client.writeSync(bytes(word));
    assertEquals(text(buffer, await reading), word);
  }
  client.close();
  assertEquals(await server.read(buffer), null);
  server.close();
  listener.close();
  await accepting;
});

test("the first read that waits is given up, and closed", {
  needs,
  ignore,
}, async () => {
  const buffer = new Uint8Array(16);
  for (const isClosed of [false, true]) {
    const { listener, accepting, client, server } = await connect();
    const abort = new AbortController();
    const reading = server.read(buffer, { signal: abort.signal });
    assertEquals(await isPending(reading), true);
    if (isClosed) {
      server.close();
      await assertRejects(() => reading, BadResource);
    } else {
      abort.abort("enough");
      assertEquals(await reading.catch((reason) => reason), "enough");
      client.writeSync(bytes("late"));
      assertEquals(text(buffer, await server.read(buffer)), "late");
      const last = server.read(buffer);
      client.close();
      assertEquals(await last, null);
    }
    client.close();
    server.close();
    listener.close();
    await accepting;
  }
});
