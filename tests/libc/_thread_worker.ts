/** A worker that tells its number and stays. */

/// <reference lib="deno.worker" />

import { currentThreadId } from "../../libc/thread.ts";

self.postMessage(currentThreadId());
self.onmessage = () => {};
