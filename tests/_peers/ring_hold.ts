/**
 * Opens a ring and does nothing until it is killed: with a reservation, or
 * with a view of a message, or waiting.
 *
 * ring_hold.ts NAME write|reserve|peek|receive|send [COUNT] [SECONDS]
 *
 * It sends COUNT messages of 8 bytes before. If nobody kills it, it ends after
 * so many seconds, 60 if not given.
 */

import { openRingReader, openRingWriter } from "@ipc/ring";
import { sleep } from "../_util/wait.ts";

const [name, what, count = "0", seconds = "60"] = Deno
  .args as [string, string, string?, string?];

if (what === "peek" || what === "receive") {
  const reader = openRingReader(name);
  if (what === "peek") reader.peekSync();
  console.log("ready");
  if (what === "receive") await reader.receive();
} else {
  const writer = openRingWriter(name);
  for (let i = 0; i < Number(count); i++) {
    writer.sendSync(new Uint8Array(8).fill(i));
  }
  if (what === "reserve") writer.reserveSync(8).fill(99);
  console.log("ready");
  if (what === "send") {
    for (;;) await writer.send(new Uint8Array(writer.maxMessageLength));
  }
}
await sleep(Number(seconds) * 1000);
