/**
 * Creates a shared memory and a semaphore with a mode. The umask is what the
 * process was started with.
 *
 * Arguments: the name of both, the mode in octal.
 */

import { openSemaphore, openSharedMemory } from "@ipc/shm";

const [name, text] = Deno.args as [string, string];
const mode = parseInt(text, 8);
openSharedMemory(name, { createNew: true, size: 1, mode }).close();
openSemaphore(name, { createNew: true, mode }).close();
