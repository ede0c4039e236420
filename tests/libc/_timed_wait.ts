/**
 * Sleeps on a semaphore for a minute, by `sem_clockwait`, or, with
 * `realtime`, by `sem_timedwait`.
 */

import { capabilities } from "../../libc/platform.ts";
import { semOpen, semTimedWait, semUnlink } from "../../libc/semaphore.ts";
import { withRandomName } from "../../libc/named_object.ts";

capabilities.monotonicSemaphores = Deno.args[0] !== "realtime";
const semaphore = withRandomName((name) => {
  const semaphore = semOpen(name, { mode: 0o600, value: 0 });
  semUnlink(name);
  return semaphore;
});
console.log("ready");
semTimedWait(semaphore, 60_000);
