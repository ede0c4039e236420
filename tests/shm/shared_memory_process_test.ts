/** Shared memory opened by many at once, by others, and at the limits. */

import {
  openSemaphore,
  openSharedMemory,
  unlinkSemaphore,
  unlinkSharedMemory,
} from "@ipc/shm";
import { assertEquals, assertThrows } from "@std/assert";
import { compileC, denoPeer, output, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";

const { NotFound } = Deno.errors;

test(
  "openSharedMemory() never shows size 0 in 10,000 races of creating and attaching",
  {
    needs: ["run"],
    deadline: 120_000,
  },
  async (t) => {
    const [one, two, prefix] = [t.name(), t.name(), t.name()];
    using _one = openSemaphore(one, { create: true });
    using _two = openSemaphore(two, { create: true });
    const times = "10000";
    const texts = await Promise.all([
      output(denoPeer("create_or_attach.ts", [one, two, "0", prefix, times])),
      output(denoPeer("create_or_attach.ts", [two, one, "1", prefix, times])),
    ]);
    const outcome = { created: 5000, attached: 5000, wrong: 0 };
    assertEquals(texts.map((text) => JSON.parse(text)), [outcome, outcome]);
  },
);

test("openSharedMemory() waits for the size when a C program sets it late", {
  needs: ["run", "write"],
  ignore: notLinux || withoutProgram("cc"),
}, async (t) => {
  const program = await compileC("shm_peer.c", t.folder());
  for (let i = 0; i < 20; i++) {
    const name = t.name();
    const creating = output(
      new Deno.Command(program, { args: ["slow", name, "5000"] }),
    );
    for (;;) {
      try {
        using memory = openSharedMemory(name);
        assertEquals(memory.byteLength, 5000);
        break;
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    }
    await creating;
  }
});

test(
  "openSharedMemory() creates once when ten processes open with create at once",
  {
    needs: ["run"],
    deadline: 30_000,
  },
  async (t) => {
    const [gateName, comeName, name] = [t.name(), t.name(), t.name()];
    using gate = openSemaphore(gateName, { create: true });
    using come = openSemaphore(comeName, { create: true });
    const peers = Array.from(
      { length: 10 },
      () => output(denoPeer("open_at_once.ts", [gateName, comeName, name])),
    );
    for (let i = 0; i < 10; i++) await come.acquire();
    for (let i = 0; i < 10; i++) gate.release();
    const answers = (await Promise.all(peers)).sort();
    assertEquals(answers, [...Array(9).fill("false 4096"), "true 4096"]);
  },
);

test(
  "openSharedMemory() throws EMFILE when there is no descriptor left, and leaves nothing",
  {
    needs: ["run"],
    ignore: notLinux,
  },
  async (t) => {
    const [missing, present] = [t.name(), t.name()];
    openSharedMemory(present, { create: true, size: 8 }).close();
    openSemaphore(present, { create: true }).close();
    const attempts = [
      `open:${present}`,
      `read:${present}`,
      `create:${missing}`,
      `create:${present}`,
      "random:",
      `openSemaphore:${present}`,
      `createSemaphore:${missing}`,
    ];
    const peer = denoPeer("attempts.ts", [
      "-",
      `exhaust:${present}`,
      ...attempts,
    ], {
      through: ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"'],
    });
    const outcomes = JSON.parse(await output(peer));
    assertEquals(outcomes, ["exhaust", ...attempts].map(() => "Error EMFILE"));
    assertThrows(() => unlinkSharedMemory(missing), NotFound);
    assertThrows(() => unlinkSemaphore(missing), NotFound);
  },
);

/** What somebody else may not do, and may. */
const forbidden = [
  "open",
  "read",
  "create",
  "unlink",
  "openSemaphore",
  "createSemaphore",
  "unlinkSemaphore",
];

test(
  "openSharedMemory(), openSemaphore() and unlinking throw PermissionDenied when the mode forbids it",
  {
    needs: ["run"],
    ignore: notLinux,
  },
  async (t) => {
    const name = t.name();
    // Whoever is not root is the owner, and may unlink.
    const root =
      (await output(new Deno.Command("id", { args: ["-u"] }))) === "0";
    using memory = openSharedMemory(name, { create: true, size: 8, mode: 0 });
    using semaphore = openSemaphore(name, { create: true, value: 1, mode: 0 });
    const attempts = forbidden.filter((attempt) =>
      root || !attempt.startsWith("unlink")
    );
    const texts = attempts.map((attempt) => `${attempt}:${name}`);
    const peer = denoPeer("attempts.ts", ["65534", ...texts]);
    const outcomes = JSON.parse(await output(peer));
    assertEquals(outcomes, attempts.map(() => "PermissionDenied EACCES"));
    assertEquals(memory.stat().nlink, 1);
    semaphore.acquireSync({ timeout: 0 });
  },
);

test("openSharedMemory() opens for reading only what others may only read", {
  needs: ["run"],
  ignore: notLinux,
}, async (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 8, mode: 0o444 });
  const peer = denoPeer("attempts.ts", [
    "65534",
    `open:${name}`,
    `read:${name}`,
  ]);
  const outcomes = JSON.parse(await output(peer));
  assertEquals(outcomes, ["PermissionDenied EACCES", "done"]);
  assertEquals(memory.stat().nlink, 1);
});
