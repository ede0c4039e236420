/**
 * Opens a ring and does nothing until it is killed: with a reservation, or
 * with a view of a message, or waiting.
 *
 * ring_hold.ts NAME write|reserve|peek|receive|send
 */

import { openRingReader, openRingWriter } from "@ipc/ring";

const [name, what] = Deno.args as [string, string];

if (what === "peek" || what === "receive") {
  const reader = openRingReader(name);
  if (what === "peek") reader.peekSync();
  console.log("ready");
  if (what === "receive") await reader.receive();
} else {
  const writer = openRingWriter(name);
  if (what === "reserve") writer.reserveSync(8).fill(99);
  console.log("ready");
  if (what === "send") {
    for (;;) await writer.send(new Uint8Array(writer.maxMessageLength));
  }
}
await new Promise((resolve) => setTimeout(resolve, 60_000));
