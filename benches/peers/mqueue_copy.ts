/** Messages one way through a queue, received in the way that is asked for. */

import { isFirst, messageQueue, size } from "./mqueues.ts";
import { copyThrough } from "./queue_copy.ts";

using queue = messageQueue("copy");
await copyThrough(queue, size, isFirst);
if (isFirst) queue.unlink();
