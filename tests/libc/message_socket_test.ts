import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AF_UNIX, bind, socket } from "../../libc/socket.ts";
import { abstractAddress, pathAddress } from "../../libc/un.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { MessageEnd, messagePair } from "./_sockets.ts";
import { without } from "./_without.ts";

const { BadResource, ConnectionRefused, TimedOut } = Deno.errors;
const DGRAM = 2;
const SEQPACKET = 5;

function received(result: unknown): string {
  return text((result as { message: Uint8Array }).message);
}

for (
  const missing of [[], ["messageSizes", "dontWaitSends", "epoll"]] as const
) {
  const how = missing.length === 0 ? "" : ` without ${missing.join(", ")}`;

  for (const type of [DGRAM, SEQPACKET]) {
    test(`messages keep their boundaries in type ${type}${how}`, {
      ignore: type === SEQPACKET && notLinux,
    }, async (t) => {
      without(t, ...missing);
      const [a, b] = messagePair(type);
      using _a = a;
      using _b = b;
      for (const word of ["one", "two"]) {
        a.sender.runSync(bytes(word), undefined, undefined);
      }
      assertEquals(received(b.receiver.runSync(null, undefined)), "one");
      assertEquals(received(await b.receiver.run(null, undefined)), "two");
      assertEquals(b.receiver.runNow(null), undefined);
      const waiting = b.receiver.run(null, undefined);
      assert(await isPending(waiting));
      await a.sender.run({ message: bytes("three") }, undefined);
      assertEquals(received(await waiting), "three");
      await assertRejects(() => b.receiver.run(null, { timeout: 1 }), TimedOut);
      const pending = b.receiver.run(null, undefined);
      b.close();
      await assertRejects(() => pending, BadResource);
      await turns(3);
    });

    test(`a message that does not fit is reported in type ${type}${how}`, {
      ignore: type === SEQPACKET && notLinux,
    }, (t) => {
      without(t, ...missing);
      const [a, b] = messagePair(type, 8);
      using _a = a;
      using _b = b;
      for (const target of [null, new Uint8Array(4)]) {
        a.sender.runSync(new Uint8Array(9), undefined, undefined);
        const error = assertOsError(
          () => b.receiver.runSync(target, undefined),
          Error,
          "EMSGSIZE",
        );
        assert(
          error.message.includes(target === null ? "room for 8" : "room for 4"),
        );
        const size = missing.length === 0 ? "has 9 bytes" : "has more";
        assert(error.message.includes(size), error.message);
      }
      a.sender.runSync(new Uint8Array(8), undefined, undefined);
      assertEquals(b.receiver.runSync(new Uint8Array(8), undefined), 8);
    });
  }

  test(
    `a seqpacket connection has an end${how}`,
    { ignore: notLinux },
    async (t) => {
      without(t, ...missing);
      const [a, b] = messagePair(SEQPACKET);
      using _b = b;
      a.sender.runSync(new Uint8Array(0), undefined, undefined);
      assertEquals(received(b.receiver.runSync(null, undefined)), "");
      a.sender.runSync(bytes("last"), undefined, undefined);
      a.close();
      assertEquals(received(b.receiver.runSync(null, undefined)), "last");
      assertEquals(b.receiver.runSync(null, undefined), null);
      assertEquals(await b.receiver.run(null, undefined), null);
    },
  );
}

test("a message that is too long says both sizes", {}, () => {
  const [a, b] = messagePair(DGRAM);
  using _a = a;
  using _b = b;
  const error = assertOsError(
    () => a.sender.runSync(new Uint8Array(10_000_000), undefined, undefined),
    Error,
    "EMSGSIZE",
    "send",
  );
  assert(
    /has 10000000 bytes.*SO_SNDBUF.*holds \d+/.test(error.message),
    error.message,
  );
});

for (const missing of [[], ["datagramRoom"]] as const) {
  test(
    `a message to a full queue waits for room${
      missing.length ? " without datagramRoom" : ""
    }`,
    {
      ignore: notLinux,
    },
    async (t) => {
      without(t, ...missing);
      const address = abstractAddress(bytes(crypto.randomUUID()));
      const bound = socket(AF_UNIX, DGRAM);
      bind(bound, address, "bind");
      using receiver = new MessageEnd(bound, false);
      using sender = new MessageEnd(socket(AF_UNIX, DGRAM), false);
      let sent = 0;
      while (
        sender.sender.runNow({ message: Uint8Array.of(sent), address })
      ) sent++;
      assert(sent > 0);
      assertThrows(
        () => sender.sender.runSync(new Uint8Array(1), address, { timeout: 5 }),
        TimedOut,
      );
      const sending = sender.sender.run({
        message: Uint8Array.of(sent),
        address,
      }, undefined);
      assert(await isPending(sending));
      for (let i = 0; i <= sent; i++) {
        const result = await receiver.receiver.run(null, { timeout: 5000 });
        assertEquals(
          (result as { message: Uint8Array }).message,
          Uint8Array.of(i),
        );
      }
      await sending;
      receiver.close();
      const error = assertOsError(
        () => sender.sender.runSync(new Uint8Array(1), address, undefined),
        ConnectionRefused,
        "ECONNREFUSED",
        "sendto",
      );
      assert(error.message.startsWith("Cannot send from socket to "));
      await turns(3);
    },
  );
}

test("a message to no socket fails with the path", {}, () => {
  using end = new MessageEnd(socket(AF_UNIX, DGRAM), false);
  assertOsError(
    () =>
      end.sender.runSync(
        bytes("x"),
        pathAddress(bytes("/nowhere/x")),
        undefined,
      ),
    Deno.errors.NotFound,
    "ENOENT",
  );
});
