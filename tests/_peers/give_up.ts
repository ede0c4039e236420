/**
 * Waits for a semaphore, gives up, and has nothing else to do: the process
 * has to end by itself.
 *
 * Argument: the semaphore.
 */

import { openSemaphore } from "@ipc/shm";

const semaphore = openSemaphore(Deno.args[0]!);
const controller = new AbortController();
const waiting = semaphore.acquire({ signal: controller.signal });
setTimeout(() => controller.abort("enough"), 20);
console.log(await waiting.catch((reason) => reason));
