import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pipe, PipeReader, PipeWriter } from "@ipc/pipe";
import {
  openUnixDatagram,
  OwnedDescriptor,
  socketpair,
  spawnWith,
} from "@ipc/unix";
import type { DescriptorSource } from "@ipc/unix";
import { denoPeer, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { flagsOf } from "../pipe/_descriptors.ts";
import { descriptorCount } from "./_sockets.ts";

const { BadResource, BrokenPipe, TimedOut } = Deno.errors;
const buffer = new Uint8Array(64);
const types = ["stream", "datagram", "seqpacket"] as const;

for (const type of types) {
  const ignore = type === "seqpacket" && notLinux;

  test(`descriptors pass through a ${type} pair`, { ignore }, async () => {
    const [a, b] = socketpair({ type });
    using ends = pipe();
    a.sendDescriptorsSync(bytes("both"), [ends.reader, ends.writer.fd]);
    await a.sendDescriptors(bytes("one"), new Set([ends.writer]));
    a.trySendDescriptors(bytes("again"), [ends.reader]);
    using received = b.receiveDescriptorsSync(buffer);
    assertEquals(text(buffer, received.size), "both");
    assertEquals(received.descriptors.length, 2);
    using reader = PipeReader.fromFd(received.take(0));
    using writer = PipeWriter.fromFd(received.take(1));
    assertThrows(() => received.take(0), BadResource, "was taken");
    assertThrows(() => received.take(2), RangeError, "carried 2");
    writer.writeSync(bytes("through"));
    assertEquals(text(buffer, reader.readSync(buffer)), "through");
    {
      using second = await b.receiveDescriptors(buffer, { timeout: 1000 });
      assertEquals(text(buffer, second.size), "one");
      for (const { fd } of second) assert(fd > 2);
      using third = b.tryReceiveDescriptors(buffer)!;
      assertEquals(text(buffer, third.size), "again");
      assertEquals(b.tryReceiveDescriptors(buffer), undefined);
    }
    const waiting = b.receiveDescriptors(buffer);
    assert(await isPending(waiting));
    a.sendDescriptorsSync(bytes("late"), [0]);
    using last = await waiting;
    assertEquals(text(buffer, last.size), "late");
    assertThrows(
      () => b.receiveDescriptorsSync(buffer, { timeout: 1 }),
      TimedOut,
    );
    const pending = b.receiveDescriptors(buffer);
    await turns(2);
    b.close();
    await assertRejects(() => pending, BadResource);
    if (type !== "datagram") {
      assertThrows(() => a.sendDescriptorsSync(bytes("x"), [0]), BrokenPipe);
    }
    a.close();
    assertThrows(() => a.sendDescriptorsSync(bytes("x"), [0]), BadResource);
  });

  test(`253 descriptors pass in one message of a ${type} pair, 254 do not`, {
    ignore: ignore || notLinux,
    needs: ["all"],
  }, async () => {
    const [a, b] = socketpair({ type });
    using ends = pipe();
    const before = descriptorCount();
    for (const count of [1, 252, 253]) {
      a.sendDescriptorsSync(bytes("x"), Array(count).fill(ends.reader));
      using received = await b.receiveDescriptors(buffer);
      assertEquals(received.descriptors.length, count);
      for (const { fd } of received) {
        assert((flagsOf(fd) & 0o2000000) !== 0, "close-on-exec");
      }
    }
    assertEquals(descriptorCount(), before);
    for (const count of [0, 254, 1000]) {
      const error = assertThrows(
        () => a.sendDescriptorsSync(bytes("x"), Array(count).fill(0)),
        RangeError,
      );
      assert(
        error.message.includes(
          `1 to 253 descriptors (SCM_MAX_FD), and these are ${count}`,
        ),
        error.message,
      );
    }
    assertEquals(b.tryReceiveDescriptors(buffer), undefined);
    a.close();
    b.close();
  });

  test(`what is not wanted or cut off of a ${type} pair leaks no descriptor`, {
    ignore: ignore || notLinux,
    needs: ["all"],
  }, () => {
    const [a, b] = socketpair({ type });
    using ends = pipe();
    const before = descriptorCount();
    const many = Array<DescriptorSource>(10).fill(ends.reader);
    a.sendDescriptorsSync(bytes("x"), many);
    const error = assertOsError(
      () => b.receiveDescriptorsSync(buffer, { maxDescriptors: 9 }),
      Error,
      "EMSGSIZE",
    );
    assert(error.message.includes("carries 10, and at most 9"), error.message);
    assertEquals(descriptorCount(), before);
    // Those who do not ask for descriptors get none, and keep none.
    a.sendDescriptorsSync(bytes("abcdef"), many);
    if ("readSync" in b) assertEquals(b.readSync(buffer), 6);
    else b.receiveSync();
    assertEquals(descriptorCount(), before);
    if (type !== "stream") {
      a.sendDescriptorsSync(bytes("too long"), many);
      const cut = assertOsError(
        () => b.receiveDescriptorsSync(new Uint8Array(3)),
        Error,
        "EMSGSIZE",
      );
      assert(cut.message.includes("has 8 bytes, and there is room for 3"));
      assertEquals(descriptorCount(), before);
    }
    for (const maxDescriptors of [-1, 254, NaN]) {
      assertThrows(
        () => b.receiveDescriptorsSync(buffer, { maxDescriptors }),
        RangeError,
      );
    }
    assertThrows(() => b.receiveDescriptorsSync(new Uint8Array(0)), RangeError);
    // What was sent and never received goes with the socket.
    a.sendDescriptorsSync(bytes("x"), many);
    a.close();
    b.close();
    assertEquals(descriptorCount(), before - 2);
  });
}

test("a process with no room for descriptors keeps none of a message", {
  ignore: notLinux,
  needs: ["run"],
}, async () => {
  const [ours, theirs] = socketpair();
  const peer = denoPeer("unix_no_room.ts", [String(theirs.fd)], {
    flags: ["--allow-all"],
    through: ["prlimit", "--nofile=60"],
  });
  const child = spawnWith(peer, [theirs]);
  using ends = pipe();
  ours.sendDescriptorsSync(bytes("x"), Array(100).fill(ends.reader));
  ours.sendDescriptorsSync(bytes("y"), [ends.reader]);
  const { stdout, stderr, code } = await child.output();
  assertEquals(code, 0, text(stderr));
  const [message, same, next] = text(stdout).trim().split("\n");
  assert(message!.includes("RLIMIT_NOFILE"), message);
  assertEquals(same, "same count");
  assertEquals(next, "y with 1");
  ours.close();
});

test("a descriptor arrives before its sender dies, and outlives it", {
  needs: ["run"],
}, async () => {
  const [ours, theirs] = socketpair();
  const peer = denoPeer("unix_send_pipe.ts", [String(theirs.fd)]);
  const child = spawnWith(peer, [theirs]);
  await child.output();
  using received = await ours.receiveDescriptors(buffer, { timeout: 10_000 });
  assertEquals(text(buffer, received.size), "a pipe");
  using reader = PipeReader.fromFd(received.take());
  assertEquals(text(buffer, reader.readSync(buffer)), "from the dead");
  assertEquals(reader.readSync(buffer), null);
  using end = ours.receiveDescriptorsSync(buffer);
  assertEquals(end.size, null);
  ours.close();
});

test("receiveDescriptors() keeps to the order of the bytes", {}, async () => {
  const [a, b] = socketpair();
  const one = new Uint8Array(1);
  // The event loop reads ahead what comes for a read that waits, but perhaps
  // not for the first one.
  for (const sent of ["-", "abc"]) {
    const reading = b.read(one);
    await turns(3);
    a.writeSync(bytes(sent));
    assertEquals(await reading, 1);
  }
  a.sendDescriptorsSync(bytes("def"), [0]);
  const got: string[] = [];
  for (let length = 0; length < 5;) {
    using received = await b.receiveDescriptors(buffer);
    length += received.size!;
    got.push(`${text(buffer, received.size)} ${received.descriptors.length}`);
  }
  assertEquals(text(one), "a");
  assertEquals(got, ["bc 0", "def 1"]);
  a.close();
  b.close();
});

test(
  "sendDescriptors() refuses what is no descriptor, and sends nothing",
  {},
  () => {
    const [a, b] = socketpair();
    const ends = pipe();
    ends.close();
    assertThrows(
      () => a.sendDescriptorsSync(bytes("x"), [ends.reader]),
      BadResource,
    );
    assertOsError(
      () => a.sendDescriptorsSync(bytes("x"), [9999]),
      BadResource,
      "EBADF",
    );
    for (const fd of [-2, 0.5, NaN, Infinity]) {
      assertThrows(() => a.sendDescriptorsSync(bytes("x"), [fd]), RangeError);
    }
    for (const source of ["0", {}, null] as unknown as number[]) {
      assertThrows(
        () => a.sendDescriptorsSync(bytes("x"), [source]),
        TypeError,
      );
    }
    assertThrows(
      () => a.sendDescriptorsSync(new Uint8Array(0), [0]),
      RangeError,
      "at least one",
    );
    assertEquals(b.tryRead(buffer), undefined);
    a.close();
    b.close();
  },
);

test("credentials come with a datagram, and cannot be forged", {
  needs: ["sys"],
  ignore: notLinux,
}, () => {
  const path = `\0t ${crypto.randomUUID()}`;
  using receiver = openUnixDatagram(path, { credentials: true });
  using sender = openUnixDatagram(null);
  sender.sendSync(bytes("who"), { to: path });
  using received = receiver.receiveDescriptorsSync(buffer);
  assertEquals(received.credentials, {
    pid: Deno.pid,
    uid: Deno.uid()!,
    gid: Deno.gid()!,
  });
  sender.sendDescriptorsSync(bytes("both"), Array(253).fill(0), { to: path });
  using both = receiver.receiveDescriptorsSync(buffer);
  assertEquals(both.descriptors.length, 253);
  assertEquals(both.credentials?.pid, Deno.pid);
});

test(
  "OwnedDescriptor reads and writes files",
  { needs: ["read", "write"] },
  async (t) => {
    const path = `${t.folder()}/file`;
    Deno.writeTextFileSync(path, "hello");
    using file = OwnedDescriptor.open(path, { write: true });
    assertEquals(file.size, 5);
    assertEquals(text(buffer, file.readFile(buffer)), "hello");
    assertEquals(file.readFile(buffer), null);
    assertEquals(file.writeFile(bytes(", world")), 7);
    file.close();
    assertThrows(() => file.readFile(buffer), BadResource);
    assertThrows(() => file.take(), BadResource);
    const again = OwnedDescriptor.open(path);
    assertOsError(() => again.writeFile(bytes("x")), BadResource, "EBADF");
    assertEquals(await new Response(again.readable).text(), "hello, world");
    assertEquals(again.fd, -1);
    assertThrows(() => OwnedDescriptor.open(`${path}2`), Deno.errors.NotFound);
  },
);

test(
  "an OwnedDescriptor of what is not ready says so",
  { ignore: notLinux },
  () => {
    const [a, b] = socketpair();
    const ends = pipe();
    assertEquals(ends.reader.tryRead(buffer), undefined); // does not wait now
    a.sendDescriptorsSync(bytes("x"), [ends.reader]);
    using received = b.receiveDescriptorsSync(buffer);
    const owned = received.descriptors[0]!;
    assertThrows(
      () => owned.readFile(buffer),
      Deno.errors.WouldBlock,
      "take it",
    );
    for (const end of [a, b, ends]) end.close();
  },
);

test("descriptors are not left to programs that are started meanwhile", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const [a, b] = socketpair();
  using ends = pipe();
  a.sendDescriptorsSync(bytes("x"), [ends.reader]);
  using received = b.receiveDescriptorsSync(buffer);
  const { fd } = received.descriptors[0]!;
  const script = `[ -e /proc/self/fd/${fd} ] && echo open || echo closed`;
  const shell = new Deno.Command("sh", {
    args: ["-c", script],
    stdout: "piped",
    stderr: "piped",
  });
  assertEquals(await output(shell), "closed");
  a.close();
  b.close();
});
