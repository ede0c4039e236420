import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Acceptor } from "../../libc/acceptor.ts";
import { osError } from "../../libc/error.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { decodeInternetAddress, encodeInternetAddress } from "../../libc/in.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  bind,
  listen,
  peerName,
  SOCK_STREAM,
  socket,
  socketName,
} from "../../libc/socket.ts";
import { connectSocket, connectSocketSync } from "../../libc/socket_connect.ts";
import { abstractAddress, decodeUnixAddress } from "../../libc/un.ts";
import { close } from "../../libc/unistd.ts";
import { notLinux, test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { without } from "./_without.ts";

const { AddrInUse, BadResource, ConnectionRefused, TimedOut } = Deno.errors;

function connecting(address: Uint8Array<ArrayBuffer>, family: number) {
  return {
    fd: socket(family, SOCK_STREAM, 0, { nonblocking: true }),
    address,
    action: "connect",
    fail: (number: number) => osError(number, "connect", "connect"),
  };
}

for (const family of [AF_INET, AF_INET6]) {
  for (const missing of [[], ["accept4", "socketFlags", "epoll"]] as const) {
    test(
      `connectSocket() and Acceptor meet in family ${family} ${missing}`,
      {},
      async (t) => {
        without(t, ...missing);
        const hostname = family === AF_INET ? "127.0.0.1" : "::1";
        const fd = socket(family, SOCK_STREAM);
        bind(fd, encodeInternetAddress({ hostname, port: 0 })!, "bind");
        listen(fd, 8, "listen");
        const acceptor = new Acceptor(fd, "accept", "adaptive");
        const name = socketName(fd);
        const { port } = decodeInternetAddress(name)!;
        assert(port > 0);
        assertEquals(acceptor.runNow(), undefined);
        assertThrows(() => acceptor.runSync({ timeout: 1 }), TimedOut);
        const accepting = acceptor.run();
        assert(await isPending(accepting));
        const one = connecting(name, family);
        await connectSocket(one);
        const two = connecting(name, family);
        connectSocketSync(two);
        const accepted = [await accepting, acceptor.runSync()];
        assertEquals(decodeInternetAddress(peerName(one.fd)!), {
          hostname,
          port,
        });
        assertEquals(peerName(accepted[0]!), socketName(one.fd));
        const other = socket(family, SOCK_STREAM);
        assertThrows(() => bind(other, name, "bind"), AddrInUse);
        const pending = acceptor.run();
        acceptor.close();
        await assertRejects(() => pending, BadResource);
        // Without epoll, a thread has to wake to let go of it.
        await turns(5);
        const refused = connecting(name, family);
        await assertRejects(() => connectSocket(refused), ConnectionRefused);
        close(refused.fd);
        for (const fd of [one.fd, two.fd, other, ...accepted]) close(fd);
        await turns(5);
      },
    );
  }
}

test("encodeInternetAddress() knows what is no address", {}, () => {
  for (
    const hostname of ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "1:2"]
  ) {
    assertEquals(encodeInternetAddress({ hostname, port: 1 }), undefined);
  }
  const address = { hostname: "fe80::1", port: 65_535, scopeId: 7 };
  assertEquals(decodeInternetAddress(encodeInternetAddress(address)!), address);
  assertEquals(decodeInternetAddress(new Uint8Array(2)), undefined);
});

test("connectSocket() waits for a full queue, and gives up", {
  ignore: notLinux,
}, async () => {
  const name = bytes(crypto.randomUUID());
  using server = new FileDescriptor(socket(AF_UNIX, SOCK_STREAM));
  bind(server.fd, abstractAddress(name), "bind");
  listen(server.fd, 0, "listen");
  assertEquals(
    text(decodeUnixAddress(socketName(server.fd))!.bytes),
    text(name),
  );
  const clients = Array.from(
    { length: 3 },
    () => connecting(abstractAddress(name), AF_UNIX),
  );
  connectSocketSync(clients[0]!);
  assertThrows(() => connectSocketSync(clients[1]!, { timeout: 5 }), TimedOut);
  await assertRejects(
    () => connectSocket(clients[1]!, { timeout: 5 }),
    TimedOut,
  );
  await assertRejects(
    () => connectSocket(clients[1]!, { timeout: 0 }),
    TimedOut,
  );
  const abort = new AbortController();
  const aborted = connectSocket(clients[1]!, { signal: abort.signal });
  aborted.catch(() => {});
  const waiting = connectSocket(clients[2]!);
  await turns(3);
  abort.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  const acceptor = new Acceptor(server.fd, "accept", "block");
  close(await acceptor.run());
  await waiting;
  for (const { fd } of clients) close(fd);
});
