import { isOsError, openUdpSocket, UdpSocket } from "@ipc/socket";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { sleep } from "../_util/wait.ts";
import { abortsAfter } from "./_deno.ts";
import { listenOwn } from "./_own.ts";

const { AddrInUse, BadResource, ConnectionRefused, TimedOut } = Deno.errors;

for (const hostname of ["127.0.0.1", "::1", "localhost"]) {
  test(`UDP messages go there and back over ${hostname}`, {}, async () => {
    using server = openUdpSocket({ hostname });
    using client = openUdpSocket({ hostname });
    for (const message of ["", "one", "x".repeat(50_000)]) {
      await client.send(bytes(message), { to: server.localAddr });
      const got = await server.receive({ timeout: 5000 });
      assertEquals([text(got.message), got.address], [
        message,
        client.localAddr,
      ]);
      server.sendSync(bytes("got it"), { to: got.address });
      const buffer = new Uint8Array(64);
      assertEquals(client.receiveIntoSync(buffer, { timeout: 5000 }), 6);
      assertEquals(client.lastAddress, server.localAddr);
    }
  });
}

test("a UDP socket for both families reaches both", {}, () => {
  using both = openUdpSocket({ hostname: "::" });
  const { port } = both.localAddr;
  for (const hostname of ["127.0.0.1", "::1"]) {
    using client = openUdpSocket({ hostname });
    client.sendSync(bytes("hi"), { to: { hostname, port } });
    const { address } = both.receiveSync({ timeout: 5000 });
    both.sendSync(bytes("ho"), { to: address });
    assertEquals(client.receiveSync({ timeout: 5000 }).message.length, 2);
    // An address of IPv4 will do as well.
    both.sendSync(bytes("ho"), { to: client.localAddr });
    assertEquals(client.receiveSync({ timeout: 5000 }).address.port, port);
  }
  using one = openUdpSocket({ hostname: "::", dualStack: false });
  assertThrows(
    () => one.sendSync(bytes("hi"), { to: { hostname: "127.0.0.1", port } }),
    Error,
  );
});

test("a UDP socket sends to several others in turn", {}, () => {
  using socket = openUdpSocket();
  const others = [1, 2, 3].map(() => openUdpSocket());
  for (let i = 0; i < 9; i++) {
    const to = others[i % 3]!.localAddr;
    socket.sendSync(Uint8Array.of(i), { to });
  }
  const got = others.map((other) =>
    [1, 2, 3].map(() => other.receiveSync({ timeout: 5000 }).message[0])
  );
  assertEquals(got, [[0, 3, 6], [1, 4, 7], [2, 5, 8]]);
  for (const other of others) other.close();
});

test("received messages stay as they are", {}, () => {
  using socket = openUdpSocket();
  const to = socket.localAddr;
  const got = ["one", "three", "fourteen"].map((word) => {
    socket.sendSync(bytes(word), { to });
    return socket.receiveSync().message;
  });
  assertEquals(got.map((m) => text(m)), ["one", "three", "fourteen"]);
});

test("a connected UDP socket hears its other side alone", {}, async () => {
  using server = openUdpSocket();
  using client = openUdpSocket();
  using other = openUdpSocket();
  client.connect(server.localAddr);
  assertEquals(client.remoteAddr, server.localAddr);
  other.sendSync(bytes("intruder"), { to: client.localAddr });
  client.sendSync(bytes("hello"));
  assertEquals(server.receiveSync().address, client.localAddr);
  server.sendSync(bytes("you"), { to: client.localAddr });
  assertEquals(text((await client.receive()).message), "you");
  assertEquals(client.tryReceive(), undefined);
  client.disconnect();
  assertEquals(client.remoteAddr, undefined);
  other.sendSync(bytes("friend"), { to: client.localAddr });
  assertEquals(text(client.receiveSync({ timeout: 5000 }).message), "friend");
  const error = assertOsError(
    () => client.sendSync(bytes("to whom?")),
    Error,
    "EDESTADDRREQ",
  );
  assert(error.message.endsWith('say where "to", or connect it'));
});

test("a connected UDP socket is told that nobody is there", {
  ignore: notLinux,
}, async () => {
  using client = openUdpSocket();
  {
    using server = openUdpSocket();
    client.connect(server.localAddr);
  }
  client.sendSync(bytes("anybody?"));
  await assertRejects(
    () => client.receive({ timeout: 5000 }),
    ConnectionRefused,
  );
  client.sendSync(bytes("anybody?"));
  await sleep(5);
  assertOsError(
    () => client.sendSync(bytes("anybody?")),
    ConnectionRefused,
    "ECONNREFUSED",
    "send",
  );
  client.sendSync(bytes("anybody?"));
});

