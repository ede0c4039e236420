import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  openUnixListener,
  openUnixStream,
  openUnixStreamSync,
  socketpair,
  spawnWith,
  UnixStream,
  UnixStreamListener,
} from "@ipc/unix";
import { denoPeer, withoutProgram } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { isPending, turns } from "../_util/wait.ts";
import { bytes, fill, readAll, text, writeAll } from "../pipe/_bytes.ts";

const { BadResource, BrokenPipe, ConnectionRefused, ConnectionReset } =
  Deno.errors;
const { NotFound, TimedOut } = Deno.errors;
const buffer = new Uint8Array(256);
const needs = ["read", "write"] as const;

/** A name that nobody else has. */
function name(): string {
  return `\0t ${crypto.randomUUID()}`;
}

test(
  "openUnixStream() and its sync form meet a listener",
  { ignore: notLinux },
  async () => {
    const path = name();
    using listener = openUnixListener(path);
    using one = await openUnixStream(path);
    using two = openUnixStreamSync(path);
    using first = listener.acceptSync({ timeout: 1000 });
    using second = await listener.accept({ timeout: 1000 });
    assertEquals(listener.tryAccept(), undefined);
    assertThrows(() => listener.acceptSync({ timeout: 1 }), TimedOut);
    assertThrows(() => listener.acceptSync({ timeout: 0 }), TimedOut);
    await assertRejects(() => listener.accept({ timeout: 1 }), TimedOut);
    one.writeSync(bytes("one"));
    two.writeSync(bytes("two"));
    assertEquals(text(buffer, await first.read(buffer)), "one");
    assertEquals(text(buffer, second.readSync(buffer)), "two");
    assertEquals(one.remoteAddr, { transport: "unix", path });
    assertEquals(first.localAddr, { transport: "unix", path });
    assertEquals(first.remoteAddr.path as string | null, null);
    const abort = new AbortController();
    const aborted = listener.accept({ signal: abort.signal });
    abort.abort("enough");
    assertEquals(await aborted.catch((reason) => reason), "enough");
    const pending = listener.accept();
    listener.close();
    await assertRejects(() => pending, BadResource);
    await assertRejects(() => listener.accept(), BadResource);
    assertThrows(() => listener.acceptSync(), BadResource);
    assertThrows(() => listener.tryAccept(), BadResource);
  },
);

test(
  "openUnixStream() says why it cannot connect",
  { needs: ["all"] },
  async (t) => {
    const folder = t.folder();
    const path = `${folder}/tea`;
    const missing = assertOsError(
      () => openUnixStreamSync(path),
      NotFound,
      "ENOENT",
      "connect",
    );
    assertEquals(
      missing.message,
      `Cannot connect to Unix socket "${path}": No such file or directory ` +
        "(os error 2); there is no such socket",
    );
    Deno.writeTextFileSync(path, "");
    await assertRejects(() => openUnixStream(path), ConnectionRefused);
    Deno.removeSync(path);
    using pair = new DisposableStack();
    for (const type of ["stream", "datagram"] as const) {
      for (const end of socketpair({ type })) pair.use(end);
    }
    await assertRejects(
      () => openUnixStream(path, { wait: "now" as "block" }),
      TypeError,
    );
    await assertRejects(
      () => openUnixStream(path, { timeout: -1 }),
      RangeError,
    );
    const reason = new Error("enough");
    const error = await openUnixStream(path, {
      signal: AbortSignal.abort(reason),
    })
      .catch((error) => error);
    assertEquals(error, reason);
  },
);

test("openUnixStream() is refused by the mode", {
  needs: ["all"],
  ignore: notLinux || withoutProgram("python3"),
}, async (t) => {
  const folder = t.folder();
  Deno.chmodSync(folder, 0o755);
  for (const mode of [0o600, 0o666]) {
    const path = `${folder}/mode${mode}`;
    using listener = openUnixListener(path, { mode });
    const script = "import os, socket, sys\n" +
      "if os.getuid() == 0: os.setuid(65534)\n" +
      "try: socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('in')\n" +
      "except PermissionError: print('out')\n";
    const { stdout } = await new Deno.Command("python3", {
      args: ["-c", script, path],
    }).output();
    if (Deno.uid() !== 0) continue;
    assertEquals(text(stdout).trim(), mode === 0o600 ? "out" : "in");
    if (mode === 0o666) {
      using peer = listener.acceptSync({ timeout: 1000 });
      assertEquals(peer.peerCredentials.uid, 65534);
    }
  }
});

