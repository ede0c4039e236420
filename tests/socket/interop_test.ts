import {
  connectTcp,
  openTcpListener,
  openTcpStream,
  openUdpSocket,
  receiveExactly,
  sendAll,
  serveConnections,
} from "@ipc/socket";
import type { Closable, Receivable, Sendable } from "@ipc/socket";
import { assert, assertEquals } from "@std/assert";
import { Conversation, peerPath, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { sleep } from "../_util/wait.ts";
import { closeQuietly } from "./_deno.ts";

const needs = ["run", "net"] as const;
const python = { needs, ignore: withoutProgram("python3") };
const socat = { needs, ignore: withoutTool("socat", "-V") };
const nc = { needs, ignore: withoutTool("nc", "-h") };
const ss = { needs, ignore: notLinux || withoutTool("ss", "-V") };

function withoutTool(program: string, ...args: string[]): string | false {
  try {
    new Deno.Command(program, { args, stdin: "null" }).outputSync();
    return false;
  } catch {
    return `needs ${program}`;
  }
}

/** Runs a program with some input to its end. */
async function run(
  program: string,
  args: string[],
  input = "",
): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes(input));
  await writer.close();
  const { stdout, code } = await child.output();
  assertEquals(code, 0);
  return text(stdout);
}

/** A port where nobody listens, for a while at least. */
function freePort(): number {
  using listener = openTcpListener();
  return listener.addr.port;
}

/** Starts a program of ours in Python. */
function startPython(t: TestScope, ...args: string[]): Conversation {
  const peer = new Conversation("python3", [
    peerPath("socket_peer.py"),
    ...args,
  ]);
  t.defer(() => void peer.end());
  return peer;
}

type Connection = Receivable & Sendable & {
  close(): void;
  closeWrite(): void | Promise<void>;
  localAddr: Deno.NetAddr;
};

/** Both ways to connect, and both to listen. */
const connects: Record<string, (port: number) => Promise<Connection>> = {
  connectTcp: (port) =>
    connectTcp({ port, untilListening: true, timeout: 5000 }),
  openTcpStream: (port) =>
    openTcpStream({ port, untilListening: true, timeout: 5000 }),
};
const listens = {
  "Deno.listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  openTcpListener: () => openTcpListener(),
};

/** Answers by capitals, until the end. */
async function capitals(connection: Receivable & Sendable): Promise<void> {
  const buffer = new Uint8Array(10_000);
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    await sendAll(connection, bytes(text(buffer, count).toUpperCase()));
  }
}

