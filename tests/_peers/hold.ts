/**
 * Takes one from a semaphore, says so, and holds it until it is killed.
 *
 * Argument: the semaphore.
 */

import { openSemaphore } from "@ipc/shm";

openSemaphore(Deno.args[0]!).acquireSync();
console.log("held");
setInterval(() => {}, 1000);
