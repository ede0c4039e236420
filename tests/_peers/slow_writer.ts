/**
 * Writes 4-byte numbers that count from 0, a few at a time, now and then.
 *
 * Arguments: `write`, the descriptor of a pipe, how many.
 */

import { PipeWriter } from "@ipc/pipe";
import { records } from "../pipe/_bytes.ts";

const [, fd, count] = Deno.args as [string, string, string];
using writer = PipeWriter.fromFd(Number(fd));
const all = records(Number(count));
for (let at = 0, step = 1; at < all.byteLength; step = step * 5 % 23) {
  // Pieces that end within a number too.
  at += writer.writeSync(all.subarray(at, at + step));
  for (let pause = step % 4; pause > 0; pause--) {
    for (let i = 0; i < 3000; i++) Atomics.pause();
  }
}
