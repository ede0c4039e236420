/**
 * The other side of a pipe, with this library: as stream_peer.c, save that
 * it inherits descriptors only.
 *
 * usage: stream_peer.ts read|write|echo|blocks FD [FD|COUNT] ...
 */

import { DuplexPipe, PipeReader, PipeWriter } from "@ipc/pipe";
import { assertEquals } from "@std/assert";
import { readAll, records, writeAll } from "../pipe/_bytes.ts";

const [what, first, ...rest] = Deno.args as [string, string, ...string[]];
if (what === "read") {
  using reader = PipeReader.fromFd(Number(first));
  const all = await readAll(reader);
  assertEquals(all, records(all.byteLength / 4));
  console.log(`read ${all.byteLength / 4}`);
} else if (what === "write") {
  using writer = PipeWriter.fromFd(Number(first));
  await writeAll(writer, records(Number(rest[0])));
} else if (what === "echo") {
  using both = DuplexPipe.fromFds(Number(first), Number(rest[0]));
  await both.readable.pipeTo(both.writable);
} else if (what === "blocks") {
  using writer = PipeWriter.fromFd(Number(first));
  const [count, size, letter] = rest as [string, string, string];
  const block = new Uint8Array(Number(size)).fill(letter.charCodeAt(0));
  for (let i = 0; i < Number(count); i++) {
    assertEquals(await writer.write(block), block.byteLength);
  }
}
