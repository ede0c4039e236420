import { assertEquals } from "@std/assert";
import { fstat } from "../../libc/stat.ts";
import { isCloseOnExec } from "../../libc/fcntl.ts";
import { AF_UNIX, SOCK_DGRAM, socketpair } from "../../libc/socket.ts";
import { SOL_SOCKET } from "../../libc/socket_option.ts";
import {
  CMSGHDR,
  controlSpace,
  decodeControl,
  descriptorsIn,
  MessageHeader,
  SCM_RIGHTS,
} from "../../libc/socket_message.ts";
import {
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTWAIT,
} from "../../libc/socket_transfer.ts";
import { close, pipe } from "../../libc/unistd.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";

/** A control message that carries descriptors, as C has it. */
function rights(...fds: number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(controlSpace(4 * fds.length)));
  const start = controlSpace(0);
  view.setUint32(CMSGHDR.cmsg_len, start + 4 * fds.length, true);
  view.setInt32(CMSGHDR.cmsg_level, SOL_SOCKET, true);
  view.setInt32(CMSGHDR.cmsg_type, SCM_RIGHTS, true);
  for (const [i, fd] of fds.entries()) view.setInt32(start + 4 * i, fd, true);
  return new Uint8Array(view.buffer);
}

/** The descriptors in control messages. */
function descriptorsOf(bytes: Uint8Array<ArrayBuffer>): number[] {
  return descriptorsIn(new Int32Array(bytes.buffer), bytes.byteLength);
}

function fail(number: number): Error {
  return new Error(`Cannot send: ${number}`);
}

test("MessageHeader carries descriptors", { ignore: notLinux }, () => {
  const [a, b] = socketpair(AF_UNIX, SOCK_DGRAM);
  const ends = pipe();
  const sent = [ends.reader, ends.writer];
  const sender = new MessageHeader(controlSpace(8), 0);
  const receiver = new MessageHeader(controlSpace(8), 128);
  assertEquals(
    sender.sendDescriptors(a, bytes("two"), 0, sent, undefined, fail),
    3,
  );
  const target = new Uint8Array(16);
  const count = receiver.receive(b, target, MSG_CMSG_CLOEXEC, "receive");
  assertEquals(text(target, count), "two");
  assertEquals(receiver.address.byteLength, 0);
  const fds = receiver.descriptors();
  assertEquals(fds.map(isCloseOnExec), [true, true]);
  assertEquals(fds.map((fd) => fstat(fd).ino), sent.map((fd) => fstat(fd).ino));
  assertEquals(receiver.flags & MSG_CTRUNC, 0);
  assertEquals(receiver.receive(b, target, MSG_DONTWAIT, "receive"), -1);
  for (const fd of [a, b, ...sent, ...fds]) close(fd);
});

test(
  "MessageHeader says that descriptors were cut off",
  { ignore: notLinux },
  () => {
    const [a, b] = socketpair(AF_UNIX, SOCK_DGRAM);
    const sender = new MessageHeader(controlSpace(40), 0);
    const receiver = new MessageHeader(controlSpace(8), 0);
    const fds = Array(10).fill(a);
    sender.sendDescriptors(a, bytes("x"), 0, fds, undefined, fail);
    receiver.receive(b, new Uint8Array(1), MSG_CMSG_CLOEXEC, "receive");
    const received = receiver.descriptors();
    assertEquals(received.length, 2);
    assertEquals(receiver.flags & MSG_CTRUNC, MSG_CTRUNC);
    for (const fd of [a, b, ...received]) close(fd);
  },
);

test("decodeControl() ends at lengths that lead astray", {}, () => {
  const good = rights(3, 4, 5);
  for (const length of [0, 1, CMSGHDR.size - 1]) {
    const evil = rights(6, 7);
    new DataView(evil.buffer).setUint32(CMSGHDR.cmsg_len, length, true);
    const both = new Uint8Array([...good, ...evil]);
    assertEquals(descriptorsOf(both), [3, 4, 5]);
  }
  const long = rights(6, 7);
  new DataView(long.buffer).setUint32(CMSGHDR.cmsg_len, 0xffff_fff0, true);
  assertEquals(descriptorsOf(long), [6, 7]);
  for (let end = 0; end < good.byteLength; end++) {
    const messages = [...decodeControl(good.slice(0, end))];
    assertEquals(messages.length, end >= controlSpace(0) ? 1 : 0);
  }
});
