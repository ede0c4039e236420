import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  openUnixDatagram,
  openUnixSeqpacket,
  openUnixSeqpacketListener,
  openUnixSeqpacketSync,
  socketpair,
  UnixDatagram,
  UnixSeqpacket,
  UnixSeqpacketListener,
} from "@ipc/unix";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { modeOf, namesIn } from "./_sockets.ts";

const { AddrInUse, BadResource, BrokenPipe, ConnectionRefused } = Deno.errors;
const { NotFound, NotSupported, TimedOut } = Deno.errors;
const needs = ["read", "write"] as const;

function name(): string {
  return `\0t ${crypto.randomUUID()}`;
}

test(
  "UnixDatagram sends to addresses, and says from where",
  { needs },
  async (t) => {
    const folder = t.folder();
    using kitchen = openUnixDatagram(`${folder}/kitchen`, { mode: 0o620 });
    using waiter = openUnixDatagram(`${folder}/waiter`);
    using guest = openUnixDatagram(null);
    assertEquals(modeOf(`${folder}/kitchen`), 0o620);
    assertEquals(modeOf(`${folder}/waiter`), 0o600);
    const to = `${folder}/kitchen`;
    await waiter.send(bytes("one"), { to });
    guest.sendSync(bytes("two"), { to });
    assert(waiter.trySend(bytes(""), { to }));
    assertEquals(await kitchen.receive(), {
      message: bytes("one"),
      address: `${folder}/waiter`,
    });
    assertEquals(kitchen.receiveSync(), {
      message: bytes("two"),
      address: null,
    });
    const buffer = new Uint8Array(8);
    assertEquals(kitchen.receiveIntoSync(buffer), 0);
    assertEquals(kitchen.lastAddress, `${folder}/waiter`);
    assertEquals(kitchen.tryReceive(), undefined);
    assertEquals(kitchen.tryReceiveInto(buffer), undefined);
    kitchen.sendSync(bytes("done"), { to: `${folder}/waiter` });
    assertEquals(text((await waiter.receive()).message), "done");
    assertEquals(kitchen.localAddr, { transport: "unixpacket", path: to });
    assertEquals(kitchen.remoteAddr, null);
    assertEquals(guest.localAddr.path as string | null, null);
    kitchen.close();
    assertEquals(namesIn(folder), ["waiter"]);
    await assertRejects(() => guest.send(bytes("x"), { to }), NotFound);
    assertThrows(() => guest.sendSync(bytes("x")), Error, "Cannot send to");
  },
);

test("UnixDatagram reclaims a path as listeners do", { needs }, (t) => {
  const path = `${t.folder()}/log`;
  using first = openUnixDatagram(path);
  assertThrows(() => openUnixDatagram(path), AddrInUse, "a process has");
  const copy = first.duplicate();
  // The file stays: somebody removed the name of the socket's owner.
  Deno.renameSync(path, `${path}2`);
  first.close();
  Deno.renameSync(`${path}2`, path);
  assertThrows(() => openUnixDatagram(path), AddrInUse);
  copy.close();
  using second = openUnixDatagram(path);
  using client = openUnixDatagram(null, { connect: path });
  assertEquals(client.remoteAddr, { transport: "unixpacket", path });
  client.sendSync(bytes("x"));
  assertEquals(second.receiveSync().message, bytes("x"));
  second.close();
  assertThrows(() => client.sendSync(bytes("x")), ConnectionRefused);
});

test("openUnixDatagram() says what it cannot connect to", { needs }, (t) => {
  const folder = t.folder();
  const connect = `${folder}/none`;
  assertThrows(() => openUnixDatagram(null, { connect }), NotFound);
  assertThrows(() => openUnixDatagram(`${folder}/own`, { connect }), NotFound);
  assertEquals(namesIn(folder), []);
  assertThrows(() => openUnixDatagram(null, { connect: "" }), TypeError);
  assertThrows(() => openUnixDatagram(""), TypeError, "is empty");
});

