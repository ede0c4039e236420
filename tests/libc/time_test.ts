import { assert } from "@std/assert";
import {
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  momentAfter,
  type Timespec,
} from "../../libc/time.ts";
import { test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

function nanoseconds(moment: Timespec): bigint {
  return moment[0]! * 1_000_000_000n + moment[1]!;
}

test(
  "momentAfter() is so far from now, with less than a second of nanoseconds",
  {},
  () => {
    const distances = [0, 0.000001, 0.5, 1, 999, 999.999999, 1000, 1999.9995];
    for (const clock of [CLOCK_MONOTONIC, CLOCK_REALTIME]) {
      // From most moments, 999.999999 ms carry into the seconds.
      for (const milliseconds of [...distances, 59_999.5, 2 ** 31 - 1]) {
        const distance = BigInt(Math.round(milliseconds * 1e6));
        const before = nanoseconds(momentAfter(clock, 0));
        const moment = momentAfter(clock, milliseconds);
        const after = nanoseconds(momentAfter(clock, 0));
        const found = nanoseconds(moment);
        assert(moment[1]! >= 0n && moment[1]! < 1_000_000_000n, `${moment}`);
        assert(found >= before + distance, `${milliseconds} ms on ${clock}`);
        assert(found <= after + distance, `${milliseconds} ms on ${clock}`);
      }
    }
  },
);

test("momentAfter() never goes back on CLOCK_MONOTONIC", {}, () => {
  let last = 0n;
  for (let i = 0; i < 10_000; i++) {
    const moment = nanoseconds(momentAfter(CLOCK_MONOTONIC, 0));
    assert(moment >= last);
    last = moment;
  }
});

test(
  "CLOCK_REALTIME is the clock of Date, and CLOCK_MONOTONIC is not",
  {},
  () => {
    const before = BigInt(Date.now()) - 1n;
    const realtime = nanoseconds(momentAfter(CLOCK_REALTIME, 0)) / 1_000_000n;
    assert(realtime >= before && realtime <= BigInt(Date.now()) + 1n);
    const monotonic = nanoseconds(momentAfter(CLOCK_MONOTONIC, 0)) / 1_000_000n;
    assert(monotonic < before);
  },
);

test("CLOCK_MONOTONIC goes on as performance.now() does", {}, async () => {
  const clocks = () =>
    performance.now() - Number(nanoseconds(momentAfter(CLOCK_MONOTONIC, 0))) /
      1e6;
  const before = clocks();
  await sleep(20);
  // Of two readings at rest, one may be late by a moment of this process.
  const nearest = Math.min(
    ...Array.from({ length: 20 }, () => Math.abs(clocks() - before)),
  );
  assert(nearest < 10, `${nearest} ms apart`);
});
