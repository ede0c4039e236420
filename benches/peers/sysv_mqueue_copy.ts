/** Messages one way through a System V queue, received in the way that is asked for. */

import { copyThrough } from "./queue_copy.ts";
import { isFirst, messageQueue, size } from "./sysv_mqueues.ts";

using queue = messageQueue("copy");
await copyThrough(queue, size, isFirst);
if (isFirst) queue.remove();
