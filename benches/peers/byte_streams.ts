/** The two streams that the harness hands out. */

import { openFifoSync } from "@ipc/fifo";
import type { Fifo } from "@ipc/fifo";
import { PipeReader, PipeWriter } from "@ipc/pipe";
import type { WaitStrategy } from "@ipc/pipe";
import { SocketDescriptor, StreamSocket } from "@ipc/libc/sockets";
import { numberOption, option, ready } from "./peer.ts";

const wait = option("wait", "adaptive") as WaitStrategy;

/** Whether this is the side that starts first, which answers or receives. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

/** How many bytes a message has. */
export const size: number = numberOption("size", 64);

/** Where bytes come from. */
export type Reader = PipeReader | Fifo | StreamSocket;

/** Where bytes go to. */
export type Writer = PipeWriter | Fifo | StreamSocket;

let socket: StreamSocket | undefined;

/** A connection that was inherited, whose two directions are one object. */
function openSocket(fd: number): StreamSocket {
  return socket ??= new StreamSocket(new SocketDescriptor(fd), "socket", wait);
}

/** Opens a descriptor that was inherited, or a name. */
export function openReader(): Reader {
  const from = option("from");
  if (option("socket") === "yes") return openSocket(Number(from));
  return from.startsWith("/")
    ? openFifoSync(from, { read: true, wait })
    : PipeReader.fromFd(Number(from), { wait });
}

/** Opens a descriptor that was inherited, or a name. */
export function openWriter(): Writer {
  const to = option("to");
  if (option("socket") === "yes") return openSocket(Number(to));
  return to.startsWith("/")
    ? openFifoSync(to, { write: true, wait })
    : PipeWriter.fromFd(Number(to), { wait });
}

/**
 * Both, in the order in which the other side opens them, too: names are
 * opened when both are there.
 */
export function openBoth(): {
  reader: Reader;
  writer: Writer;
} {
  if (isFirst) {
    ready();
    const reader = openReader();
    return { reader, writer: openWriter() };
  }
  const writer = openWriter();
  return { reader: openReader(), writer };
}

/** Reads a whole message. */
export function readAllSync(
  reader: Reader,
  bytes: Uint8Array,
): void {
  let at = checkCount(reader.readSync(bytes));
  while (at < bytes.byteLength) {
    at += checkCount(reader.readSync(bytes.subarray(at)));
  }
}

/** Writes a whole message. */
export function writeAllSync(
  writer: Writer,
  bytes: Uint8Array,
): void {
  let at = writer.writeSync(bytes);
  while (at < bytes.byteLength) at += writer.writeSync(bytes.subarray(at));
}

/** Reads a whole message. */
export async function readAll(
  reader: Reader,
  bytes: Uint8Array,
): Promise<void> {
  await readRest(reader, bytes, await reader.read(bytes));
}

/** Reads what is left of a message of which so many bytes have come. */
export async function readRest(
  reader: Reader,
  bytes: Uint8Array,
  count: number | null,
): Promise<void> {
  let at = checkCount(count);
  while (at < bytes.byteLength) {
    at += checkCount(await reader.read(bytes.subarray(at)));
  }
}

/** Writes what is left of a message of which so many bytes are written. */
export async function writeRest(
  writer: Writer,
  bytes: Uint8Array,
  count: number,
): Promise<void> {
  for (let at = count; at < bytes.byteLength;) {
    at += await writer.write(bytes.subarray(at));
  }
}

function checkCount(count: number | null): number {
  if (count === null) throw new Error("The other side has gone");
  return count;
}
