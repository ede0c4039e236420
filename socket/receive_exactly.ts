import { checkBytes } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import { GiveUp } from "./_give_up.ts";
import { receiverOf } from "./_receiver.ts";
import type { Receivable } from "./connection.ts";

/**
 * Receives exactly as many bytes as there is room for.
 *
 * `recv(2)` until it is enough, by the `read` of the connection.
 *
 * A stream keeps no boundaries: what was sent in one piece may arrive in
 * several. This waits for all of them, and reads none that follow. Receives
 * of one connection are served in order, each as a whole. One that is given
 * up loses nothing: what has arrived for it comes first in the next
 * `receiveExactly` or {@linkcode receiveSome} of the same connection. So do
 * not go on with the `read` of a `Deno.Conn` after that.
 *
 * Requires no permission.
 *
 * @param connection The connection: a `Deno.Conn`, or anything that reads as
 * it does.
 * @param p Where to put the bytes.
 * @param options When to give up.
 * @returns How many bytes were received, which is the length of `p`; `null`
 * if the connection ends before the first.
 * @throws {Deno.errors.UnexpectedEof} If it ends in between.
 * @throws {Deno.errors.ConnectionReset} If the other side broke it off.
 * @throws {Deno.errors.TimedOut} If it takes longer than `timeout`.
 * @throws {TypeError} If `p` is no `Uint8Array`.
 * @throws {unknown} The signal's reason, if it is aborted.
 * @see {@link https://man7.org/linux/man-pages/man2/recv.2.html | recv(2)}
 *
 * @example A message that begins with its size
 * ```ts
 * import { connectTcp, receiveExactly, sendAll } from "@ipc/socket";
 * import { assertEquals } from "@std/assert";
 *
 * using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using client = await connectTcp({ port: server.addr.port });
 * using connection = await server.accept();
 *
 * await sendAll(client, Uint8Array.of(2, 104, 105));
 *
 * const size = new Uint8Array(1);
 * await receiveExactly(connection, size, { timeout: 5000 });
 * const message = new Uint8Array(size[0]!);
 * await receiveExactly(connection, message, { timeout: 5000 });
 * assertEquals(new TextDecoder().decode(message), "hi");
 * ```
 */
export function receiveExactly(
  connection: Receivable,
  p: Uint8Array,
  options?: WaitOptions,
): Promise<number | null> {
  // No async function: it would take another turn to hand the result on.
  try {
    checkBytes(p);
    const size = p.byteLength;
    const giveUp = options === undefined
      ? GiveUp.never
      : new GiveUp(options, `receive ${size} bytes`);
    return receiverOf(connection).receive(p, size, giveUp);
  } catch (error) {
    return Promise.reject(error);
  }
}
