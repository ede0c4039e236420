/**
 * What C does with the two streams, call for call, from JavaScript: the least
 * that a library over FFI can cost.
 */

import { numberOption, option, ready } from "./peer.ts";

const O_NONBLOCK = Deno.build.os === "darwin" ? 0x4 : 0o4000;
const F_SETFL = 4;
const O_RDONLY = 0;
const O_WRONLY = 1;
const POLLIN = 1;
const POLLOUT = 4;
const EAGAIN = Deno.build.os === "darwin" ? 35 : 11;

const [library, location] = Deno.build.os === "darwin"
  ? ["/usr/lib/libSystem.B.dylib", "__error"]
  : ["libc.so.6", "__errno_location"];

const libc = Deno.dlopen(library!, {
  // Variadic in C. Linux passes such arguments as it passes fixed ones.
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" }, // int fcntl(int, int, ...)
  location: { name: location!, parameters: [], result: "pointer" }, // int *__errno_location(void)
  open: { parameters: ["buffer", "i32"], result: "i32" }, // int open(const char *, int, ...)
  poll: { parameters: ["buffer", "u32", "i32"], result: "i32" }, // int poll(struct pollfd *, nfds_t, int)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // ssize_t read(int, void *, size_t)
  sched_yield: { parameters: [], result: "i32" }, // int sched_yield(void)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" }, // ssize_t write(int, const void *, size_t)
}).symbols;
const { poll, read, sched_yield, write } = libc;

const errno = new Int32Array(
  Deno.UnsafePointerView.getArrayBuffer(libc.location()!, 4),
);
const spins = option("wait") !== "block";
const pauses = numberOption("pauses", 2);
const yields = numberOption("yields", 100);
const watched = new Int32Array(2);

/** Whether this is the side that starts first. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

/** One message. */
export const own: Uint8Array<ArrayBuffer> = new Uint8Array(
  numberOption("size", 64),
).fill(1);

function openStream(key: string, mode: number): number {
  const value = option(key);
  const fd = value.startsWith("/")
    ? libc.open(new TextEncoder().encode(value + "\0"), mode)
    : Number(value);
  if (fd === -1) throw new Error(`Cannot open ${value}`);
  if (spins) libc.fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

/** Where bytes come from. */
export function openReader(): number {
  return openStream("from", O_RDONLY);
}

/** Where bytes go to. */
export function openWriter(): number {
  return openStream("to", O_WRONLY);
}

/** Both, in the order in which the other side opens them, too. */
export function openBoth(): { from: number; to: number } {
  if (isFirst) {
    ready();
    const from = openReader();
    return { from, to: openWriter() };
  }
  const to = openWriter();
  return { from: openReader(), to };
}

function readSome(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  const count = read(fd, bytes, BigInt(bytes.byteLength));
  if (count === 0) throw new Error("The other side has gone");
  if (count === -1 && errno[0] !== EAGAIN) throw new Error("Cannot read");
  return count;
}

function writeSome(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  const count = write(fd, bytes, BigInt(bytes.byteLength));
  if (count === -1 && errno[0] !== EAGAIN) throw new Error("Cannot write");
  return count;
}

/** Reads, as C does. */
function readLater(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  let count = -1;
  for (let i = 0; count === -1 && i < pauses; i++) {
    Atomics.pause();
    count = readSome(fd, bytes);
  }
  for (let i = 0; count === -1 && i < yields; i++) {
    sched_yield();
    count = readSome(fd, bytes);
  }
  while (count === -1) {
    watched[0] = fd;
    watched[1] = POLLIN;
    poll(watched, 1, -1);
    count = readSome(fd, bytes);
  }
  return count;
}

/** Writes, as C does. */
function writeLater(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  let count = -1;
  for (let i = 0; count === -1 && i < pauses; i++) {
    Atomics.pause();
    count = writeSome(fd, bytes);
  }
  for (let i = 0; count === -1 && i < yields; i++) {
    sched_yield();
    count = writeSome(fd, bytes);
  }
  while (count === -1) {
    watched[0] = fd;
    watched[1] = POLLOUT;
    poll(watched, 1, -1);
    count = writeSome(fd, bytes);
  }
  return count;
}

/** Reads what there is, at least one byte. */
export function readAny(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  const count = readSome(fd, bytes);
  return count === -1 ? readLater(fd, bytes) : count;
}

/** Writes all of it. */
export function writeAll(fd: number, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.byteLength;) {
    const rest = at === 0 ? bytes : bytes.subarray(at);
    const count = writeSome(fd, rest);
    at += count === -1 ? writeLater(fd, rest) : count;
  }
}

/** Reads the message. */
export function readOwn(fd: number): void {
  for (let at = 0; at < own.byteLength;) {
    at += readAny(fd, at === 0 ? own : own.subarray(at));
  }
}

/** Writes the message. */
export function writeOwn(fd: number): void {
  writeAll(fd, own);
}
