import { receiveExactly, sendAll } from "@ipc/socket";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Conversation, peerPath } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { closeQuietly, listen } from "./_deno.ts";

const { BrokenPipe, ConnectionReset } = Deno.errors;
const COUNT = 10_000;
const needs = { needs: ["net", "run"] as const };

/** A connection to a process that has sent bytes. */
async function sender(t: TestScope): Promise<[Deno.Conn, Conversation]> {
  const listener = listen(t);
  const peer = new Conversation(Deno.execPath(), [
    "run",
    "--quiet",
    "--allow-net",
    peerPath("tcp_sender.ts"),
    String(listener.addr.port),
    String(COUNT),
  ]);
  const connection = await listener.accept();
  t.defer(() => closeQuietly(connection));
  assertEquals(await peer.hear(), "sent");
  return [connection, peer];
}

async function kill(peer: Conversation): Promise<void> {
  peer.kill();
  assertEquals((await peer.end()).signal, "SIGKILL");
}

/** Receives all that the peer has sent. */
async function receiveAll(connection: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(COUNT);
  assertEquals(await receiveExactly(connection, bytes), COUNT);
  assert(bytes.every((byte, i) => byte === i % 251));
}

test(
  "what a killed process has sent arrives, and then the end",
  needs,
  async (t) => {
    const [connection, peer] = await sender(t);
    await kill(peer);
    await receiveAll(connection);
    assertEquals(await receiveExactly(connection, new Uint8Array(1)), null);
  },
);

test(
  "what a killed process has sent arrives, and then that it had not read all",
  needs,
  async (t) => {
    const [connection, peer] = await sender(t);
    await sendAll(connection, new Uint8Array(1));
    await kill(peer);
    await receiveAll(connection);
    await assertRejects(
      () => receiveExactly(connection, new Uint8Array(1), { timeout: 5000 }),
      ConnectionReset,
    );
  },
);

test(
  "sendAll() ends when the process that reads is killed",
  needs,
  async (t) => {
    const [connection, peer] = await sender(t);
    const sending = sendAll(connection, new Uint8Array(20_000_000));
    const failed = sending.then(() => undefined, (error) => error);
    await kill(peer);
    const error = await failed;
    assert(error instanceof ConnectionReset || error instanceof BrokenPipe);
  },
);