test("a UDP message that is too long is refused, with sizes", {
  ignore: notLinux,
}, async () => {
  for (
    const [hostname, most] of [["127.0.0.1", 65_507], ["::1", 65_527]] as const
  ) {
    using socket = openUdpSocket({ hostname });
    const to = socket.localAddr;
    socket.sendSync(new Uint8Array(most), { to });
    assertEquals(socket.receiveSync().message.byteLength, most);
    const error = assertOsError(
      () => socket.sendSync(new Uint8Array(most + 1), { to }),
      Error,
      "EMSGSIZE",
      "sendto",
    );
    assert(
      error.message.endsWith(
        `the message has ${most + 1} bytes, and one over this socket has ` +
          `at most ${most}`,
      ),
      error.message,
    );
    await assertRejects(
      () => socket.send(new Uint8Array(70_000), { to }),
      Error,
    );
  }
});

test("a UDP message that is cut off is reported, with sizes", {}, async () => {
  using socket = openUdpSocket();
  const to = socket.localAddr;
  const buffer = new Uint8Array(4);
  for (
    const receive of [
      () => socket.receiveInto(buffer),
      () => Promise.resolve().then(() => socket.receiveIntoSync(buffer)),
      () => Promise.resolve().then(() => socket.tryReceiveInto(buffer)),
    ]
  ) {
    socket.sendSync(bytes("too long"), { to });
    const error = await assertRejects(receive, Error);
    assert(isOsError(error, "EMSGSIZE"));
    assert(
      error.message.includes(
        "the message has 8 bytes, and there is room for 4",
      ),
    );
    assertEquals(socket.lastAddress, to);
    socket.sendSync(bytes("fits"), { to });
    assertEquals(socket.receiveIntoSync(buffer), 4);
  }
});

test(
  "receive() of a UDP socket waits, is given up, and is closed",
  {},
  async () => {
    using socket = openUdpSocket();
    const to = socket.localAddr;
    assertEquals(socket.tryReceive(), undefined);
    assertEquals(socket.tryReceiveInto(new Uint8Array(1)), undefined);
    assertThrows(() => socket.receiveSync({ timeout: 5 }), TimedOut);
    await assertRejects(() => socket.receive({ timeout: 5 }), TimedOut);
    const { signal, reason } = abortsAfter(5);
    assertStrictEquals(
      await assertRejects(() => socket.receive({ signal })),
      reason,
    );
    const waiting = [socket.receive(), socket.receive()];
    await sleep(2);
    assertEquals(socket.trySend(bytes("a"), { to }), true);
    await socket.send(bytes("b"), { to });
    const words = await Promise.all(waiting);
    assertEquals(words.map(({ message }) => text(message)), ["a", "b"]);
    const pending = socket.receive();
    await sleep(2);
    socket.close();
    socket.close();
    await assertRejects(() => pending, BadResource);
    assertThrows(() => socket.sendSync(bytes("a"), { to }), BadResource);
    assertThrows(() => socket.ttl, BadResource);
    assertEquals(socket.fd, -1);
  },
);

test("receive() of a UDP socket loses nothing in races with a signal", {
  deadline: 20_000,
}, async () => {
  using socket = openUdpSocket();
  const to = socket.localAddr;
  let given = 0;
  for (let i = 0; i < 3000; i++) {
    const abort = new AbortController();
    const receiving = socket.receive({ signal: abort.signal });
    socket.sendSync(new Uint8Array(Uint32Array.of(i).buffer), { to });
    for (let turns = i % 4; turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    abort.abort();
    const got = await receiving.catch(() => (given++, socket.receiveSync()));
    const { buffer, byteOffset } = got.message;
    assertEquals(new DataView(buffer).getUint32(byteOffset, true), i);
  }
  assert(given > 0, `${given}`);
});

test("a UDP socket can be iterated until it is closed", {}, async () => {
  using socket = openUdpSocket();
  const to = socket.localAddr;
  for (const word of ["a", "b", "c"]) socket.sendSync(bytes(word), { to });
  const words: string[] = [];
  for await (const { message } of socket) {
    words.push(text(message));
    if (words.length === 3) setTimeout(() => socket.close(), 2);
  }
  assertEquals(words, ["a", "b", "c"]);
});

test(
  "openUdpSocket() says that the port is in use, or lets it be shared",
  {},
  () => {
    using first = openUdpSocket();
    const { port } = first.localAddr;
    const error = assertOsError(
      () => openUdpSocket({ port }),
      AddrInUse,
      "EADDRINUSE",
    );
    assert(
      error.message.startsWith(
        `Cannot open a UDP socket at 127.0.0.1:${port}: `,
      ),
    );
    using shared = openUdpSocket({ reusePort: true });
    openUdpSocket({ reusePort: true, port: shared.localAddr.port }).close();
    assertThrows(() => openUdpSocket({ port: 70_000 }), RangeError);
  },
);

test("a UDP socket can be duplicated and taken over", {}, (t) => {
  using socket = openUdpSocket();
  const to = socket.localAddr;
  const twin = UdpSocket.fromFd(socket.duplicate().fd);
  assertEquals(twin.localAddr, to);
  twin.sendSync(bytes("hi"), { to });
  assertEquals(twin.receiveSync().address, to);
  twin.close();
  assertEquals(socket.trySend(bytes("hi"), { to }), true);
  const listener = listenOwn(t);
  assertThrows(() => UdpSocket.fromFd(listener.fd), TypeError, "another kind");
});
