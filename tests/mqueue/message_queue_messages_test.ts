/** What becomes of messages in one process. */

import { MQ_PRIO_MAX, openMessageQueue } from "@ipc/mqueue";
import type { MessageQueue } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { notLinux, test } from "../_util/test.ts";
import { reasonOf } from "../_util/wait.ts";
import { bytes, drain, fill, newQueue, text } from "./_queue.ts";

const ignore = notLinux;
const { PermissionDenied } = Deno.errors;

/** Every way to send, which has to succeed. */
const ways: Record<
  string,
  (queue: MessageQueue, message: Uint8Array, priority?: number) => unknown
> = {
  "send()": (queue, message, priority) =>
    queue.send(message, { priority: priority ?? 0 }),
  "sendSync()": (queue, message, priority) =>
    queue.sendSync(message, { priority: priority ?? 0 }),
  "trySend()": (queue, message, priority) =>
    assert(queue.trySend(message, { priority: priority ?? 0 })),
};

for (const [way, send] of Object.entries(ways)) {
  test(`${way} sends messages of every length, none included, as they are`, {
    ignore,
  }, async (t) => {
    using queue = newQueue(t, { messageSize: 5000, maxMessages: 2 });
    for (
      const size of [
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        9,
        63,
        64,
        255,
        256,
        257,
        4096,
        4097,
        5000,
      ]
    ) {
      const message = crypto.getRandomValues(new Uint8Array(size));
      await send(queue, message);
      assertEquals(queue.receiveSync(), { message, priority: 0 });
    }
  });

  test(
    `${way} sends a part of a buffer, and the message is a copy`,
    { ignore },
    async (t) => {
      using queue = newQueue(t);
      const buffer = bytes("abcdef");
      await send(queue, buffer.subarray(1, 4), 7);
      buffer.fill(0);
      assertEquals(await queue.receive(), {
        message: bytes("bcd"),
        priority: 7,
      });
    },
  );

  test(
    `${way} throws RangeError with both sizes when the message is too long, and sends nothing`,
    { ignore },
    async (t) => {
      using queue = newQueue(t);
      const error = await caught(() => send(queue, new Uint8Array(65)));
      assertEquals(error.name, "RangeError");
      assertStringIncludes(error.message, "65 bytes");
      assertStringIncludes(error.message, "64");
      assertStringIncludes(error.message, queue.name!);
      assertEquals(queue.attributes().currentMessages, 0);
    },
  );

  for (const priority of [-1, MQ_PRIO_MAX, 1.5, NaN, Infinity, 2 ** 32]) {
    test(
      `${way} throws RangeError when the priority is ${priority}, and sends nothing`,
      { ignore },
      async (t) => {
        using queue = newQueue(t);
        const error = await caught(() => send(queue, bytes("x"), priority));
        assertEquals(error.name, "RangeError");
        assertStringIncludes(error.message, `${priority}`);
        assertEquals(queue.attributes().currentMessages, 0);
      },
    );
  }

  for (
    const [what, wrong] of [
      ["a string", "hello"],
      ["an array", [1, 2]],
      ["an ArrayBuffer", new ArrayBuffer(4)],
      ["shared bytes", new Uint8Array(new SharedArrayBuffer(4))],
      ["nothing", undefined],
    ] as [string, Uint8Array][]
  ) {
    test(`${way} throws TypeError with ${what}`, { ignore }, async (t) => {
      using queue = newQueue(t);
      assertEquals((await caught(() => send(queue, wrong))).name, "TypeError");
      assertEquals(queue.attributes().currentMessages, 0);
    });
  }
}

/** What a call throws or rejects with. */
async function caught(run: () => unknown): Promise<Error> {
  return await reasonOf((async () => await run())()) as Error;
}

test("MQ_PRIO_MAX is one more than the highest priority", { ignore }, (t) => {
  using queue = newQueue(t);
  queue.sendSync(bytes("high"), { priority: MQ_PRIO_MAX - 1 });
  assertEquals(queue.receiveSync().priority, 32_767);
});