for (const type of ["datagram", "seqpacket"] as const) {
  const options = { ignore: type === "seqpacket" && notLinux };

  test(`messages of a ${type} pair are whole`, options, async () => {
    const [a, b] = socketpair({ type });
    for (let i = 1; i < 200; i += 7) {
      await a.send(new Uint8Array(i).fill(i));
      a.sendSync(new Uint8Array(i).fill(i));
      for (const got of [await b.receive(), b.receiveSync()]) {
        const message = got instanceof Uint8Array ? got : got!.message;
        assertEquals(message, new Uint8Array(i).fill(i));
      }
    }
    // What is handed out is the receiver's, and stays as it is.
    a.sendSync(bytes("first"));
    const kept = b.receiveSync()!;
    a.sendSync(bytes("other"));
    b.receiveSync();
    assertEquals(
      text(kept instanceof Uint8Array ? kept : kept.message),
      "first",
    );
    assertThrows(() => b.receiveSync({ timeout: 1 }), TimedOut);
    await assertRejects(() => b.receive({ timeout: 1 }), TimedOut);
    const abort = new AbortController();
    const aborted = b.receive({ signal: abort.signal });
    const pending = b.receive();
    abort.abort("enough");
    assertEquals(await aborted.catch((reason) => reason), "enough");
    a.trySend(bytes("for the second"));
    const got = await pending;
    assertEquals(
      text(got instanceof Uint8Array ? got : got!.message),
      "for the second",
    );
    const waits = [b.receive(), b.receiveInto(new Uint8Array(1))];
    b.close();
    b.close();
    for (const wait of waits) await assertRejects(() => wait, BadResource);
    assertThrows(() => b.sendSync(bytes("x")), BadResource);
    assertThrows(() => b.tryReceive(), BadResource);
    a.close();
  });

  test(
    `messages of a ${type} pair that do not fit are reported`,
    options,
    () => {
      const [a, b] = socketpair({ type });
      const sent = assertOsError(
        () => a.sendSync(new Uint8Array(2 ** 22)),
        Error,
        "EMSGSIZE",
      );
      assert(
        /the message has 4194304 bytes, and .* holds \d+$/.test(sent.message),
        sent.message,
      );
      a.sendSync(bytes("0123456789"));
      const cut = assertOsError(
        () => b.receiveIntoSync(new Uint8Array(4)),
        Error,
        "EMSGSIZE",
      );
      assert(
        cut.message.includes("has 10 bytes, and there is room for 4"),
        cut.message,
      );
      assertEquals(b.tryReceiveInto(new Uint8Array(4)), undefined);
      const largest = new Uint8Array(200_000).fill(7);
      a.sendSync(largest);
      const got = b.receiveSync()!;
      assertEquals(got instanceof Uint8Array ? got : got.message, largest);
      a.close();
      b.close();
    },
  );

  test(`send() of a ${type} pair waits for room`, options, async () => {
    const [a, b] = socketpair({ type });
    let sent = 0;
    while (a.trySend(Uint8Array.of(sent & 255))) sent++;
    assertThrows(() => a.sendSync(bytes("x"), { timeout: 1 }), TimedOut);
    const sending = a.send(Uint8Array.of(sent & 255));
    assert(await isPending(sending));
    for (let i = 0; i <= sent; i++) {
      const got = (await b.receive({ timeout: 5000 }))!;
      assertEquals((got instanceof Uint8Array ? got : got.message)[0], i & 255);
    }
    await sending;
    a.close();
    b.close();
  });

  test(
    `receive() of a ${type} pair loses nothing in 3000 races of an abort`,
    options,
    async () => {
      const [a, b] = socketpair({ type, wait: "block" });
      const bytesOf = (got: unknown) =>
        got instanceof Uint8Array
          ? got
          : (got as { message: Uint8Array }).message;
      let next = 0;
      let aborted = 0;
      for (let i = 0; i < 3000; i++) {
        const abort = new AbortController();
        const receiving = b.receive({ signal: abort.signal });
        receiving.catch(() => {});
        if (i % 3 === 0) abort.abort();
        a.sendSync(Uint8Array.of(i));
        if (i % 50 === 0) await turns(1);
        abort.abort();
        try {
          assertEquals(bytesOf(await receiving)[0], next++ & 255);
        } catch {
          aborted++;
          assertEquals(bytesOf(b.receiveSync())[0], next++ & 255);
        }
      }
      assertEquals(next, 3000);
      assert(aborted > 300 && aborted < 3000, `${aborted}`);
      a.close();
      b.close();
    },
  );
}

