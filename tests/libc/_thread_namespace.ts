/** Prints what a thread knows of itself. */

import { currentThreadId, isAlive } from "../../libc/thread.ts";

const id = currentThreadId();
const mark = id >>> 22;
const other = id & 0x3f_ffff | (mark === 5 ? 6 : 5) << 22;
console.log(mark, isAlive(id), isAlive(other));
