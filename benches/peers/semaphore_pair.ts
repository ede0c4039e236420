/** One semaphore, one process: takes one that is there, and gives it back. */

import { measureOperation, option } from "./peer.ts";
import { remove, semaphore as open } from "./shared_objects.ts";

using semaphore = open("lock", true, 1);

const ways: Record<string, (times: number) => void> = {
  lock(times) {
    while (times--) semaphore.tryAcquire()!.release();
  },
  plain(times) {
    while (times--) {
      semaphore.tryAcquire();
      semaphore.release();
    }
  },
  sync(times) {
    while (times--) semaphore.acquireSync().release();
  },
  using(times) {
    while (times--) {
      using _lock = semaphore.acquireSync();
    }
  },
};

measureOperation(ways[option("way", "lock")]!);
remove("lock");
