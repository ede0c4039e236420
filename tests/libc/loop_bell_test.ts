import { assertEquals } from "@std/assert";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { LoopBell } from "../../libc/loop_bell.ts";
import { pipe, tryRead, tryWrite } from "../../libc/unistd.ts";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { turn, turns } from "../_util/wait.ts";
import { canRing } from "./_rings.ts";

const ignore = !canRing() && "needs io_uring";
const byte = new Uint8Array(1);

/** A bell that watches a pipe, and counts how often it rings. */
function newBell(
  t: TestScope,
): { bell: LoopBell; reader: number; writer: number; rings: () => number } {
  const { reader, writer } = pipe();
  let rings = 0;
  const bell = new LoopBell(reader, () => rings++);
  t.defer(() => {
    bell[Symbol.dispose]();
    new FileDescriptor(reader).close();
    new FileDescriptor(writer).close();
  });
  return { bell, reader, writer, rings: () => rings };
}

test(
  "LoopBell rings once for each time that it is listened to",
  { ignore },
  async (t) => {
    const { bell, writer, rings } = newBell(t);
    bell.listen();
    await turns(3);
    assertEquals(rings(), 0);
    tryWrite(writer, byte);
    while (rings() < 1) await turns(1);
    await turns(3);
    assertEquals(rings(), 1);
    // There is still something to read.
    bell.listen();
    while (rings() < 2) await turns(1);
  },
);

test(
  "LoopBell tells nobody who ignores it, and not for long what is past",
  { ignore },
  async (t) => {
    const { bell, reader, writer, rings } = newBell(t);
    for (let i = 0; i < 100; i++) {
      bell.listen();
      bell.ignore();
    }
    tryWrite(writer, byte);
    await turns(5);
    assertEquals(rings(), 0);
    tryRead(reader, byte);
    // It was going to ring once, however often it had been listened to.
    for (let i = 0; i < 10; i++) {
      bell.listen();
      await turns(2);
    }
    assertEquals(rings(), 1);
    tryWrite(writer, byte);
    while (rings() < 2) await turns(1);
  },
);

test("LoopBell rings again and again", { ignore }, async (t) => {
  const { bell, reader, writer, rings } = newBell(t);
  for (let i = 0; i < 1000; i++) {
    bell.listen();
    tryWrite(writer, byte);
    while (rings() === i) await turn();
    tryRead(reader, byte);
  }
});

test("a process ends at once when its only wait is taken back", {
  needs: ["run"],
  ignore: ignore || notLinux,
}, async () => {
  const peer = denoPeer("reactor_exit.ts", [], { flags: ["-A"] });
  assertEquals((await output(peer)).trim(), "5");
});
