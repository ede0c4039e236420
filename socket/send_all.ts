import { checkBytes } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { GiveUp } from "./_give_up.ts";
import { Turns } from "./_turns.ts";
import type { Sendable } from "./connection.ts";

const turnsOf = new WeakMap<Sendable, Turns>();

/**
 * Sends all bytes, however many writes it takes.
 *
 * `send(2)` until it is done, by the `write` of the connection.
 *
 * A connection takes what there is room for. If the other side reads slowly,
 * this waits for it, and nothing piles up in memory. What several callers
 * send over one connection is sent in order, each as a whole.
 *
 * One that was given up may have sent a part: the other side cannot tell
 * where the next message begins, so close the connection then. A `Deno.Conn`
 * may even send more of it later.
 *
 * Requires no permission.
 *
 * @param connection The connection: a `Deno.Conn`, or anything that writes as
 * it does.
 * @param bytes The bytes. Leave them as they are until it is done.
 * @param options When to give up.
 * @throws {Deno.errors.BrokenPipe} If the other side has closed it.
 * @throws {Deno.errors.ConnectionReset} If the other side broke it off.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {TypeError} If `bytes` is no `Uint8Array`.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man2/send.2.html | send(2)}
 *
 * @example Usage
 * ```ts
 * import { connectTcp, sendAll } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const client = await connectTcp({ port: server.addr.port });
 * const connection = await server.accept();
 *
 * const sent = sendAll(client, new Uint8Array(10_000_000), { timeout: 5000 });
 * sent.then(() => client.close());
 * const received = await new Response(connection.readable).bytes();
 * assertEquals(received.byteLength, 10_000_000);
 * ```
 */
export async function sendAll(
  connection: Sendable,
  bytes: Uint8Array,
  options?: WaitOptions,
): Promise<void> {
  checkBytes(bytes);
  const size = bytes.byteLength;
  const giveUp = options === undefined
    ? GiveUp.never
    : new GiveUp(options, `send all of ${size} bytes`);
  let turns = turnsOf.get(connection);
  if (turns === undefined) turnsOf.set(connection, turns = new Turns());
  const turn = turns.take(giveUp);
  if (turn !== undefined) await turn;
  try {
    for (let at = 0; at < size;) {
      const rest = at === 0 ? bytes : bytes.subarray(at);
      at += giveUp.isNever
        ? await connection.write(rest)
        : await writeSome(connection, rest, giveUp);
    }
  } finally {
    turns.end();
  }
}

async function writeSome(
  connection: Sendable,
  bytes: Uint8Array,
  giveUp: GiveUp,
): Promise<number> {
  if (connection.tryWrite === undefined) {
    return await giveUp.race(connection.write(bytes));
  }
  try {
    return await connection.write(bytes, giveUp.options);
  } catch (error) {
    throw giveUp.explain(error);
  }
}
