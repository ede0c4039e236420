import { assert, assertEquals, assertThrows } from "@std/assert";
import { beginWait, endWait } from "../../libc/pending.ts";
import { sleepSync } from "../../libc/sched.ts";
import { Spin, WORTH_BY_LOADS } from "../../libc/spin.ts";
import { checkWait, type WaitStrategy } from "../../libc/wait_strategy.ts";
import { emulated } from "../_util/emulation.ts";
import { test } from "../_util/test.ts";

/** Looks again until it is time to sleep, or until the look that succeeds. */
function looks(spin: Spin, successful = Infinity): number {
  spin.begin();
  return looksLeft(spin, successful);
}

function looksLeft(spin: Spin, successful = Infinity): number {
  let count = 0;
  while (spin.next()) {
    if (++count === successful) {
      spin.hit();
      break;
    }
  }
  return count;
}

/** Looks again until it is time to sleep, and counts the pauses. */
function pausesOf(spin: Spin): number {
  const pause = Atomics.pause;
  let count = 0;
  Atomics.pause = () => void count++;
  try {
    looks(spin);
  } finally {
    Atomics.pause = pause;
  }
  return count;
}

/** Looks again as a wait of the event loop does. */
function looksAsync(spin: Spin, gives = false): number {
  spin.beginAsync(true, gives);
  return looksLeft(spin);
}

/** A wait whose answer comes so late. */
function sleep(spin: Spin, milliseconds: number): number {
  const count = looks(spin);
  spin.park();
  if (milliseconds > 0) sleepSync(milliseconds);
  spin.wake();
  return count;
}

/** A spin that has stopped looking again. */
function discouraged(mostPauses?: number): Spin {
  const spin = new Spin("adaptive", mostPauses);
  for (let i = 0; i < 20; i++) sleep(spin, 1);
  return spin;
}

test("Spin looks again at first when it is adaptive", {}, () => {
  const count = looks(new Spin("adaptive"));
  assert(count > 10 && count < 1000, `${count} looks`);
});

test("Spin never looks again when it blocks", {}, () => {
  const spin = new Spin("block");
  for (let i = 0; i < 200; i++) assertEquals(sleep(spin, 0), 0);
  assertEquals(looksAsync(spin), 0);
});

test(
  "Spin.beginAsync() does not look again when something else waits",
  {},
  (t) => {
    const spin = new Spin("adaptive");
    assert(looksAsync(spin) > 0);
    beginWait();
    t.defer(endWait);
    assertEquals(looksAsync(spin), 0);
    // A wait that blocks holds up everything in any case.
    assert(looks(spin) > 0);
  },
);

test(
  "Spin.beginAsync() looks again while others wait in vain, until one of them does not",
  {},
  (t) => {
    beginWait();
    t.defer(endWait);
    const spin = new Spin("adaptive");
    for (let i = 0; i < 30; i++) {
      spin.sleep();
      spin.wake();
    }
    assert(looksAsync(spin, true) > 0);
    // Who would give the others no turns must not.
    assertEquals(looksAsync(spin), 0);
    const other = new Spin("adaptive");
    assertEquals(looksAsync(other, true), 0);
    other.park();
    other.wake();
    assertEquals(looksAsync(spin, true), 0);
  },
);

test("Spin stops looking after long waits", {}, () => {
  const spin = discouraged();
  let looked = 0;
  for (let i = 0; i < 10; i++) if (sleep(spin, 1) > 0) looked++;
  assert(looked <= 1, `${looked} of 10 waits looked again`);
});

test("Spin looks again now and then after long waits", {}, () => {
  const spin = discouraged();
  let looked = 0;
  for (let i = 0; i < 640; i++) if (looks(spin) > 0) looked++;
  assert(looked >= 2 && looked <= 64, `${looked} of 640 waits looked again`);
});

test("Spin resumes looking when looks succeed", {}, () => {
  const spin = discouraged();
  // Only one look in 64 waits is there to succeed at first.
  for (let i = 0; i < 1000; i++) looks(spin, 1);
  for (let i = 0; i < 100; i++) assertEquals(looks(spin, 1), 1);
});

test("Spin resumes looking when one look after long waits succeeds", {}, () => {
  for (const mostPauses of [8, 0]) {
    // Where others want the processors, a yield may take too long.
    const tries = Array.from({ length: 20 }, () => {
      const spin = discouraged(mostPauses);
      while (looks(spin, 1) === 0);
      return looks(spin, 1);
    });
    assert(tries.includes(1), `${tries} looks`);
  }
});

