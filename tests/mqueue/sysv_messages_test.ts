/** What goes through System V queues, and which message comes out. */

import { openSysvMessageQueue } from "@ipc/mqueue";
import type { SysvMessageQueue } from "@ipc/mqueue";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test, type TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { bytes, drain, newSysvQueue, show } from "./_sysv.ts";

/** A new queue with a message of each of these types, in this order. */
function withTypes(t: TestScope, ...types: number[]): SysvMessageQueue {
  const queue = newSysvQueue(t);
  for (const [i, type] of types.entries()) {
    queue.sendSync(bytes(`#${i}`), { type });
  }
  return queue;
}

test(
  "SysvMessageQueue.receiveSync() takes the first message when no type is asked",
  {},
  (t) => {
    const queue = withTypes(t, 4, 3, 2, 1);
    assertEquals(show(queue.receiveSync()), "4 #0");
    assertEquals(show(queue.receiveSync({ type: 0 })), "3 #1");
    assertEquals(drain(queue), ["2 #2", "1 #3"]);
  },
);

test(
  "SysvMessageQueue.receiveSync() takes the first of a type when it is positive",
  {},
  (t) => {
    const queue = withTypes(t, 1, 2, 3, 2);
    assertEquals(show(queue.receiveSync({ type: 2 })), "2 #1");
    assertEquals(show(queue.receiveSync({ type: 2 })), "2 #3");
    assertEquals(queue.tryReceive({ type: 2 }), undefined);
    assertEquals(drain(queue), ["1 #0", "3 #2"]);
  },
);

test(
  "SysvMessageQueue.receiveSync() takes the first of the lowest type when it is negative",
  { ignore: notLinux && "macOS takes the first whose type is low enough" },
  (t) => {
    const queue = withTypes(t, 4, 3, 2, 1, 1);
    assertEquals(show(queue.receiveSync({ type: -2 })), "1 #3");
    assertEquals(show(queue.receiveSync({ type: -3 })), "1 #4");
    assertEquals(show(queue.receiveSync({ type: -3 })), "2 #2");
    assertEquals(queue.tryReceive({ type: -2 }), undefined);
    assertEquals(drain(queue), ["4 #0", "3 #1"]);
  },
);

test(
  "SysvMessageQueue.receiveSync() takes what is not of the type when except is set",
  { ignore: notLinux },
  async (t) => {
    const queue = withTypes(t, 1, 1, 2, 3);
    const except = { type: 1, except: true };
    assertEquals(show(queue.receiveSync(except)), "2 #2");
    assertEquals(show(await queue.receive(except)), "3 #3");
    assertEquals(queue.tryReceive(except), undefined);
    const waiting = queue.receive(except);
    await sleep(5);
    queue.sendSync(bytes("no"), { type: 1 });
    queue.sendSync(bytes("yes"), { type: 9 });
    assertEquals(show(await waiting), "9 yes");
    for (const type of [0, -1]) {
      assertThrows(
        () => queue.tryReceive({ type, except: true }),
        RangeError,
        "except",
      );
    }
  },
);

test(
  "SysvMessageQueue.receive() waits for its own type when others come",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    const waits = [5, -3, 7, 5].map((type) => queue.receive({ type }));
    await sleep(10);
    for (const [i, type] of [9, 7, 5, 2, 5].entries()) {
      queue.sendSync(bytes(`#${i}`), { type });
    }
    assertEquals(
      (await Promise.all(waits)).map(show),
      ["5 #2", "2 #3", "7 #1", "5 #4"],
    );
    assertEquals(drain(queue), ["9 #0"]);
  },
);

test("SysvMessageQueue takes the types that C's long has", {}, async (t) => {
  const queue = newSysvQueue(t);
  const types = [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 5, 2 ** 53 - 1];
  for (const type of types) {
    queue.sendSync(bytes("x"), { type });
    assertEquals(queue.tryReceive({ type: type === 1 ? 2 : 1 }), undefined);
    assertEquals(queue.receiveSync({ type }).type, type);
    queue.sendSync(new Uint8Array(0), { type });
    assertEquals((await queue.receive({ type: -type })).type, type);
  }
  const waiting = queue.receive();
  await sleep(5);
  queue.sendSync(new Uint8Array(0), { type: 2 ** 45 + 3 });
  assertEquals(await waiting, {
    message: new Uint8Array(0),
    type: 2 ** 45 + 3,
  });
});

test(
  "SysvMessageQueue.send() throws and sends nothing when the type is not above 0",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    for (const type of [0, -1, 0.5, NaN, 2 ** 53]) {
      const send = { type };
      assertThrows(() => queue.sendSync(bytes("x"), send), RangeError, "type");
      assertThrows(() => queue.trySend(bytes("x"), send), RangeError, "type");
      await assertRejects(() => queue.send(bytes("x"), send), RangeError);
    }
    for (const type of ["1", 1n, {}]) {
      assertThrows(
        () => queue.trySend(bytes("x"), { type: type as unknown as number }),
        TypeError,
      );
    }
    assertEquals(queue.stat().currentMessages, 0);
  },
);

test("SysvMessageQueue.receive() throws when the type is none", {}, (t) => {
  const queue = newSysvQueue(t);
  for (const type of [0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => queue.tryReceive({ type }), RangeError, "type");
  }
});

