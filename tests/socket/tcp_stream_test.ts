import {
  connectTcp,
  openTcpListener,
  openTcpStream,
  receiveExactly,
  sendAll,
  serveConnections,
  TcpListener,
  TcpStream,
} from "@ipc/socket";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, fill, text } from "../pipe/_bytes.ts";
import { sleep, turn } from "../_util/wait.ts";
import { abortsAfter } from "./_deno.ts";
import { connectedOwn, listenOwn } from "./_own.ts";

const { BadResource, BrokenPipe, ConnectionReset, TimedOut } = Deno.errors;

test("a TcpStream carries bytes both ways, sync and async", {}, async (t) => {
  const [client, server] = connectedOwn(t);
  const buffer = new Uint8Array(64);
  client.writeSync(bytes("one"));
  assertEquals(text(buffer, server.readSync(buffer)), "one");
  const reading = client.read(buffer);
  await sleep(5);
  await server.write(bytes("two"));
  assertEquals(text(buffer, await reading), "two");
  assertEquals(server.tryRead(buffer), undefined);
  assertEquals([client.noDelay, client.keepAlive], [true, false]);
  assertEquals(server.noDelay, true);
});

test("a TcpStream tells both addresses, also when it is closed", {}, (t) => {
  const [client, server] = connectedOwn(t);
  assertEquals(client.localAddr, server.remoteAddr);
  client.close();
  assertEquals([client.fd, client.remoteAddr], [-1, server.localAddr]);
});

test("closeWrite() ends one direction, and then the other", {}, async (t) => {
  const [client, server] = connectedOwn(t);
  const buffer = new Uint8Array(8);
  client.writeSync(bytes("last"));
  client.closeWrite();
  assertEquals(await server.read(buffer), 4);
  assertEquals(await server.read(buffer), null);
  assertThrows(() => client.writeSync(bytes("more")), BadResource);
  server.writeSync(bytes("answer"));
  assertEquals(client.readSync(buffer), 6);
  server.closeWrite();
  assertEquals(client.readSync(buffer), null);
  client.closeWrite();
});

test("a TcpStream delivers what came before a reset, and then says so", {
  ignore: notLinux,
}, async (t) => {
  for (const way of ["sync", "async"]) {
    const [client, server] = connectedOwn(t);
    server.writeSync(bytes("unread"));
    client.writeSync(bytes("last words"));
    await sleep(5);
    client.close(); // what is not read makes a close a reset
    await sleep(5);
    const buffer = new Uint8Array(64);
    assertEquals(server.readSync(buffer), 10);
    if (way === "sync") {
      assertOsError(
        () => server.readSync(buffer),
        ConnectionReset,
        "ECONNRESET",
        "recv",
      );
    } else {
      await assertRejects(() => server.read(buffer), ConnectionReset);
    }
    assertEquals(server.readSync(buffer), null);
    assertOsError(() => server.writeSync(buffer), BrokenPipe, "EPIPE", "send");
  }
});

test(
  "a TcpStream that waits is told of a reset",
  { ignore: notLinux },
  async (t) => {
    const [client, server] = connectedOwn(t);
    server.writeSync(bytes("unread"));
    await sleep(5);
    const reading = server.read(new Uint8Array(8));
    await sleep(5);
    client.close();
    await assertRejects(() => reading, ConnectionReset);
  },
);

test("writes of a TcpStream wait for a slow reader", {}, async (t) => {
  const [client, server] = connectedOwn(t);
  const held = fill(client);
  assert(held < 20_000_000, `${held} bytes`);
  assertThrows(
    () => client.writeSync(new Uint8Array(1), { timeout: 10 }),
    TimedOut,
  );
  const writing = client.write(new Uint8Array(1), { timeout: 5000 });
  const buffer = new Uint8Array(1_000_000);
  let read = 0;
  while (read < held + 1) read += (await server.read(buffer))!;
  assertEquals([await writing, read], [1, held + 1]);
});

test("functions for connections take a TcpStream", {}, async () => {
  const listener = openTcpListener();
  await using server = serveConnections(
    listener,
    (connection) => connection.readable.pipeTo(connection.writable),
  );
  const client = await openTcpStream({ port: listener.addr.port });
  const echo = new Uint8Array(5);
  await assertRejects(
    () => receiveExactly(client, echo, { timeout: 5 }),
    TimedOut,
    "Cannot receive 5 bytes within 5 milliseconds",
  );
  await sendAll(client, bytes("hel"), { timeout: 5000 });
  await assertRejects(
    () => receiveExactly(client, echo, { timeout: 20 }),
    TimedOut,
  );
  await sendAll(client, bytes("lo"));
  assertEquals(await receiveExactly(client, echo, { timeout: 5000 }), 5);
  assertEquals(text(echo), "hello");
  assertEquals(server.connections, 1);
  client.close();
});