test("Spin measures the look that comes after many sleeps", {}, () => {
  // Where others want the processors, a yield may take too long.
  const tries = Array.from({ length: 20 }, () => {
    const spin = new Spin("adaptive", 0);
    // The looks after a yield that was enough are not measured.
    looks(spin, 1);
    for (let i = 0; i < 20; i++) {
      spin.sleep();
      sleepSync(0.2);
      spin.wake();
    }
    while (looks(spin, 1) === 0);
    return looks(spin, 1);
  });
  assert(tries.includes(1), `${tries} looks`);
});

test("Spin resumes looking when sleeps are short", {}, () => {
  const spin = discouraged();
  let looked = 0;
  for (let i = 0; i < 100; i++) if (sleep(spin, 0) > 0) looked++;
  // None of these looks succeeds, so it does not look each time.
  assert(looked > 10 && looked < 90, `${looked} of 100 waits looked again`);
});

test(
  "Spin.sleepsUnmeasured() is true most of the time after long sleeps",
  {},
  () => {
    assertEquals(new Spin("adaptive").sleepsUnmeasured(), false);
    const spin = discouraged();
    while (spin.sleepsUnmeasured());
    // Short ones, and each is measured again, until they are long again.
    for (let i = 0; i < 20; i++) {
      while (spin.sleepsUnmeasured());
      spin.sleep();
      spin.wake();
    }
    const stretches = Array.from({ length: 8 }, () => {
      let unmeasured = 0;
      while (spin.sleepsUnmeasured()) unmeasured++;
      spin.sleep();
      sleepSync(1);
      spin.wake();
      return unmeasured;
    });
    assertEquals(stretches.filter((n) => n > 0), [6, 12, 24, 48, 96, 192, 192]);
  },
);

test("Spin stops looking when sleeps after the look are short", {}, () => {
  const spin = new Spin("adaptive");
  const counts = Array.from({ length: 6 }, () => sleep(spin, 0));
  assert(counts[0]! > 0);
  assert(counts.includes(0), `${counts} looks`);
});

test("Spin goes on looking when the other side takes long turns", {}, () => {
  // Where others want the processors, the turns are theirs; so it gets tries.
  const tries = Array.from({ length: 20 }, () => {
    const spin = new Spin("adaptive", 0);
    let looked = 0;
    for (let i = 0; i < 20; i++) {
      spin.begin();
      if (!spin.next()) continue;
      looked++;
      sleepSync(0.2); // the yield lasts as long as the other side runs
      spin.hit();
    }
    return looked;
  });
  assert(tries.includes(20), `${tries} of 20 waits looked again`);
});

test("Spin stops looking when others take long turns", {}, () => {
  const spin = new Spin("adaptive", 0);
  let looked = 0;
  for (let i = 0; i < 20; i++) {
    spin.begin();
    if (!spin.next()) continue;
    looked++;
    sleepSync(3);
    spin.hit();
  }
  assert(looked < 5, `${looked} of 20 waits looked again`);
});

test("Spin pauses less when answers come after a yield", {
  // There a yield alone takes longer than is worth looking again for.
  ignore: emulated(),
}, () => {
  // Where others want the processors, a yield takes long, and nothing is worth
  // looking again for; so it gets some tries.
  const tries = Array.from({ length: 20 }, () => {
    const spin = new Spin("adaptive");
    // More looks than there are after pauses: the last is after a yield.
    for (let i = 0; i < 20; i++) looks(spin, 65);
    return Array.from({ length: 40 }, () => pausesOf(spin));
  });
  assert(
    // Now and then it finds out whether the other side has moved.
    tries.some((pauses) =>
      Math.min(...pauses) < 10 && Math.max(...pauses) >= 64
    ),
    `${tries.join("; ")}`,
  );
});

test("Spin pauses as before when an answer comes soon", {}, () => {
  const spin = new Spin("adaptive", 32);
  for (let i = 0; i < 10; i++) looks(spin, 33);
  assert(pausesOf(spin) < 8);
  spin.begin();
  spin.pause();
  spin.hitSoon();
  assertEquals(pausesOf(spin), 32);
});

test("Spin pauses at every second look by loads", {}, () => {
  assertEquals(pausesOf(new Spin("adaptive", 32)), 32);
  const byLoads = new Spin("adaptive", 32, WORTH_BY_LOADS);
  assertEquals(pausesOf(byLoads), 16);
  byLoads.begin();
  let count = 0;
  while (byLoads.pause()) count++;
  assertEquals(count, 32);
});

test("checkWait() throws when it gets no strategy", {}, () => {
  assertEquals(checkWait("adaptive"), "adaptive");
  assertEquals(checkWait("block"), "block");
  for (const wait of ["spin", "", undefined, null, 1]) {
    assertThrows(
      () => checkWait(wait as WaitStrategy),
      TypeError,
      `Cannot use wait ${JSON.stringify(wait)}`,
    );
  }
});
