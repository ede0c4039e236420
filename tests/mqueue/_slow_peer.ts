/** A worker that sends or receives messages, each a little later. */

/// <reference lib="deno.worker" />

import { openMessageQueue } from "@ipc/mqueue";
import { sleepSync } from "../../libc/sched.ts";
import { bytes } from "./_queue.ts";

/** How long before each, in milliseconds. */
const PAUSE = 4;

self.onmessage = ({ data: { name, way, count } }) => {
  using queue = openMessageQueue(name);
  for (let i = 0; i < count; i++) {
    sleepSync(PAUSE);
    if (way === "send") queue.sendSync(bytes("slow"));
    else queue.receiveSync();
  }
  self.postMessage("done");
};
self.postMessage("ready");
