import { checkBytes } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { GiveUp } from "./_give_up.ts";
import { receiverOf } from "./_receiver.ts";
import type { Receivable } from "./connection.ts";

/**
 * Receives what bytes there are, at least one, and gives up when it is told
 * to, which the `read` of a `Deno.Conn` cannot.
 *
 * `recv(2)`, by the `read` of the connection.
 *
 * It loses nothing when it is given up: what arrives later comes first in the
 * next `receiveSome` or {@linkcode receiveExactly} of the same connection. So
 * do not go on with the `read` of a `Deno.Conn` after that.
 *
 * Requires no permission.
 *
 * @param connection The connection: a `Deno.Conn`, or anything that reads as
 * it does.
 * @param p Where to put the bytes.
 * @param options When to give up.
 * @returns How many bytes were received; `null` at the end; 0 only if `p` is
 * empty.
 * @throws {Deno.errors.ConnectionReset} If the other side broke it off.
 * @throws {Deno.errors.TimedOut} If there are none in time.
 * @throws {TypeError} If `p` is no `Uint8Array`.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man2/recv.2.html | recv(2)}
 *
 * @example Usage
 * ```ts
 * import { connectTcp, receiveSome } from "@ipc/socket";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using client = await connectTcp({ port: server.addr.port });
 * using connection = await server.accept();
 *
 * const buffer = new Uint8Array(64);
 * await assertRejects(
 *   () => receiveSome(connection, buffer, { timeout: 10 }),
 *   Deno.errors.TimedOut,
 * );
 * await client.write(Uint8Array.of(1, 2, 3));
 * assertEquals(await receiveSome(connection, buffer, { timeout: 5000 }), 3);
 * ```
 */
export async function receiveSome(
  connection: Receivable,
  p: Uint8Array,
  options: WaitOptions = {},
): Promise<number | null> {
  checkBytes(p);
  const giveUp = new GiveUp(options, "receive");
  if (p.byteLength === 0) return 0;
  return await receiverOf(connection).receive(p, 1, giveUp);
}
