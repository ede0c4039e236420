/** Blocks one way to a child process, by its stdin. */

import { Arrivals } from "./arrivals.ts";
import { measureSendingAsync, numberOption } from "./peer.ts";
import { endChild, isChild, startChild } from "./stdio_child.ts";

const size = numberOption("size", 64);

if (isChild) {
  console.log = console.error;
  const arrivals = new Arrivals();
  const buffer = new Uint8Array(Math.max(65_536, 2 * size));
  for (let end = 0, more = true; more;) {
    const count = await Deno.stdin.read(buffer.subarray(end));
    if (count === null) throw new Error("The other side has gone");
    end += count;
    let at = 0;
    for (; more && end - at >= size; at += size) {
      more = arrivals.add(buffer[at]!);
    }
    buffer.copyWithin(0, at, end);
    end -= at;
  }
  arrivals.report(size);
} else {
  const child = await startChild();
  const writer = child.stdin.getWriter();
  const own = new Uint8Array(size).fill(1);
  await measureSendingAsync((phase) => {
    own[0] = phase;
    return writer.write(own);
  });
  await writer.close();
  await endChild(child);
}