test("allow passes over those who may not connect", {
  needs: ["all"],
  ignore: notLinux || withoutProgram("python3") ||
    Deno.uid() !== 0 && "needs root, to be somebody else",
}, async () => {
  const path = name();
  const seen: number[] = [];
  for (
    const allow of [[0], (peer: { uid: number }) => {
      seen.push(peer.uid);
      return peer.uid === 0;
    }]
  ) {
    using listener = openUnixListener(path, { allow });
    const script = "import os, socket, sys\nos.setuid(65534)\n" +
      "s = socket.socket(socket.AF_UNIX)\ns.connect('\\0' + sys.argv[1])\n" +
      "print(s.recv(9))\n";
    const stranger = new Deno.Command("python3", {
      args: ["-c", script, path.slice(1)],
      stdout: "piped",
    }).spawn();
    const accepting = listener.accept({ timeout: 5000 });
    const { stdout } = await stranger.output();
    assertEquals(text(stdout).trim(), "b''");
    using _client = await openUnixStream(path);
    using server = await accepting;
    assertEquals(server.peerCredentials.uid, 0);
  }
  assertEquals(seen, [65534, 0]);
});

test("allow is checked", { ignore: notLinux }, () => {
  const path = name();
  for (const allow of [[-1], [0.5], [NaN]]) {
    assertThrows(() => openUnixListener(path, { allow }), RangeError);
  }
  for (const allow of ["root", 0, {}, ["root"]] as unknown as number[][]) {
    assertThrows(() => openUnixListener(path, { allow }), TypeError);
  }
});

test("peerCredentials says who a child is", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const path = name();
  using listener = openUnixListener(path);
  const child = denoPeer("unix_client.ts", [path.slice(1)], { stdin: "piped" })
    .spawn();
  using server = await listener.accept({ timeout: 10_000 });
  assertEquals(server.peerCredentials, {
    pid: child.pid,
    uid: Deno.uid()!,
    gid: Deno.gid()!,
  });
  server.close();
  assertThrows(() => server.peerCredentials, BadResource);
  await child.stdin.close();
  await child.output();
});

test("what a killed peer sent arrives, and then a clear end", {
  needs: ["run"],
}, async () => {
  for (const reads of [true, false]) {
    const [ours, theirs] = socketpair();
    const peer = denoPeer("unix_talk.ts", [String(theirs.fd), String(reads)]);
    const child = spawnWith(peer, [theirs]);
    await writeAll(ours, bytes("unread"));
    const read: string[] = [];
    const some = await ours.read(buffer);
    read.push(text(buffer, some));
    child.kill("SIGKILL");
    await child.output();
    let end: unknown = "none";
    try {
      for (;;) {
        const count = await ours.read(buffer);
        if (count === null) break;
        read.push(text(buffer, count));
      }
      end = null;
    } catch (error) {
      end = error;
    }
    assertEquals(read.join(""), "before the end");
    // The system says whether it had read everything.
    if (reads) assertEquals(end, null);
    else assert(end instanceof ConnectionReset);
    assertEquals(await ours.read(buffer), null);
    await assertRejects(() => ours.write(bytes("x")), BrokenPipe);
    ours.close();
  }
});

test("a slow reader stops the writer, in bounded memory", {}, async () => {
  const [ours, theirs] = socketpair();
  let written = 0;
  const abort = new AbortController();
  const writing = (async () => {
    const block = new Uint8Array(65_536);
    for (;;) written += await ours.write(block, { signal: abort.signal });
  })().catch((reason) => reason);
  await turns(20);
  const stopped = written;
  assert(stopped < 2 ** 20, `${stopped} bytes`);
  await turns(20);
  assertEquals(written, stopped);
  assertEquals(theirs.readSync(new Uint8Array(65_536)), 65_536);
  assertEquals(theirs.readSync(new Uint8Array(65_536)), 65_536);
  // The system says that there is room when most of it is free.
  let taken = 131_072;
  while (written === stopped) {
    taken += theirs.tryRead(new Uint8Array(65_536)) ?? 0;
    await turns(3);
  }
  abort.abort("enough");
  assertEquals(await writing, "enough");
  ours.close();
  assertEquals((await readAll(theirs)).byteLength, written - taken);
  theirs.close();
});