for (const [name, connect] of Object.entries(connects)) {
  test(`${name}() talks to Python`, python, async (t) => {
    const peer = startPython(t, "tcp-server");
    const connection = await connect(Number(await peer.hear()));
    t.defer(() => closeQuietly(connection));
    assertEquals(await peer.hear(), `from ${connection.localAddr.port}`);
    const all = new Uint8Array(1_000_000).fill(120);
    const sent = sendAll(connection, all).then(() => connection.closeWrite());
    const received = new Uint8Array(all.byteLength);
    await receiveExactly(connection, received);
    assert(received.every((byte) => byte === 88));
    await sent;
    assertEquals(await receiveExactly(connection, received), null);
  });

  test(`${name}() talks to nc`, nc, async (t) => {
    const port = freePort();
    const child = new Deno.Command("nc", {
      args: ["-N", "-l", "127.0.0.1", String(port)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const connection = await connect(port);
    t.defer(() => closeQuietly(connection));
    const input = child.stdin.getWriter();
    await input.write(bytes("from nc"));
    const received = new Uint8Array(7);
    await receiveExactly(connection, received, { timeout: 5000 });
    assertEquals(text(received), "from nc");
    await sendAll(connection, bytes("to nc"));
    await connection.closeWrite();
    await input.close();
    assertEquals(text((await child.output()).stdout), "to nc");
    assertEquals(await receiveExactly(connection, received), null);
  });

  test(`${name}() talks to socat`, socat, async (t) => {
    const port = freePort();
    const child = new Deno.Command("socat", {
      args: [`TCP4-LISTEN:${port},bind=127.0.0.1,reuseaddr`, "EXEC:cat"],
      stdin: "null",
    }).spawn();
    const connection = await connect(port);
    t.defer(() => closeQuietly(connection));
    await sendAll(connection, bytes("hello"));
    const received = new Uint8Array(5);
    await receiveExactly(connection, received, { timeout: 5000 });
    assertEquals(text(received), "hello");
    await connection.closeWrite();
    assertEquals(await receiveExactly(connection, received), null);
    assertEquals((await child.status).code, 0);
  });
}

/** Serves while clients run. */
async function serving(
  listen: (typeof listens)[keyof typeof listens],
  use: (port: number) => Promise<void>,
): Promise<void> {
  const listener = listen();
  await using _server = serveConnections<Receivable & Sendable & Closable>(
    listener,
    capitals,
  );
  await use(listener.addr.port);
}

for (const [name, listen] of Object.entries(listens)) {
  test(
    `serveConnections() of ${name} serves Python`,
    python,
    () =>
      serving(listen, async (port) => {
        const args = [peerPath("socket_peer.py"), "tcp-client", String(port)];
        assertEquals(await run("python3", args), "1000000 True\n");
      }),
  );

  test(
    `serveConnections() of ${name} serves nc`,
    nc,
    () =>
      serving(listen, async (port) => {
        const args = ["-N", "127.0.0.1", String(port)];
        assertEquals(await run("nc", args, "hello"), "HELLO");
      }),
  );

  test(
    `serveConnections() of ${name} serves socat`,
    socat,
    () =>
      serving(listen, async (port) => {
        const args = ["-", `TCP4:127.0.0.1:${port}`];
        assertEquals(await run("socat", args, "hello"), "HELLO");
      }),
  );
}

test("a UDP socket talks to Python", python, async (t) => {
  const peer = startPython(t, "udp-server");
  const port = Number(await peer.hear());
  using socket = openUdpSocket();
  for (const word of ["one", "two", "end"]) {
    await socket.send(bytes(word), { to: { hostname: "127.0.0.1", port } });
    const { message, address } = await socket.receive({ timeout: 5000 });
    assertEquals([text(message), address.port], [word.toUpperCase(), port]);
  }
});

test("a UDP socket answers Python", python, async (t) => {
  using socket = openUdpSocket();
  const peer = startPython(t, "udp-client", String(socket.localAddr.port));
  let port = 0;
  for (const size of [3, 0, 9000]) {
    const { message, address } = await socket.receive({ timeout: 5000 });
    assertEquals(message.byteLength, size);
    port = address.port;
    await socket.send(bytes(text(message).toUpperCase()), { to: address });
  }
  assertEquals(await peer.hear(), `done ${port}`);
});

test("a UDP socket hears socat and nc", {
  needs,
  ignore: socat.ignore || nc.ignore,
}, async () => {
  using socket = openUdpSocket();
  const { port } = socket.localAddr;
  await run("socat", ["-u", "-", `UDP4:127.0.0.1:${port}`], "by socat");
  assertEquals(
    text((await socket.receive({ timeout: 5000 })).message),
    "by socat",
  );
  await run(
    "nc",
    ["-u", "-w", "1", "-q", "0", "127.0.0.1", String(port)],
    "by nc",
  );
  assertEquals(
    text((await socket.receive({ timeout: 5000 })).message),
    "by nc",
  );
});

test("ss says the same of sockets", ss, async () => {
  const args = (...filter: string[]) => ["-H", "-n", ...filter];
  using listener = openTcpListener({ backlog: 7 });
  const { port } = listener.addr;
  const listening = await run("ss", args("-tl", `sport = :${port}`));
  const [state, , backlog, local] = listening.trim().split(/\s+/);
  assertEquals([state, backlog, local], ["LISTEN", "7", `127.0.0.1:${port}`]);

  using client = await openTcpStream({ port });
  using server = await listener.accept();
  client.writeSync(bytes("unread"));
  await sleep(5);
  const peers = await run("ss", args("-t", `sport = :${port}`));
  const [connected, unread, , here, there] = peers.trim().split(/\s+/);
  assertEquals([connected, unread], ["ESTAB", "6"]);
  assertEquals(here, `127.0.0.1:${server.localAddr.port}`);
  assertEquals(there, `127.0.0.1:${server.remoteAddr.port}`);

  using udp = openUdpSocket();
  const one = await run("ss", args("-ua", `sport = :${udp.localAddr.port}`));
  assertEquals(one.trim().split(/\s+/)[3], `127.0.0.1:${udp.localAddr.port}`);
});
