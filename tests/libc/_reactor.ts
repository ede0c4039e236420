/** The tests that the reactor has to pass, on whichever call it stands. */

import { assert, assertEquals } from "@std/assert";
import { O_NONBLOCK, O_RDWR, open, setNonblocking } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { capabilities } from "../../libc/platform.ts";
import { whenReady } from "../../libc/reactor.ts";
import { mkfifo } from "../../libc/stat.ts";
import { pipe, tryRead, tryWrite } from "../../libc/unistd.ts";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestOptions, TestScope } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { canRing } from "./_rings.ts";

const byte = new Uint8Array(1);

/** A pipe that is closed when the test is over. */
function newPipe(
  t: TestScope,
): { reader: FileDescriptor; writer: FileDescriptor } {
  const fds = pipe();
  const reader = new FileDescriptor(fds.reader);
  const writer = new FileDescriptor(fds.writer);
  t.defer(() => {
    reader.close();
    writer.close();
  });
  return { reader, writer };
}

/** A promise for the moment when a descriptor is ready. */
function ready(fd: number, interest: "read" | "write" = "read"): Promise<void> {
  return new Promise((resolve) => whenReady(fd, interest, resolve));
}

/**
 * Declares the tests.
 *
 * @param call The call that the reactor stands on.
 */
export function testReactor(call: "io_uring" | "epoll" | "poll"): void {
  const ignore = call === "io_uring"
    ? !canRing() && "needs io_uring"
    : call === "epoll" && !capabilities.epoll && "needs epoll";

  /** Declares a test that stands on that call. */
  function reactorTest(
    name: string,
    options: TestOptions,
    run: (t: TestScope) => Promise<void>,
  ): void {
    test(`${name} on ${call}`, { ignore, ...options }, async (t) => {
      const { epoll, ioUring } = capabilities;
      capabilities.epoll = call !== "poll";
      capabilities.ioUring = call === "io_uring";
      try {
        await run(t);
        // It is gone, so that the next test makes one of its own.
        await turns(5);
      } finally {
        Object.assign(capabilities, { epoll, ioUring });
      }
    });
  }

  reactorTest(
    "whenReady() tells once, when there is something to read",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      let told = 0;
      whenReady(reader.fd, "read", () => told++);
      await turns(3);
      assertEquals(told, 0);
      tryWrite(writer.fd, byte);
      await ready(reader.fd);
      await turns(3);
      // It could still be read.
      assertEquals(told, 1);
    },
  );

  reactorTest(
    "whenReady() tells when there is room to write",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      await ready(writer.fd, "write");
      while (tryWriteNow(writer.fd) > 0);
      const waiting = ready(writer.fd, "write");
      assert(await isPending(waiting));
      tryRead(reader.fd, new Uint8Array(65_536));
      await waiting;
    },
  );

  reactorTest(
    "whenReady() tells those who wait for one descriptor in order",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      const told: number[] = [];
      for (let i = 0; i < 5; i++) {
        whenReady(
          reader.fd,
          "read",
          () => told.push(i),
        );
      }
      await turns(2);
      tryWrite(writer.fd, byte);
      await ready(reader.fd);
      assertEquals(told, [0, 1, 2, 3, 4]);
    },
  );

  reactorTest("whenReady() tells each of a thousand, and of no other", {
    deadline: 20_000,
  }, async (t) => {
    const pipes = Array.from({ length: 1000 }, () => newPipe(t));
    const told = new Set<number>();
    pipes.forEach(({ reader }, i) => {
      whenReady(reader.fd, "read", () => told.add(i));
    });
    const odd = pipes.flatMap((_, i) => i % 2 === 1 ? [i] : []);
    for (const i of odd) tryWrite(pipes[i]!.writer.fd, byte);
    while (told.size < 500) await turns(1);
    await turns(3);
    assertEquals([...told].sort((a, b) => a - b), odd);
    for (const { writer } of pipes) writer.close();
    while (told.size < 1000) await turns(1);
  });

  reactorTest(
    "whenReady() tells of the end, and of a reader that is gone",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      const ended = ready(reader.fd);
      const full = newPipe(t);
      while (tryWriteNow(full.writer.fd) > 0);
      const broken = ready(full.writer.fd, "write");
      await turns(2);
      writer.close();
      full.reader.close();
      await Promise.all([ended, broken]);
    },
  );

  reactorTest("whenReady() keeps both directions of one descriptor apart", {
    needs: ["write"],
  }, async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path, 0o600);
    using both = new FileDescriptor(open(path, O_RDWR | O_NONBLOCK, "a FIFO"));
    const readable = ready(both.fd);
    await ready(both.fd, "write");
    assert(await isPending(readable));
    while (tryWriteNow(both.fd) > 0);
    await readable;
    const writable = ready(both.fd, "write");
    assert(await isPending(writable));
    await ready(both.fd);
    while (tryReadNow(both.fd) > 0);
    await writable;
  });

  reactorTest(
    "whenReady() tells nobody who has taken it back, and the others",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      const told: string[] = [];
      const [, second] = ["one", "two", "three"].map((name) =>
        whenReady(reader.fd, "read", () => told.push(name))
      );
      second!();
      second!();
      await turns(2);
      tryWrite(writer.fd, byte);
      await ready(reader.fd);
      second!();
      assertEquals(told, ["one", "three"]);
    },
  );

  reactorTest(
    "whenReady() tells only the new owner of a number that is used again",
    {},
    async (t) => {
      const old = newPipe(t);
      let wrong = 0;
      const takeBack = whenReady(old.reader.fd, "read", () => wrong++);
      await turns(2);
      takeBack();
      old.reader.close();
      old.writer.close();
      // Most likely it has the same numbers. It may be told of what has
      // happened to the old one, too.
      const { reader, writer } = newPipe(t);
      const waiting = ready(reader.fd);
      await turns(2);
      tryWrite(writer.fd, byte);
      await waiting;
      takeBack();
      assertEquals(wrong, 0);
    },
  );

  reactorTest(
    "whenReady() can be called by who has been told",
    {},
    async (t) => {
      const { reader, writer } = newPipe(t);
      const { promise, resolve } = Promise.withResolvers<void>();
      let rounds = 0;
      function again(): void {
        tryRead(reader.fd, byte);
        if (++rounds === 20) return resolve();
        whenReady(reader.fd, "read", again);
        tryWrite(writer.fd, byte);
      }
      whenReady(reader.fd, "read", again);
      tryWrite(writer.fd, byte);
      await promise;
      assertEquals(rounds, 20);
    },
  );

  reactorTest(
    "whenReady() holds descriptors while somebody waits, and lets a process end afterwards",
    {
      needs: ["run"],
      ignore: ignore || notLinux,
    },
    async () => {
      const peer = denoPeer("reactor_idle.ts", [call], { flags: ["-A"] });
      const [own, kept] = { io_uring: [5, 5], epoll: [3, 0], poll: [2, 0] }[
        call
      ];
      const counts = [0, own, kept, own, kept, own, kept, 0];
      assertEquals(JSON.parse(await output(peer)), counts);
    },
  );
}

/** Writes some, to what may have to wait: as many bytes as there is room for. */
function tryWriteNow(fd: number): number {
  setNonblocking(fd, true);
  return tryWrite(fd, new Uint8Array(4096));
}

/** Reads some, from what may have to wait. */
function tryReadNow(fd: number): number {
  return tryRead(fd, new Uint8Array(65_536));
}