test(
  "MessageQueue delivers the highest priority first, and in order within one",
  { ignore },
  (t) => {
    using queue = newQueue(t, { maxMessages: 10 });
    const sent = [[1, "a"], [5, "b"], [1, "c"], [0, "d"], [5, "e"], [
      32_767,
      "f",
    ], [0, "g"]] as const;
    for (const [priority, message] of sent) {
      queue.sendSync(bytes(message), { priority });
    }
    const received: [number, string][] = [];
    while (received.length < sent.length) {
      const { priority, message } = queue.receiveSync();
      received.push([priority, text(message)]);
    }
    assertEquals(received, [
      [32_767, "f"],
      [5, "b"],
      [5, "e"],
      [1, "a"],
      [1, "c"],
      [0, "d"],
      [0, "g"],
    ]);
  },
);

test("tryReceive() and trySend() say so when there is nothing, or no room", {
  ignore,
}, (t) => {
  using queue = newQueue(t);
  assertEquals(queue.tryReceive(), undefined);
  assertEquals(queue.tryReceiveInto(new Uint8Array(64)), undefined);
  assertEquals(fill(queue), 4);
  assertEquals(queue.trySend(bytes("no room")), false);
  assertEquals(queue.attributes().currentMessages, 4);
  queue.receiveSync();
  assertEquals(queue.trySend(bytes("room")), true);
  assertEquals(drain(queue), ["\x01", "\x02", "\x03", "room"]);
});

test(
  "receiveInto(), receiveIntoSync() and tryReceiveInto() fill a buffer and tell the priority",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    const buffer = new Uint8Array(80);
    const target = buffer.subarray(8);
    const receivers = [
      () => queue.receiveInto(target),
      () => queue.receiveIntoSync(target),
      () => queue.tryReceiveInto(target),
    ];
    for (const [priority, receive] of receivers.entries()) {
      buffer.fill(0xff);
      queue.sendSync(bytes("abc"), { priority });
      assertEquals([await receive(), queue.lastPriority], [3, priority]);
      assertEquals([...buffer.subarray(6, 12)], [0xff, 0xff, 97, 98, 99, 0xff]);
      queue.sendSync(new Uint8Array(0));
      assertEquals(await receive(), 0);
    }
  },
);

test(
  "receiveInto() throws RangeError with both sizes when the buffer is too small, and the message stays",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    queue.sendSync(bytes("stays"));
    const small = new Uint8Array(63);
    for (
      const run of [
        () => queue.receiveInto(small),
        () => queue.receiveIntoSync(small),
        () => queue.tryReceiveInto(small),
      ]
    ) {
      const error = await caught(run);
      assertEquals(error.name, "RangeError");
      assertStringIncludes(error.message, "63 bytes");
      assertStringIncludes(error.message, "64");
    }
    const shared = new Uint8Array(new SharedArrayBuffer(64));
    assertThrows(() => queue.receiveIntoSync(shared), TypeError);
    assertEquals(drain(queue), ["stays"]);
  },
);

test("receive() hands messages out for good", { ignore }, async (t) => {
  using queue = newQueue(t, { messageSize: 300 });
  const kept: Uint8Array[] = [];
  // Changing sizes, and many of one.
  const sizeOf = (i: number) => i < 1500 ? i % 300 : 64;
  for (let i = 0; i < 3000; i++) {
    queue.sendSync(new Uint8Array(sizeOf(i)).fill(i));
    const { message } = i % 3 === 0
      ? await queue.receive()
      : i % 3 === 1
      ? queue.receiveSync()
      : queue.tryReceive()!;
    kept.push(message);
  }
  for (const [i, message] of kept.entries()) {
    assertEquals(message.byteLength, sizeOf(i));
    assert(message.every((byte) => byte === (i & 255)), `message ${i}`);
  }
  // They can be written to, and viewed as numbers, without harm to others.
  kept[4]!.fill(0xee);
  assertEquals([...kept[5]!.slice(0, 3)], [5, 5, 5]);
  assertEquals(kept[8]!.byteOffset % 8, 0);
});

