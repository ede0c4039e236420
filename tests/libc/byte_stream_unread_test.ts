import { ByteReader } from "../../libc/byte_reader.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { close, pipe, tryWrite } from "../../libc/unistd.ts";
import { assertEquals } from "@std/assert";
import { test } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";

test(
  "ByteReader gives what opening it has read before all that follows",
  {},
  async () => {
    const fds = pipe();
    const descriptor = new FileDescriptor(fds.reader);
    using reader = new ByteReader(descriptor, "pipe", "block", bytes("abcd"));
    tryWrite(fds.writer, bytes("efgh"));
    close(fds.writer);
    const buffer = new Uint8Array(3);
    assertEquals(text(buffer, await reader.read(buffer.subarray(0, 1))), "a");
    assertEquals(text(buffer, reader.tryRead(buffer.subarray(0, 1))), "b");
    assertEquals(text(buffer, reader.readSync(buffer)), "cde");
    assertEquals(text(buffer, await reader.read(buffer)), "fgh");
    assertEquals(await new Response(reader.readable).text(), "");
  },
);

test(
  "ByteReader returns what opening it has read when nothing follows yet",
  {},
  () => {
    const fds = pipe();
    using _writer = new FileDescriptor(fds.writer);
    const descriptor = new FileDescriptor(fds.reader);
    using reader = new ByteReader(descriptor, "pipe", "block", bytes("a"));
    const buffer = new Uint8Array(3);
    assertEquals(text(buffer, reader.readSync(buffer)), "a");
  },
);
