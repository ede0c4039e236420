import {
  connectTcp,
  receiveExactly,
  sendAll,
  serveConnections,
} from "@ipc/socket";
import type { ServeConnectionsOptions } from "@ipc/socket";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep, until } from "../_util/wait.ts";
import { listen, needsNet } from "./_deno.ts";

/** Answers every byte by the same. */
async function echo(connection: Deno.Conn): Promise<void> {
  await connection.readable.pipeTo(connection.writable);
}

/** Sends a byte and waits for it to come back. */
async function ask(connection: Deno.Conn): Promise<void> {
  const byte = new Uint8Array(1);
  await sendAll(connection, byte);
  assertEquals(await receiveExactly(connection, byte, { timeout: 5000 }), 1);
}

test("serveConnections() handles many at once", needsNet, async (t) => {
  const listener = listen(t);
  await using server = serveConnections(listener, echo);
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => connectTcp({ port: listener.addr.port })),
  );
  for (const client of clients) await ask(client);
  assertEquals(server.connections, 50);
  for (const client of clients) client.close();
  await until(() => server.connections === 0);
});

test(
  "serveConnections() handles as many as it is told to",
  needsNet,
  async (t) => {
    const listener = listen(t);
    let most = 0;
    await using server = serveConnections(listener, async (connection) => {
      most = Math.max(most, server.connections);
      await sleep(5);
      await sendAll(connection, Uint8Array.of(1));
    }, { maxConnections: 3 });
    await Promise.all(Array.from({ length: 20 }, async () => {
      using client = await connectTcp({ port: listener.addr.port });
      assertEquals(await receiveExactly(client, new Uint8Array(1)), 1);
    }));
    assertEquals(most, 3);
  },
);

test("serveConnections() outlives handlers that throw", needsNet, async (t) => {
  const listener = listen(t);
  const errors: unknown[] = [];
  await using _server = serveConnections(listener, (connection) => {
    if (errors.length === 0) throw new Error("first");
    if (errors.length === 1) return Promise.reject(new Error("second"));
    return echo(connection);
  }, { onError: (error) => errors.push(error) });
  for (let i = 0; i < 2; i++) {
    using client = await connectTcp({ port: listener.addr.port });
    assertEquals(await client.read(new Uint8Array(1)), null);
  }
  using client = await connectTcp({ port: listener.addr.port });
  await ask(client);
  assertEquals(errors.map(String), ["Error: first", "Error: second"]);
});

test("shutdown() lets connections finish", needsNet, async (t) => {
  const listener = listen(t);
  const { port } = listener.addr;
  const server = serveConnections(listener, echo);
  using client = await connectTcp({ port });
  await ask(client);
  let isOver = false;
  const over = server.shutdown({ gracePeriod: 10_000 })
    .then(() => isOver = true);
  await sleep(10);
  await assertRejects(
    () => connectTcp({ port }),
    Deno.errors.ConnectionRefused,
  );
  await ask(client);
  assertEquals([isOver, server.connections], [false, 1]);
  await client.closeWrite();
  await over;
  await server.finished;
});

test("shutdown() aborts what takes too long", needsNet, async (t) => {
  const listener = listen(t);
  const reasons: unknown[] = [];
  const errors: unknown[] = [];
  const server = serveConnections(listener, async (connection, { signal }) => {
    signal.addEventListener("abort", () => reasons.push(signal.reason));
    await echo(connection);
  }, { gracePeriod: 20, onError: (error) => errors.push(error) });
  using client = await connectTcp({ port: listener.addr.port });
  await ask(client);
  await server.shutdown();
  assertEquals(server.connections, 0);
  assertEquals(reasons.map(String), [
    "Interrupted: Cannot go on: the server is shut down",
  ]);
  assertEquals(errors, []);
  assertEquals(await client.read(new Uint8Array(1)), null);
});

test("shutdown() can be hurried, and repeated", needsNet, async (t) => {
  const listener = listen(t);
  const server = serveConnections(listener, echo, { gracePeriod: Infinity });
  using client = await connectTcp({ port: listener.addr.port });
  await ask(client);
  const over = server.shutdown();
  assertThrows(() => server.shutdown({ gracePeriod: -1 }), RangeError);
  await server.shutdown({ gracePeriod: 0 });
  await over;
  await server.shutdown();
});

for (const when of ["before", "while"] as const) {
  test(
    `serveConnections() is shut down by a signal ${when} it runs`,
    needsNet,
    async (t) => {
      const listener = listen(t);
      const abort = new AbortController();
      if (when === "before") abort.abort();
      const server = serveConnections(listener, echo, { signal: abort.signal });
      await sleep(2);
      abort.abort();
      await server.finished;
      assertThrows(() => listener.close(), Deno.errors.BadResource);
    },
  );
}

test(
  "serveConnections() ends when somebody closes its listener",
  needsNet,
  async (t) => {
    const listener = listen(t);
    const server = serveConnections(listener, echo);
    using client = await connectTcp({ port: listener.addr.port });
    await ask(client);
    listener.close();
    await ask(client);
    client.close();
    await server.finished;
  },
);

test("serveConnections() rejects when it can accept no more", {}, async () => {
  let closed = 0;
  const failure = new Error("out of order");
  const server = serveConnections({
    accept: () => Promise.reject(failure),
    close: () => closed++,
  }, () => {});
  assertEquals(await server.finished.catch((error) => error), failure);
  assertEquals(closed, 1);
});

test(
  "serveConnections() goes on after connections that were lost",
  {},
  async () => {
    const codes = ["ECONNABORTED", "EPROTO", "ECONNRESET"];
    const served: unknown[] = [];
    const over = Promise.withResolvers<never>();
    const connection = { close() {} };
    const server = serveConnections({
      accept() {
        const code = codes.shift();
        if (code !== undefined) {
          throw Object.assign(new Error("lost"), { code });
        }
        return served.length === 0 ? Promise.resolve(connection) : over.promise;
      },
      close: () => over.reject(new Deno.errors.BadResource("closed")),
    }, (connection) => void served.push(connection));
    await until(() => served.length === 1);
    assertEquals(served, [connection]);
    await server.shutdown();
  },
);

test("serveConnections() survives a lack of descriptors without spinning", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const peer = denoPeer("accept_without_descriptors.ts", [], {
    flags: ["--allow-net", "--allow-read"],
    through: ["sh", "-c", 'ulimit -n 64; exec "$0" "$@"'],
  });
  const { early, served, codes, cpu } = JSON.parse(await output(peer));
  assertEquals([early, served, codes], [0, 10, ["EMFILE"]]);
  assert(cpu < 100, `${cpu} ms of processor time in 500 ms`);
});

for (
  const [what, options] of [
    ["maxConnections 0", { maxConnections: 0 }],
    ["maxConnections 1.5", { maxConnections: 1.5 }],
    ["gracePeriod −1", { gracePeriod: -1 }],
    ["gracePeriod NaN", { gracePeriod: NaN }],
  ] as [string, ServeConnectionsOptions][]
) {
  test(`serveConnections() refuses ${what}`, {}, () => {
    const never = { accept: () => new Promise<never>(() => {}), close() {} };
    assertThrows(() => serveConnections(never, () => {}, options), RangeError);
  });
}
