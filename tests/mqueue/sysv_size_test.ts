/** System V messages that are too long for a buffer, a queue or the system. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, fill, newSysvQueue, show } from "./_sysv.ts";

/** Gets what is thrown, in the sync and in the async form. */
async function bothErrors(
  sync: () => unknown,
  async: () => Promise<unknown>,
): Promise<string[]> {
  const errors = [
    assertOsError(sync, Error, "E2BIG", "msgrcv"),
    await async().then(() => new Error("none"), (error) => error),
  ];
  return errors.map(({ message }) => message);
}

test(
  "SysvMessageQueue.receive() leaves a message that is longer than maxMessageSize, and says how to take it",
  { ignore: notLinux },
  async (t) => {
    const queue = newSysvQueue(t, { maxMessageSize: 100 });
    queue.sendSync(new Uint8Array(50), { type: 2 });
    queue.sendSync(new Uint8Array(300).fill(7), { type: 1 });
    for (const type of [1, -1, -9]) {
      for (
        const message of await bothErrors(
          () => queue.receiveSync({ type }),
          () => queue.receive({ type }),
        )
      ) {
        for (const word of ["300", "100", "maxMessageSize", "noError"]) {
          assert(message.includes(word), message);
        }
      }
    }
    // What is short enough is not held up by it.
    assertEquals(queue.receiveSync({ type: 2 }).message.byteLength, 50);
    assertOsError(() => queue.tryReceive(), Error, "E2BIG");
    assertEquals(queue.stat().currentMessages, 1);

    queue.maxMessageSize = 300;
    assertEquals(queue.maxMessageSize, 300);
    assertEquals(queue.receiveSync().message, new Uint8Array(300).fill(7));
    assertThrows(() => queue.maxMessageSize = -1, RangeError);
  },
);

test(
  "SysvMessageQueue.receive() rejects a wait when a message comes that is too long",
  {},
  async (t) => {
    const queue = newSysvQueue(t, { maxMessageSize: 8 });
    const waits = [queue.receive(), queue.receive()];
    await sleep(5);
    queue.sendSync(new Uint8Array(9));
    for (const waiting of waits) await assertRejects(() => waiting, Error);
    assertEquals(queue.stat().currentMessages, 1);
  },
);

test(
  "SysvMessageQueue.receive() cuts a message that is too long when noError is set",
  {},
  async (t) => {
    const queue = newSysvQueue(t, { maxMessageSize: 4 });
    for (let i = 0; i < 5; i++) queue.sendSync(bytes("abcdefgh"));
    assertEquals(show(queue.receiveSync({ noError: true })), "1 abcd");
    assertEquals(show(queue.tryReceive({ noError: true })), "1 abcd");
    const target = new Uint8Array(2);
    assertEquals(queue.tryReceiveInto(target, { noError: true }), 2);
    assertEquals([...target], [97, 98]);
    assertEquals(show(await queue.receive({ noError: true })), "1 abcd");
    assertOsError(() => queue.receiveSync(), Error, "E2BIG");
    queue.maxMessageSize = Infinity;
    assertEquals(show(queue.receiveSync({ noError: true })), "1 abcdefgh");
  },
);

test(
  "SysvMessageQueue.receiveInto() leaves a message that is longer than the buffer",
  { ignore: notLinux },
  async (t) => {
    const queue = newSysvQueue(t);
    queue.sendSync(bytes("abcdef"), { type: 3 });
    const small = new Uint8Array(5);
    for (
      const message of await bothErrors(
        () => queue.receiveIntoSync(small),
        () => queue.receiveInto(small, { type: 3 }),
      )
    ) {
      assert(/ 6 bytes, and the buffer has 5\b/.test(message), message);
    }
    assertEquals([...small], [0, 0, 0, 0, 0]);
    assertEquals(queue.receiveIntoSync(new Uint8Array(6)), 6);
  },
);

test(
  "SysvMessageQueue.send() throws RangeError and sends nothing when the message is longer than kernel.msgmax",
  { ignore: notLinux },
  async (t) => {
    const queue = newSysvQueue(t);
    const message = new Uint8Array(2 ** 24);
    const words = /16777216 .*kernel\.msgmax.*sysctl/;
    for (
      const send of [
        () => queue.sendSync(message),
        () => queue.trySend(message),
        () => queue.sendSync(message, { timeout: 10 }),
      ]
    ) {
      assert(words.test(assertThrows(send, RangeError).message));
    }
    const error = await assertRejects(() => queue.send(message), RangeError);
    assert(words.test(error.message), error.message);
    assertEquals(queue.stat().currentMessages, 0);
  },
);

test(
  "SysvMessageQueue.send() throws RangeError when the message is longer than the queue, and would wait for ever",
  { ignore: notLinux },
  async (t) => {
    const queue = newSysvQueue(t);
    queue.set({ maxSize: 100 });
    const message = new Uint8Array(101);
    for (
      const send of [
        () => queue.sendSync(message),
        () => queue.trySend(message),
        () => queue.sendSync(message, { timeout: 10 }),
      ]
    ) {
      const { message } = assertThrows(send, RangeError);
      assert(/101 .*100 .*maxSize/.test(message), message);
    }
    await assertRejects(() => queue.send(message), RangeError, "maxSize");
    queue.sendSync(message.subarray(1));
    assertEquals(queue.trySend(message.subarray(1)), false);
  },
);

test("SysvMessageQueue.trySend() returns false when it is full", {}, (t) => {
  const queue = newSysvQueue(t);
  const { maxSize } = queue.stat();
  assertEquals(fill(queue, 512), maxSize / 512);
  assertEquals(queue.trySend(new Uint8Array(512)), false);
  queue.receiveSync();
  assertEquals(queue.trySend(new Uint8Array(512)), true);
});

test(
  "SysvMessageQueue.trySend() returns false when it is full of empty messages",
  { ignore: notLinux },
  (t) => {
    const queue = newSysvQueue(t);
    queue.set({ maxSize: 100 });
    assertEquals(fill(queue, 0), 100);
    assertEquals(queue.stat().currentSize, 0);
  },
);
