/**
 * TCP and UDP under fire: waits that are aborted at the moment at which they
 * are served, senders that are killed at random moments, and servers that are
 * shut down while clients connect.
 *
 * deno run -A soaks/socket_soak.ts --help
 *
 * @module
 */

import {
  connectTcp,
  isOsError,
  openTcpListener,
  openTcpStream,
  openTcpStreamSync,
  openUdpSocket,
  receiveExactly,
  receiveSome,
  sendAll,
  serveConnections,
} from "@ipc/socket";
import { raceTrials, turn } from "./_races.ts";
import type { Race } from "./_races.ts";
import { check, draw, Fault, readOptions, runTrials } from "./_soak.ts";

const races: Record<string, () => Promise<Race>> = {
  "reads of a TcpStream": () => {
    using listener = openTcpListener();
    const client = openTcpStreamSync({ port: listener.addr.port });
    const server = listener.acceptSync();
    return Promise.resolve({
      send: (record) => void client.writeSync(record),
      receive: (record, options) => server.read(record, options),
      [Symbol.dispose]: () => (client.close(), server.close()),
    });
  },
  "receiveExactly() of a Deno.Conn": async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = await connectTcp({ port: listener.addr.port });
    const server = await listener.accept();
    return {
      send: (record) => sendAll(client, record),
      receive: (record, options) => receiveExactly(server, record, options),
      [Symbol.dispose]: () => (client.close(), server.close()),
    };
  },
  "receives of a UdpSocket": () => {
    const socket = openUdpSocket();
    socket.connect(socket.localAddr);
    return Promise.resolve({
      send: (record) => socket.sendSync(record),
      receive: (record, options) => socket.receiveInto(record, options),
      [Symbol.dispose]: () => socket.close(),
    });
  },
};

/** What a killed sender has sent arrives in order, and then a clear end. */
async function killedSenders(rounds: number): Promise<string> {
  let total = 0;
  let resets = 0;
  for (let round = 0; round < rounds; round++) {
    draw(round / rounds, "senders that are killed");
    using listener = openTcpListener();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--allow-ffi", import.meta.filename!],
        ...["send", String(listener.addr.port)],
      ],
      stdin: "null",
    }).spawn();
    using connection = await listener.accept({ timeout: 20_000 });
    if (round % 2 === 0) connection.writeSync(new Uint8Array(1));
    setTimeout(() => child.kill("SIGKILL"), Math.random() * 30);
    const words = new Uint32Array(16_384);
    const bytes = new Uint8Array(words.buffer);
    let expected = 0;
    try {
      for (;;) {
        const count = await receiveSome(connection, bytes, { timeout: 20_000 });
        if (count === null) break;
        for (let at = 0; at < count; at++, expected++) {
          if (bytes[at] !== expected % 251) {
            throw new Fault(`byte ${expected} is ${bytes[at]}`);
          }
        }
      }
    } catch (error) {
      if (!isOsError(error, "ECONNRESET")) throw error;
      resets++;
    }
    total += expected;
    await child.status;
  }
  return `${rounds} were killed, ${resets} connections reset, ${total} bytes`;
}

/** Sends what a receiver can check, until it is killed. */
async function send(port: number): Promise<void> {
  const all = Uint8Array.from({ length: 251 * 256 }, (_, i) => i % 251);
  using stream = await openTcpStream({ port });
  for (let at = 0;;) {
    at += await stream.write(all.subarray(at));
    if (at === all.length) at = 0;
  }
}

/** A server that is shut down answers each client, or none of its question. */
async function shutdowns(rounds: number): Promise<string> {
  let [answered, refused] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    draw(round / rounds, "servers that are shut down");
    const listener = round % 2 === 0
      ? openTcpListener()
      : Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    let handled = 0;
    const server = serveConnections<
      Deno.Conn | Awaited<ReturnType<typeof openTcpStream>>
    >(
      listener,
      async (connection) => {
        const byte = new Uint8Array(1);
        if (await receiveExactly(connection, byte) === null) return;
        await sendAll(connection, byte);
        handled++;
      },
      { maxConnections: 10, onError() {} },
    );
    const clients = Array.from({ length: 50 }, async () => {
      for (let turns = Math.random() * 20; turns > 1; turns--) await turn();
      try {
        using client = await openTcpStream({ port, timeout: 10_000 });
        await sendAll(client, Uint8Array.of(1), { timeout: 10_000 });
        const byte = new Uint8Array(1);
        const count = await receiveExactly(client, byte, { timeout: 10_000 });
        if (count === 1) answered++;
        else refused++;
      } catch (error) {
        if (error instanceof Deno.errors.TimedOut) throw error;
        refused++;
      }
    });
    const before = answered;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    await server.shutdown({ gracePeriod: 10_000 });
    await Promise.all(clients);
    check(server.connections === 0, "A connection is left");
    check(answered - before <= handled, "A client has an answer of nobody");
  }
  return `${answered} clients were answered, ${refused} were not`;
}

async function main(): Promise<void> {
  if (Deno.args[0] === "send") return await send(Number(Deno.args[1]));
  const { races: count, rounds } = readOptions(
    "TCP and UDP: aborts, senders that are killed, servers that shut down.",
    {
      races: [100_000, "how many aborts of each kind of wait"],
      rounds: [40, "how many deaths, and how many shutdowns"],
    },
  );
  await runTrials({
    ...raceTrials(races, count),
    "Senders that are killed": () => killedSenders(rounds),
    "Servers that are shut down": () => shutdowns(rounds),
  });
}

await main();
