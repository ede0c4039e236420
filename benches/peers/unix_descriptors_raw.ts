/** Descriptors one way, one to a message, by calls of FFI alone. */

import { measureReceiving, measureSending, option, ready } from "./peer.ts";

const O_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CMSG_CLOEXEC = 0x4000_0000;

const { close, open, recvmsg, sendmsg } = Deno.dlopen("libc.so.6", {
  close: { parameters: ["i32"], result: "i32" }, // int close(int)
  open: { parameters: ["buffer", "i32"], result: "i32" }, // int open(const char *, int, ...)
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" }, // ssize_t recvmsg(int, struct msghdr *, int)
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" }, // ssize_t sendmsg(int, const struct msghdr *, int)
}).symbols;

function address(bytes: Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>) {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

const byte = new Uint8Array(1);
/** `struct cmsghdr` for one descriptor: its length, level, type, and data. */
const control = new Int32Array(6);
const vector = BigUint64Array.of(address(byte), 1n);
const header = new BigUint64Array(7);
header[2] = address(new Uint8Array(vector.buffer));
header[3] = 1n;
header[4] = address(control);
const words = new Uint32Array(header.buffer);

/** Points to all of the control data, and says nothing else. */
function prepare(): void {
  words[10] = 24;
  words[12] = 0;
}

if (option("role") === "receiver") {
  ready();
  const stream = Number(option("from"));
  measureReceiving(() => {
    prepare();
    if (recvmsg(stream, header, MSG_CMSG_CLOEXEC) !== 1) {
      throw new Error("Cannot receive");
    }
    close(control[4]!);
    return byte[0]!;
  }, 1);
} else {
  const stream = Number(option("to"));
  const name = new TextEncoder().encode("/dev/null\0");
  control.set([20, 0, SOL_SOCKET, SCM_RIGHTS, open(name, O_CLOEXEC)]);
  measureSending((phase) => {
    byte[0] = phase;
    prepare();
    if (sendmsg(stream, header, 0) !== 1) throw new Error("Cannot send");
  });
}
