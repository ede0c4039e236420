/**
 * Gives up a wait, and has nothing else to do.
 *
 * Argument: the queue.
 */

import { openMessageQueue } from "@ipc/mqueue";

const queue = openMessageQueue(Deno.args[0]!);
const signal = AbortSignal.timeout(20);
await queue.receive({ signal }).catch(() => console.log("enough"));
