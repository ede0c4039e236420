/**
 * Writes blocks to a FIFO, with this library.
 *
 * Arguments, as of stream_peer.c: `blocks`, the path, how many, of how many
 * bytes, the letter that fills them.
 */

import { openFifo } from "@ipc/fifo";

const [, path, count, size, letter] = Deno.args as [
  string,
  string,
  string,
  string,
  string,
];
using fifo = await openFifo(path, { write: true });
const block = new Uint8Array(Number(size)).fill(letter.charCodeAt(0));
for (let i = 0; i < Number(count); i++) {
  const written = await fifo.write(block);
  if (written !== block.byteLength) throw new Error(`It wrote ${written}`);
}