test(
  "closing a TcpStream rejects what waits, and may be repeated",
  {},
  async (t) => {
    const [client] = connectedOwn(t);
    fill(client);
    const waits = [
      client.read(new Uint8Array(1)),
      client.write(new Uint8Array(1)),
    ];
    const settled = Promise.allSettled(waits);
    await sleep(5);
    client.close();
    client.close();
    for (const wait of await settled) {
      assert(wait.status === "rejected" && wait.reason instanceof BadResource);
    }
    assertThrows(() => client.readSync(new Uint8Array(1)), BadResource);
    assertThrows(() => client.noDelay, BadResource);
    assertThrows(() => client.duplicate(), BadResource);
  },
);

test("an aborted read of a TcpStream loses nothing", {}, async (t) => {
  const [client, server] = connectedOwn(t);
  const { signal, reason } = abortsAfter(5);
  const buffer = new Uint8Array(8);
  const error = await assertRejects(() => server.read(buffer, { signal }));
  assertStrictEquals(error, reason);
  client.writeSync(bytes("here"));
  assertEquals(await server.read(buffer), 4);
});

test("reads of a TcpStream lose nothing in races with a signal", {
  deadline: 20_000,
}, async (t) => {
  const [client, server] = connectedOwn(t);
  const total = 4000;
  const record = new Uint32Array(1);
  const buffer = new Uint8Array(record.buffer);
  let given = 0;
  for (let i = 0; i < total; i++) {
    const abort = new AbortController();
    const read = server.read(buffer, { signal: abort.signal });
    if (i % 4 === 0) await turn();
    client.writeSync(new Uint8Array(Uint32Array.of(i).buffer));
    for (let turns = i % 5; turns > 0; turns--) await turn();
    abort.abort();
    const count = await read.catch(() => undefined);
    if (count === undefined) {
      given++;
      assertEquals(await server.read(buffer, { timeout: 5000 }), 4);
    }
    assertEquals(record[0], i);
  }
  assert(given > 0 && given < total, `${given}`);
});

test(
  "duplicate() keeps the connection until both are closed",
  {},
  async (t) => {
    const [client, server] = connectedOwn(t);
    const twin = server.duplicate();
    t.defer(() => twin.close());
    assert(twin.fd !== server.fd);
    server.close();
    client.writeSync(bytes("still"));
    const buffer = new Uint8Array(8);
    assertEquals(await twin.read(buffer), 5);
    twin.writeSync(bytes("here"));
    assertEquals(client.readSync(buffer), 4);
    twin.close();
    assertEquals(client.readSync(buffer), null);
  },
);

test("fromFd() takes over connections, and refuses what is none", {}, (t) => {
  const [client] = connectedOwn(t);
  const listener = listenOwn(t);
  const twin = client.duplicate();
  const taken = TcpStream.fromFd(twin.fd, { wait: "block" });
  assertEquals(taken.remoteAddr, client.remoteAddr);
  taken.close();
  const { fd } = listener;
  assertThrows(() => TcpStream.fromFd(fd), TypeError, "it listens");
  assertThrows(
    () => TcpListener.fromFd(client.fd),
    TypeError,
    "does not listen",
  );
  assertOsError(() => TcpStream.fromFd(0), Error, "ENOTSOCK");
  assertOsError(() => TcpStream.fromFd(999), BadResource, "EBADF");
  assertThrows(() => TcpStream.fromFd(-1), RangeError);
  assertThrows(
    () => TcpStream.fromFd(fd, { wait: "spin" as "block" }),
    TypeError,
  );
});

test("options can be set on a TcpStream", {}, (t) => {
  const [client] = connectedOwn(t);
  client.noDelay = false;
  client.keepAlive = true;
  assertEquals([client.noDelay, client.keepAlive], [false, true]);
});

test(
  "own sockets and Deno's talk to each other",
  { needs: ["net"] },
  async (t) => {
    const listener = listenOwn(t);
    using theirs = await connectTcp({ port: listener.addr.port });
    using ours = await listener.accept();
    await sendAll(theirs, bytes("hello"));
    const buffer = new Uint8Array(5);
    await receiveExactly(ours, buffer);
    assertEquals(text(buffer), "hello");
  },
);
