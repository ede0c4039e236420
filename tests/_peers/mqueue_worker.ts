/** A worker that answers every message of one queue on another. */

/// <reference lib="deno.worker" />

import { openMessageQueue } from "@ipc/mqueue";

self.onmessage = async ({ data }) => {
  const [there, back] = data as [string, string];
  await echo(there, back);
  self.postMessage("done");
};

async function echo(there: string, back: string): Promise<void> {
  using input = openMessageQueue(there);
  using output = openMessageQueue(back);
  for await (const { message, priority } of input) {
    if (new TextDecoder().decode(message) === "end") return;
    output.sendSync(message, { priority });
  }
}
