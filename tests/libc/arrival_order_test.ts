import { assert, assertEquals } from "@std/assert";
import { Socket } from "node:net";
import { Arrival } from "../../libc/arrival.ts";
import { duplicate, setNonblocking } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { pipe, tryRead, tryWrite, WOULD_BLOCK } from "../../libc/unistd.ts";
import { pipe as pipeEnds } from "@ipc/pipe";
import { test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { turns } from "../_util/wait.ts";
import { record } from "../pipe/_bytes.ts";

/** A pipe that is watched. */
function watched(t: TestScope): {
  reader: number;
  writer: FileDescriptor;
  arrival: Arrival;
  arrivals: () => number;
} {
  const fds = pipe();
  const reader = new FileDescriptor(fds.reader);
  const writer = new FileDescriptor(fds.writer);
  setNonblocking(fds.reader, true);
  let arrivals = 0;
  const arrival = new Arrival(fds.reader, () => {
    arrivals++;
    arrival.disarm();
  });
  t.defer(() => {
    arrival.close();
    reader.close();
    writer.close();
  });
  return { reader: fds.reader, writer, arrival, arrivals: () => arrivals };
}

test(
  "Arrival reads once for each wait, and leaves the rest where it is",
  {},
  async (t) => {
    const { reader, writer, arrival, arrivals } = watched(t);
    const all = new Uint8Array(10_000).map((_, i) => i % 251);
    arrival.arm();
    await turns(2);
    tryWrite(writer.fd, all);
    while (arrivals() === 0) await turns(1);
    await turns(3);
    assertEquals(arrivals(), 1);
    const { length } = arrival;
    assert(length > 0 && length <= 4096, String(length));
    const buffer = new Uint8Array(10_000);
    assertEquals(arrival.take(buffer.subarray(0, 100)), 100);
    assertEquals(arrival.take(buffer.subarray(100)), length - 100);
    assertEquals(arrival.take(buffer), 0);
    assertEquals(tryRead(reader, buffer.subarray(length)), 10_000 - length);
    assertEquals(buffer, all);
  },
);

test("Arrival reads nothing when nobody waits any more", {}, async (t) => {
  const { reader, writer, arrival, arrivals } = watched(t);
  for (let i = 0; i < 5; i++) {
    arrival.arm();
    await turns(i);
    arrival.disarm();
    tryWrite(writer.fd, record(i));
    await turns(3);
    assertEquals([arrivals(), arrival.length], [0, 0]);
    assertEquals(tryRead(reader, new Uint8Array(8)), 4);
  }
  // And again when somebody does.
  arrival.arm();
  tryWrite(writer.fd, record(9));
  while (arrivals() === 0) await turns(1);
  assertEquals(arrival.length, 4);
});

test(
  "Arrival keeps what it has read when it lets go of the event loop",
  {},
  async (t) => {
    const { reader, writer, arrival, arrivals } = watched(t);
    arrival.arm();
    tryWrite(writer.fd, record(7));
    while (arrivals() === 0) await turns(1);
    arrival.close();
    arrival.close();
    const buffer = new Uint8Array(4);
    assertEquals(arrival.take(buffer), 4);
    assertEquals(buffer, record(7));
    // The descriptor was never its own.
    await turns(2);
    assertEquals(tryRead(reader, buffer), WOULD_BLOCK);
  },
);

test("Arrival tells of the end once for each wait", {}, async (t) => {
  const { reader, writer, arrival, arrivals } = watched(t);
  arrival.arm();
  await turns(2);
  writer.close();
  while (arrivals() === 0) await turns(1);
  assertEquals(tryRead(reader, new Uint8Array(1)), 0);
  arrival.arm();
  while (arrivals() === 1) await turns(1);
  await turns(3);
  assertEquals(arrivals(), 2);
});

test(
  "Arrival keeps the order when others act while the event loop brings bytes",
  {},
  async () => {
    for (let i = 0; i < 200; i++) {
      using ends = pipeEnds({ wait: "block" });
      using bell = pipeEnds();
      const { reader, writer } = ends;
      const abort = new AbortController();
      const buffer = new Uint8Array(4);
      const { promise: rung, resolve } = Promise.withResolvers<void>();
      // Runs in the turn in which the loop has seen the first record.
      const onRing = () => {
        abort.abort();
        writer.writeSync(record(2));
        reader.tryRead(buffer);
        resolve();
      };
      const options = { fd: duplicate(bell.reader.fd), readable: true };
      const first = i % 2 === 0
        ? reader.read(new Uint8Array(4), { signal: abort.signal })
        : undefined;
      const socket = new Socket(
        options as ConstructorParameters<typeof Socket>[0],
      );
      socket.on("data", onRing).resume();
      const waiting = first ??
        reader.read(new Uint8Array(4), { signal: abort.signal });
      const count = waiting.catch(() => 0);
      await turns(1);
      writer.writeSync(record(1));
      bell.writer.writeSync(record(0));
      await rung;
      // It has got the first, or left it to the next.
      assertEquals(buffer, record(await count === 0 ? 1 : 2));
      socket.destroy();
    }
  },
);