test("receive() goes on when somebody transfers the memory of messages away", {
  ignore,
}, (t) => {
  using queue = newQueue(t);
  for (let i = 0; i < 100; i++) {
    queue.sendSync(Uint8Array.of(i, i, i));
    const { message } = queue.receiveSync();
    assertEquals([...message], [i, i, i]);
    if (i % 10 === 0) message.buffer.transfer();
  }
});

test(
  "MessageQueue throws PermissionDenied when it is opened for the other direction",
  { ignore },
  async (t) => {
    const { name } = newQueue(t);
    using sender = openMessageQueue(name, { read: false });
    using receiver = openMessageQueue(name, { write: false });
    const buffer = new Uint8Array(64);
    await sender.send(bytes("one"));
    assertEquals(text(await receiver.receive()), "one");
    for (
      const run of [
        () => sender.receive(),
        () => sender.receiveSync(),
        () => sender.tryReceive(),
        () => sender.receiveInto(buffer),
        () => sender.receiveIntoSync(buffer),
        () => sender.tryReceiveInto(buffer),
        () => sender.messages().next(),
      ]
    ) {
      const error = await caught(run);
      assert(error instanceof PermissionDenied, `${error}`);
      assertStringIncludes(error.message, "receive from");
      assertStringIncludes(error.message, "opened for sending only");
    }
    for (
      const run of [
        () => receiver.send(buffer),
        () => receiver.sendSync(buffer),
        () => receiver.trySend(buffer),
      ]
    ) {
      const error = await caught(run);
      assert(error instanceof PermissionDenied, `${error}`);
      assertStringIncludes(error.message, "opened for receiving only");
    }
    assertEquals(sender.attributes().currentMessages, 0);
  },
);

test(
  "MessageQueue iterates over messages until it is closed",
  { ignore },
  async (t) => {
    const queue = newQueue(t);
    queue.sendSync(bytes("a"));
    queue.sendSync(bytes("b"), { priority: 1 });
    setTimeout(() => queue.sendSync(bytes("c")), 10);
    const texts: string[] = [];
    for await (const { message, priority } of queue) {
      texts.push(`${text(message)}${priority}`);
      if (texts.length === 3) setTimeout(() => queue.close(), 5);
    }
    assertEquals(texts, ["b1", "a0", "c0"]);
  },
);

test(
  "messages() loses none when its loop is left, and rejects when it is aborted",
  { ignore },
  async (t) => {
    using queue = newQueue(t);
    for (const message of ["a", "b", "c"]) queue.sendSync(bytes(message));
    for await (const { message } of queue.messages()) {
      if (text(message) === "b") break;
    }
    assertEquals(drain(queue), ["c"]);
    const controller = new AbortController();
    setTimeout(() => controller.abort("enough"), 10);
    const next = queue.messages({ signal: controller.signal }).next();
    assertEquals(await reasonOf(next), "enough");
  },
);

test("MessageQueue.blocking shows and sets what the descriptor itself does", {
  ignore,
}, async (t) => {
  using queue = newQueue(t, { wait: "block" });
  assertEquals(queue.blocking, true);
  queue.blocking = false;
  assertEquals(queue.blocking, false);
  await reasonOf(queue.receive({ timeout: 1 }));
  queue.blocking = true;
  assertEquals(queue.blocking, true);
  // The methods do what they say in either mode.
  assertEquals(queue.tryReceive(), undefined);
  assertThrows(() => queue.receiveSync({ timeout: 1 }), Deno.errors.TimedOut);
});

test("MessageQueue.attributes() counts the messages", { ignore }, (t) => {
  using queue = newQueue(t);
  const counts = [0, 1, 2, 3, 4].map((count) => {
    const { currentMessages } = queue.attributes();
    if (count < 4) queue.sendSync(bytes("x"));
    return currentMessages;
  });
  assertEquals(counts, [0, 1, 2, 3, 4]);
  assertNotEquals(drain(queue), []);
});
