import { assert, assertEquals, assertThrows } from "@std/assert";
import { pipe } from "@ipc/pipe";
import {
  listenUnix,
  openUnixDatagram,
  openUnixListener,
  openUnixSeqpacket,
  openUnixSeqpacketListener,
  openUnixStream,
  socketpair,
} from "@ipc/unix";
import { decodeXucred, UCRED, XUCRED } from "../../libc/un.ts";
import { isCloseOnExec } from "../../libc/fcntl.ts";
import type { Capabilities } from "../../libc/platform.ts";
import { notLinux, test } from "../_util/test.ts";
import { turns } from "../_util/wait.ts";
import { without } from "../libc/_without.ts";
import { bytes, fill, readAll, text, writeAll } from "../pipe/_bytes.ts";
import { modeOf, namesIn } from "./_sockets.ts";

const { NotSupported } = Deno.errors;
const needs = ["read", "write"] as const;
const buffer = new Uint8Array(64);

/** What macOS has not, that can be missed on Linux. */
const missing: (keyof Capabilities)[] = [
  "socketFlags",
  "accept4",
  "dontWaitSends",
  "closeOnReceive",
  "messageSizes",
  "socketModes",
  "epoll",
];

test("listeners and streams do without what macOS has not", {
  needs: [...needs, "net"],
}, async (t) => {
  without(t, ...missing);
  const folder = t.folder();
  for (const mode of [0o600, 0o666]) {
    using listener = openUnixListener(`${folder}/tea`, { mode });
    assertEquals(modeOf(`${folder}/tea`), mode);
    using client = await openUnixStream(`${folder}/tea`);
    using server = await listener.accept({ timeout: 1000 });
    assertEquals([client.fd, server.fd].map(isCloseOnExec), [true, true]);
    for (let i = 0; i < 3; i++) {
      client.writeSync(bytes("sync"));
      assertEquals(text(buffer, server.readSync(buffer)), "sync");
      await server.write(bytes("async"));
      assertEquals(text(buffer, await client.read(buffer)), "async");
    }
    const filled = fill(client);
    const writing = writeAll(client, new Uint8Array(500_000))
      .then(() => client.closeWrite());
    assertEquals((await readAll(server)).byteLength, filled + 500_000);
    await writing;
  }
  using other = listenUnix(`${folder}/deno`, { mode: 0o644 });
  assertEquals(modeOf(`${folder}/deno`), 0o644);
  other.close();
  assertEquals(namesIn(folder), []);
  await turns(5);
});

test(
  "messages and descriptors do without what macOS has not",
  {},
  async (t) => {
    without(t, ...missing);
    const [a, b] = socketpair({ type: "datagram" });
    using ends = pipe();
    a.sendDescriptorsSync(bytes("x"), [ends.reader, ends.writer]);
    using received = await b.receiveDescriptors(buffer, { timeout: 1000 });
    assertEquals(received.descriptors.map(({ fd }) => isCloseOnExec(fd)), [
      true,
      true,
    ]);
    a.sendDescriptorsSync(bytes("too long"), [ends.reader]);
    const error = assertThrows(() =>
      b.receiveDescriptorsSync(new Uint8Array(2))
    );
    assert((error as Error).message.includes("room for 2"));
    a.sendSync(bytes("too long"));
    assertThrows(() => b.receiveIntoSync(new Uint8Array(2)), Error, "has more");
    await a.send(bytes("fits"));
    assertEquals(text((await b.receive()).message), "fits");
    a.close();
    b.close();
    await turns(5);
  },
);

test("what macOS has not is refused with the reason", {}, async (t) => {
  without(t, "abstractNames", "seqpacket", "messageCredentials");
  for (
    const call of [
      () => openUnixListener("\0tea"),
      () => listenUnix("\0tea"),
      () => openUnixDatagram("\0tea"),
      () => openUnixDatagram(null, { credentials: true }),
      () => socketpair({ type: "seqpacket" }),
      () => openUnixSeqpacketListener("/tmp/x"),
    ]
  ) assertThrows(call, NotSupported);
  for (
    const call of [() => openUnixStream("\0tea"), () => openUnixSeqpacket("/x")]
  ) {
    const error = await call().catch((error) => error);
    assert(error instanceof NotSupported, String(error));
  }
});

test("decodeXucred() reads what macOS says of the other side", {}, () => {
  const bytes = new Uint8Array(XUCRED.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(XUCRED.cr_uid, 501, true);
  view.setInt16(XUCRED.cr_ngroups, 2, true);
  view.setUint32(XUCRED.cr_groups, 20, true);
  assertEquals(decodeXucred(bytes), { uid: 501, gid: 20 });
  view.setUint32(XUCRED.cr_version, 1, true);
  assertEquals(decodeXucred(bytes), undefined);
  assertEquals(UCRED.size, 12);
});

test("a datagram to a full queue waits without a sign of room", {
  ignore: notLinux,
}, async (t) => {
  without(t, "datagramRoom");
  const to = `\0t ${crypto.randomUUID()}`;
  using receiver = openUnixDatagram(to);
  using sender = openUnixDatagram(null);
  let sent = 0;
  while (sender.trySend(Uint8Array.of(sent), { to })) sent++;
  const sending = sender.send(Uint8Array.of(sent), { to });
  assertThrows(
    () => sender.sendSync(bytes("x"), { to, timeout: 5 }),
    Deno.errors.TimedOut,
  );
  for (let i = 0; i <= sent; i++) {
    const { message } = await receiver.receive({ timeout: 5000 });
    assertEquals(message[0], i);
  }
  await sending;
});