test("SysvMessageQueue passes messages of every size on", {}, async (t) => {
  const queue = newSysvQueue(t);
  for (const size of [0, 1, 3, 4, 7, 8, 64, 255, 256, 257, 4095, 4097, 8192]) {
    const message = crypto.getRandomValues(new Uint8Array(size));
    queue.sendSync(message);
    assertEquals(queue.receiveSync(), { message, type: 1 });
    await queue.send(message, { type: 2 });
    assertEquals(await queue.receive(), { message, type: 2 });
    const target = new Uint8Array(size + 1);
    queue.trySend(message.subarray(0));
    assertEquals(queue.receiveIntoSync(target), size);
    assertEquals(target.subarray(0, size), message);
  }
});

test("SysvMessageQueue.receive() hands out messages that stay", {}, (t) => {
  const queue = newSysvQueue(t);
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < 3000; i++) {
    queue.sendSync(bytes(`message ${i}`));
    kept.push(queue.receiveSync().message);
    // Who transfers one takes the memory of its neighbours away, no more.
    if (i % 500 === 499) structuredClone(0, { transfer: [kept[i]!.buffer] });
  }
  const texts = kept.map((message) => new TextDecoder().decode(message));
  for (const [i, text] of texts.entries()) {
    assert(text === `message ${i}` || text === "", `${i}: ${text}`);
  }
  assertEquals(texts.at(-2), "");
  assertNotEquals(texts[500 + 1], undefined);
});

test(
  "SysvMessageQueue.receiveInto() puts the message into the buffer and its type aside",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    assertEquals(queue.lastType, 0);
    const buffer = new Uint8Array(8).fill(0xff);
    const target = buffer.subarray(1, 7);
    queue.sendSync(bytes("abc"), { type: 5 });
    assertEquals([queue.receiveIntoSync(target), queue.lastType], [3, 5]);
    assertEquals([...buffer], [255, 97, 98, 99, 255, 255, 255, 255]);
    queue.sendSync(bytes("de"), { type: 6 });
    assertEquals(await queue.receiveInto(target, { type: 6 }), 2);
    assertEquals(queue.lastType, 6);
    const waiting = queue.receiveInto(target, { type: 7 });
    await sleep(5);
    queue.sendSync(bytes("fghijk"), { type: 7 });
    assertEquals([await waiting, queue.lastType], [6, 7]);
    assertEquals([...buffer], [255, 102, 103, 104, 105, 106, 107, 255]);
    assertEquals(queue.tryReceiveInto(target), undefined);
    queue.sendSync(new Uint8Array(0), { type: 8 });
    assertEquals([queue.tryReceiveInto(target), queue.lastType], [0, 8]);
    for (const wrong of ["x", new Uint16Array(4), null]) {
      assertThrows(
        () => queue.tryReceiveInto(wrong as unknown as Uint8Array),
        TypeError,
      );
    }
  },
);

test("SysvMessageQueue.send() throws when the message is no bytes", {}, (t) => {
  const queue = newSysvQueue(t);
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  for (const wrong of ["x", new ArrayBuffer(4), [1, 2], null, shared]) {
    assertThrows(
      () => queue.trySend(wrong as unknown as Uint8Array),
      TypeError,
    );
  }
});

test("SysvMessageQueue.peek() copies a message and leaves it", {
  ignore: notLinux,
}, (t) => {
  const queue = withTypes(t, 5, 6);
  assertEquals(show(queue.peek()), "5 #0");
  assertEquals(show(queue.peek(1)), "6 #1");
  assertEquals(queue.peek(2), undefined);
  assertEquals(queue.lastType, 0);
  assertEquals(drain(queue), ["5 #0", "6 #1"]);
  assertEquals(queue.peek(), undefined);
  for (const index of [-1, 0.5, NaN]) {
    assertThrows(() => queue.peek(index), RangeError, "index");
  }
  queue.remove();
  assertOsError(() => queue.peek(), Deno.errors.NotFound, "EIDRM");
});

test(
  "SysvMessageQueue yields messages as they come, until it is closed",
  {},
  async (t) => {
    const queue = newSysvQueue(t);
    using sender = openSysvMessageQueue(queue.key!);
    for (let i = 0; i < 300; i++) sender.sendSync(bytes(`${i}`));
    const texts: string[] = [];
    setTimeout(() => sender.sendSync(bytes("late")), 10);
    for await (const received of queue) {
      texts.push(show(received));
      if (texts.length === 301) setTimeout(() => queue.close(), 10);
    }
    assertEquals(texts.length, 301);
    assertEquals([texts[299], texts[300]], ["1 299", "1 late"]);
  },
);

test(
  "SysvMessageQueue.messages() yields those of a type, and gives up when it is aborted",
  {},
  async (t) => {
    const queue = withTypes(t, 1, 2, 1, 2);
    const { signal } = new AbortController();
    const got: string[] = [];
    for await (const each of queue.messages({ type: 2, signal })) {
      got.push(show(each));
      if (got.length === 2) break;
    }
    assertEquals(got, ["2 #1", "2 #3"]);
    const aborted = queue.messages({
      type: 2,
      signal: AbortSignal.timeout(10),
    });
    const error = await aborted.next().catch((reason) => reason);
    assertEquals(error.name, "TimeoutError");
    assertEquals(drain(queue), ["1 #0", "1 #2"]);
  },
);