test("UnixSeqpacket has an end, and keeps the other direction", {
  ignore: notLinux,
}, async () => {
  const path = name();
  using listener = openUnixSeqpacketListener(path);
  using client = await openUnixSeqpacket(path);
  using other = openUnixSeqpacketSync(path);
  using server = await listener.accept();
  using second = listener.acceptSync();
  assertEquals(client.remoteAddr.path, path);
  assertEquals(server.peerCredentials.pid, Deno.pid);
  client.sendSync(bytes("one"));
  client.sendSync(bytes("two"));
  client.closeWrite();
  const got: string[] = [];
  for await (const message of server) got.push(text(message));
  assertEquals(got, ["one", "two"]);
  server.sendSync(bytes("answer"));
  assertEquals(text(client.receiveSync()!), "answer");
  assertThrows(() => client.sendSync(bytes("x")), BadResource);
  assertThrows(() => server.sendSync(new Uint8Array(0)), RangeError);
  await assertRejects(() => server.send(new Uint8Array(0)), RangeError);
  server.close();
  assertEquals(await client.receive(), null);
  assertEquals(client.tryReceive(), null);
  assertEquals(client.receiveIntoSync(new Uint8Array(3)), null);
  other.close();
  assertThrows(() => second.sendSync(bytes("x")), BrokenPipe);
  assertEquals(await second.receiveInto(new Uint8Array(3)), null);
});

test("fromFd() of message sockets takes only what it is said to be", {
  ignore: notLinux,
}, () => {
  const [a, b] = socketpair({ type: "datagram" });
  const [c, d] = socketpair({ type: "seqpacket" });
  assertThrows(() => UnixSeqpacket.fromFd(a.fd), TypeError, "type datagram");
  assertThrows(() => UnixDatagram.fromFd(c.fd), TypeError, "type seqpacket");
  assertThrows(() => UnixSeqpacketListener.fromFd(c.fd), TypeError, "listen");
  const copy = a.duplicate();
  const taken = UnixDatagram.fromFd(copy.fd);
  taken.sendSync(bytes("x"));
  assertEquals(b.receiveSync().message, bytes("x"));
  for (const end of [a, b, c, d, taken]) end.close();
});

test("socketpair() refuses types that there are not", {}, () => {
  for (const type of ["raw", "rdm"] as unknown as "stream"[]) {
    const error = assertThrows(() => socketpair({ type }), NotSupported);
    assert(error.message.includes('ask for "datagram"'), error.message);
  }
  assertThrows(() => socketpair({ type: "x" as "stream" }), TypeError);
  assertThrows(() => socketpair({ type: "toString" as "stream" }), TypeError);
  assertThrows(() => socketpair({ wait: "x" as "block" }), TypeError);
});

test(
  "addresses that are no UTF-8 can be answered",
  { ignore: notLinux },
  () => {
    const odd = `${name()}\udcff\udc80é`;
    using one = openUnixDatagram(odd);
    using other = openUnixDatagram(name());
    one.sendSync(bytes("x"), { to: other.localAddr.path });
    const { address } = other.receiveSync();
    assertEquals(address, odd.replace("é", "\udcc3\udca9"));
    other.sendSync(bytes("answer"), { to: address! });
    assertEquals(text(one.receiveSync().message), "answer");
  },
);
