import {
  openSocket,
  openTcpListener,
  openTcpStream,
  openTcpStreamSync,
  resolveHost,
  resolveHostSync,
} from "@ipc/socket";
import type { OpenTcpStreamOptions } from "@ipc/socket";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { abortsAfter } from "./_deno.ts";
import { listenOwn } from "./_own.ts";

const { AddrInUse, AddrNotAvailable, BadResource } = Deno.errors;
const { ConnectionRefused, NotFound, TimedOut } = Deno.errors;

/** Connects in either way. */
const ways = {
  openTcpStream,
  openTcpStreamSync: (options: OpenTcpStreamOptions) =>
    Promise.resolve().then(() => openTcpStreamSync(options)),
};

/** A port where nobody listens, for a while at least. */
function freePort(): number {
  using listener = openTcpListener();
  return listener.addr.port;
}

/** A port that lets nobody in, because its queue is full. */
function fullPort(defer: (undo: () => void) => void): number {
  const listener = openTcpListener({ backlog: 1 });
  defer(() => listener.close());
  const { port } = listener.addr;
  for (let i = 0; i < 2; i++) {
    const stream = openTcpStreamSync({ port });
    defer(() => stream.close());
  }
  return port;
}

for (const [name, open] of Object.entries(ways)) {
  test(`${name}() connects by address and by name`, {}, async () => {
    using listener = openTcpListener({ hostname: "::" });
    const { port } = listener.addr;
    for (const hostname of ["127.0.0.1", "::1", "[::1]", "localhost"]) {
      using client = await open({ hostname, port });
      using server = await listener.accept();
      assertEquals(server.remoteAddr.port, client.localAddr.port);
    }
  });

  test(`${name}() says who refused it`, {}, async () => {
    const port = freePort();
    const error = await assertRejects(
      () => open({ port }),
      ConnectionRefused,
      `Cannot connect to 127.0.0.1:${port}: Connection refused (os error`,
    );
    assertEquals(error.message.includes("111") || !notLinux, true);
  });

  test(`${name}() says which name is unknown`, {}, async () => {
    await assertRejects(
      () => open({ hostname: "no such name", port: 1 }),
      NotFound,
      'Cannot look up "no such name": ',
    );
  });

  test(
    `${name}() gives up after a timeout`,
    { ignore: notLinux },
    async (t) => {
      const port = fullPort((undo) => t.defer(undo));
      await assertRejects(
        () => open({ port, timeout: 20 }),
        TimedOut,
        `Cannot connect to 127.0.0.1:${port} within 20 milliseconds`,
      );
    },
  );

  test(`${name}() stops to wait for a listener`, {}, async () => {
    await assertRejects(
      () => open({ port: freePort(), untilListening: true, timeout: 20 }),
      TimedOut,
      "within 20 milliseconds",
    );
  });

  for (const port of [0, 65_536, NaN, 1.5]) {
    test(`${name}() refuses port ${port}`, {}, async () => {
      await assertRejects(() => open({ port }), RangeError, "Cannot use port");
    });
  }

  test(`${name}() refuses what is no hostname`, {}, async () => {
    for (const hostname of ["", 7 as unknown as string, "a\0b"]) {
      await assertRejects(() => open({ hostname, port: 1 }), TypeError);
    }
  });
}

test("openTcpStream() waits until somebody listens", {}, async () => {
  const port = freePort();
  const opening = openTcpStream({ port, untilListening: true, timeout: 5000 });
  await sleep(20);
  using _listener = openTcpListener({ port });
  (await opening).close();
});

test(
  "openTcpStream() gives up when it is aborted",
  { ignore: notLinux },
  async (t) => {
    const port = fullPort((undo) => t.defer(undo));
    const { signal, reason } = abortsAfter(10);
    const error = await assertRejects(() => openTcpStream({ port, signal }));
    assertStrictEquals(error, reason);
  },
);

test("openTcpListener() says that the port is in use", {}, (t) => {
  const { addr: { port } } = listenOwn(t);
  const error = assertOsError(
    () => openTcpListener({ port }),
    AddrInUse,
    "EADDRINUSE",
  );
  assert(
    error.message.startsWith(`Cannot listen at 127.0.0.1:${port}: `),
    error.message,
  );
});

test("openTcpListener() refuses addresses of others", {}, () => {
  assertOsError(
    () => openTcpListener({ hostname: "192.0.2.1" }),
    AddrNotAvailable,
    "EADDRNOTAVAIL",
  );
  assertThrows(() => openTcpListener({ backlog: 0 }), RangeError);
  assertThrows(() => openTcpListener({ port: -1 }), RangeError);
});

