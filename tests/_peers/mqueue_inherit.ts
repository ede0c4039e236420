/**
 * Takes a queue over that it inherited, says what it is, and sends to it.
 *
 * Argument: the descriptor.
 */

import { MessageQueue } from "@ipc/mqueue";

using queue = MessageQueue.fromFd(Number(Deno.args[0]));
console.log(queue.name, queue.maxMessages, queue.messageSize);
queue.sendSync(new TextEncoder().encode("from the child"));
