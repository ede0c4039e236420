/**
 * Creates a queue with a mode. The umask is what the process was started with.
 *
 * Arguments: the name, the mode in octal.
 */

import { openMessageQueue } from "@ipc/mqueue";

const [name, mode] = Deno.args as [string, string];
openMessageQueue(name, {
  createNew: true,
  maxMessages: 1,
  messageSize: 8,
  mode: parseInt(mode, 8),
}).close();
