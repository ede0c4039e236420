import { pipe } from "@ipc/pipe";
import { assert, assertEquals } from "@std/assert";
import { POLLIN } from "../../libc/poll.ts";
import { sleepSync } from "../../libc/sched.ts";
import { Transfers } from "../../libc/transfers.ts";
import { test } from "../_util/test.ts";

test(
  "Transfers.runSync() does not take a long transfer for a long wait",
  {},
  () => {
    using ends = pipe();
    ends.writer.writeSync(new Uint8Array(1));
    let isBlocking = true;
    const descriptor = {
      fd: ends.reader.fd,
      close() {},
      setBlocking: (on: boolean) => void (isBlocking = on),
    };
    /** Until when there is nothing, and how long it takes, in milliseconds. */
    let thereAt = 0;
    let takes = 0;
    const transfers = new Transfers<null, number>(descriptor, {
      action: "read from test",
      check() {},
      event: POLLIN,
      attempt() {
        if (performance.now() < thereAt) return undefined;
        if (takes > 0) sleepSync(takes);
        return 1;
      },
    }, "adaptive");
    for (let i = 0; i < 4; i++) {
      thereAt = performance.now() + 3;
      transfers.runSync(null, undefined);
    }
    transfers.runSync(null, undefined);
    assertEquals(isBlocking, true);
    takes = 1;
    let count = 0;
    for (; isBlocking && count < 100; count++) {
      transfers.runSync(null, undefined);
    }
    assert(count < 100);
    transfers.close();
  },
);