test("openTcpListener() takes a port again that was just in use", {}, () => {
  let port = 0;
  for (let i = 0; i < 3; i++) {
    using listener = openTcpListener({ port });
    port = listener.addr.port;
    using client = openTcpStreamSync({ port });
    using server = listener.acceptSync();
    server.close(); // this side has to wait for what is on its way
    assertEquals(client.readSync(new Uint8Array(1)), null);
  }
});

test("openTcpListener() shares a port that all want to share", {
  ignore: notLinux,
}, () => {
  using first = openTcpListener({ reusePort: true });
  const { port } = first.addr;
  using second = openTcpListener({ reusePort: true, port });
  assertThrows(() => openTcpListener({ port }), AddrInUse);
  const accepted = [0, 0];
  for (let i = 0; i < 40; i++) {
    using _client = openTcpStreamSync({ port });
    for (const [index, listener] of [first, second].entries()) {
      const server = listener.tryAccept();
      if (server !== undefined) accepted[index]!++;
      server?.close();
    }
  }
  assertEquals(accepted[0]! + accepted[1]!, 40);
  assert(accepted.every((count) => count > 0), `${accepted}`);
});

test("openTcpListener() takes IPv6 alone if it is told to", {}, () => {
  using listener = openTcpListener({ hostname: "::", dualStack: false });
  const { port } = listener.addr;
  assertThrows(() => openTcpStreamSync({ port }), ConnectionRefused);
  openTcpStreamSync({ hostname: "::1", port }).close();
});

test("accept() waits, is given up, and is closed", {}, async (t) => {
  const listener = listenOwn(t);
  assertEquals(listener.tryAccept(), undefined);
  assertThrows(() => listener.acceptSync({ timeout: 5 }), TimedOut);
  await assertRejects(
    () => listener.accept({ timeout: 5 }),
    TimedOut,
    "Cannot accept a connection at 127.0.0.1:",
  );
  const { signal, reason } = abortsAfter(5);
  const error = await assertRejects(() => listener.accept({ signal }));
  assertStrictEquals(error, reason);
  const accepting = listener.accept();
  const client = openTcpStreamSync({ port: listener.addr.port });
  const server = await accepting;
  assertEquals(server.remoteAddr, client.localAddr);
  server.close();
  client.close();
  const pending = listener.accept();
  await sleep(2);
  listener.close();
  await assertRejects(() => pending, BadResource);
  assertThrows(() => listener.acceptSync(), BadResource);
  assertEquals(listener.fd, -1);
});

test("a TcpListener can be iterated until it is closed", {}, async (t) => {
  const listener = listenOwn(t);
  const { port } = listener.addr;
  const clients = [1, 2, 3].map(() => openTcpStreamSync({ port }));
  let count = 0;
  for await (const server of listener) {
    server.close();
    if (++count === 3) setTimeout(() => listener.close(), 2);
  }
  assertEquals(count, 3);
  for (const client of clients) client.close();
});

test("a connection that was aborted before it was accepted is no error", {
  ignore: notLinux,
}, async (t) => {
  const listener = listenOwn(t);
  const client = openTcpStreamSync({ port: listener.addr.port });
  using twin = client.duplicate();
  twin.writeSync(new Uint8Array(4));
  client.close();
  twin.close();
  using server = await listener.accept({ timeout: 5000 });
  assertEquals(await server.read(new Uint8Array(8)), 4);
  assertEquals(await server.read(new Uint8Array(8)), null);
});

test(
  "openSocket() opens what there is, and says why the rest is not",
  {},
  (t) => {
    const { addr: { port } } = listenOwn(t);
    openSocket("stream", { port }).close();
    openSocket("datagram").close();
    for (const type of ["raw", "rdm", "seqpacket"] as const) {
      assertThrows(
        () => openSocket(type),
        Deno.errors.NotSupported,
        `Cannot open a socket of type "${type}": `,
      );
    }
    assertThrows(() => openSocket("packet" as "raw"), TypeError);
  },
);

test("resolveHost() knows this machine without a network", {}, async () => {
  assertEquals(await resolveHost("localhost", { family: "inet" }), [
    "127.0.0.1",
  ]);
  assertEquals(resolveHostSync("::1"), ["::1"]);
  assertEquals(resolveHostSync("[::1]", { family: "inet6" }), ["::1"]);
  assertThrows(() => resolveHostSync("::1", { family: "inet" }), Error);
  await assertRejects(() => resolveHost("no such name"), NotFound);
  assertThrows(
    () => resolveHostSync("localhost", { family: "unix" as "inet" }),
    TypeError,
    'Cannot use family "unix"',
  );
  const reason = new Error("no");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(
    await resolveHost("localhost", { signal }).catch((error) => error),
    reason,
  );
});