test(
  "read() loses nothing in 5000 races of an abort with bytes",
  {},
  async () => {
    const [ours, theirs] = socketpair({ wait: "block" });
    let next = 0;
    let aborted = 0;
    const one = new Uint8Array(1);
    for (let i = 0; i < 5000; i++) {
      const abort = new AbortController();
      const reading = theirs.read(one, { signal: abort.signal });
      // It may reject before it is awaited.
      reading.catch(() => {});
      if (i % 3 === 0) abort.abort();
      ours.writeSync(Uint8Array.of(i));
      // Now and then the event loop brings it before the abort.
      if (i % 20 === 1) await turns(1);
      else if (i % 2 === 0) await null;
      abort.abort();
      try {
        await reading;
        assertEquals(one[0], next++ & 255);
      } catch {
        aborted++;
        assertEquals(theirs.readSync(one), 1);
        assertEquals(one[0], next++ & 255);
      }
    }
    ours.close();
    const left = await readAll(theirs);
    assertEquals(
      left,
      Uint8Array.from({ length: 5000 - next }, (_, i) => next + i),
    );
    assert(aborted > 500 && aborted < 5000, `${aborted}`);
    theirs.close();
  },
);

test(
  "fromFd() takes only what it is said to be",
  { needs: ["read", "write"] },
  (t) => {
    const path = `${t.folder()}/tea`;
    using listener = openUnixListener(path);
    const [stream, other] = socketpair();
    const [datagram, third] = socketpair({ type: "datagram" });
    assertThrows(() => UnixStream.fromFd(listener.fd), TypeError, "it listens");
    assertThrows(
      () => UnixStream.fromFd(datagram.fd),
      TypeError,
      "type datagram",
    );
    assertThrows(
      () => UnixStreamListener.fromFd(stream.fd),
      TypeError,
      "not listen",
    );
    assertThrows(() => UnixStream.fromFd(0.5), RangeError);
    assertThrows(() => UnixStream.fromFd(-1), RangeError);
    assertOsError(() => UnixStream.fromFd(999_999), BadResource, "EBADF");
    assertThrows(() => UnixStream.fromEnv("NO_SUCH_VARIABLE_HERE"));
    for (const end of [stream, other, datagram, third]) end.close();
  },
);

test("duplicate() is the same connection", {}, async () => {
  const [ours, theirs] = socketpair();
  const copy = ours.duplicate();
  assert(copy.fd !== ours.fd);
  ours.close();
  copy.writeSync(bytes("still"));
  assertEquals(text(buffer, theirs.readSync(buffer)), "still");
  assertEquals(theirs.tryRead(buffer), undefined);
  copy.close();
  assertEquals(theirs.readSync(buffer), null);
  assertThrows(() => copy.duplicate(), BadResource);
  theirs.close();
  await turns(1);
});

test("sendBufferSize and receiveBufferSize are the system's", {
  ignore: notLinux,
}, () => {
  const [ours, theirs] = socketpair();
  ours.sendBufferSize = 10_000;
  assertEquals(ours.sendBufferSize, 20_000);
  theirs.receiveBufferSize = 10_000;
  assertEquals(theirs.receiveBufferSize, 20_000);
  assert(fill(ours) < 20_000);
  for (const size of [0, -1, NaN, 1.5]) {
    assertThrows(() => ours.sendBufferSize = size, RangeError);
  }
  ours.close();
  theirs.close();
  assertThrows(() => ours.sendBufferSize, BadResource);
});

test("a child that has it wait by itself does not stop the event loop", {
  needs: [...needs, "run"],
  ignore: withoutProgram("python3"),
}, async (t) => {
  using listener = openUnixListener(`${t.folder()}/tea`);
  await assertRejects(() => listener.accept({ timeout: 1 }), TimedOut);
  const script = "import os; os.set_blocking(int(os.environ['FD']), True)";
  const child = spawnWith(
    new Deno.Command("python3", {
      args: ["-c", script],
      env: { FD: String(listener.fd) },
    }),
    [listener],
    { keep: true },
  );
  assert((await child.status).success);
  await assertRejects(() => listener.accept({ timeout: 1 }), TimedOut);
});

test("a listener is inherited by children, who accept in turn", {
  needs: [...needs, "run"],
}, async (t) => {
  const path = `${t.folder()}/tea`;
  using listener = openUnixListener(path);
  const children = Array.from({ length: 2 }, () =>
    spawnWith(
      denoPeer("unix_accept.ts", [String(listener.fd)], { stderr: "inherit" }),
      [listener],
      { keep: true },
    ));
  const answers = new Set<string>();
  for (let i = 0; i < 40 || answers.size < 2; i++) {
    using client = await openUnixStream(path);
    answers.add(text(await readAll(client)));
  }
  assertEquals(answers.size, 2);
  for (const child of children) {
    child.kill("SIGKILL");
    await child.output();
  }
  assert(await isPending(listener.accept().catch(() => {})));
});
