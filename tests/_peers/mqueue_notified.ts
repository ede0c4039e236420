/**
 * Asks to be told when a message comes to a queue, says that it has asked,
 * and says when it is told.
 *
 * Argument: the queue.
 */

import { openMessageQueue } from "@ipc/mqueue";

using queue = openMessageQueue(Deno.args[0]!, { write: false });
const told = queue.notification();
console.log("asked");
await told;
console.log("told");
