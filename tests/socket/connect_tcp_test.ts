import { connectTcp, isOsError } from "@ipc/socket";
import type { ConnectTcpOptions } from "@ipc/socket";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import {
  abortsAfter,
  closeQuietly,
  listen,
  needsNet,
  withoutNetwork,
} from "./_deno.ts";

const { ConnectionRefused, TimedOut } = Deno.errors;

/** A port where nobody listens, for a while at least. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

for (
  const [hostname, at] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["localhost", "127.0.0.1"],
  ] as const
) {
  test(`connectTcp() connects to ${hostname}`, needsNet, async (t) => {
    const { addr } = listen(t, { hostname: at });
    using client = await connectTcp({ hostname, port: addr.port });
    assertEquals({ ...client.remoteAddr }, { ...addr });
  });
}

test(
  "connectTcp() reaches a dual-stack server by both",
  needsNet,
  async (t) => {
    const { addr } = listen(t, { hostname: "::" });
    for (const hostname of ["127.0.0.1", "::1"]) {
      (await connectTcp({ hostname, port: addr.port })).close();
    }
  },
);

test("connectTcp() says who refused it", needsNet, async () => {
  const port = freePort();
  const error = await assertRejects(
    () => connectTcp({ port }),
    ConnectionRefused,
    `Cannot connect to 127.0.0.1:${port}: Connection refused (os error`,
  );
  assert(isOsError(error, "ECONNREFUSED"));
  assertEquals(error.syscall, "connect");
});

test("connectTcp() says which name is unknown", needsNet, async () => {
  await assertRejects(
    () => connectTcp({ hostname: "no such name", port: 1, timeout: 5000 }),
    Error,
    "Cannot connect to no such name:1: ",
  );
});

test("connectTcp() says that there is no way", {
  ignore: notLinux || withoutNetwork(),
}, async () => {
  const peer = denoPeer("connect_without_network.ts", [], {
    flags: ["--allow-net"],
    through: ["unshare", "--net"],
  });
  assertEquals(
    await output(peer),
    "NetworkUnreachable ENETUNREACH Cannot connect to 127.0.0.1:50000: " +
      "Network is unreachable (os error 101)",
  );
});

test("connectTcp() does not connect to itself", {
  ignore: notLinux || withoutNetwork(),
}, async () => {
  // The only port that the system has to give is the one that is asked for.
  const one = "ip link set lo up && " +
    "echo 50000 50000 >/proc/sys/net/ipv4/ip_local_port_range";
  const ask = (...args: string[]) =>
    output(denoPeer("connect_without_network.ts", args, {
      flags: ["--allow-net"],
      through: ["unshare", "--net", "sh", "-c", `${one} && exec "$0" "$@"`],
    }));
  assertEquals(await ask("Deno"), "connected from 50000");
  assertEquals(
    await ask(),
    "ConnectionRefused ECONNREFUSED Cannot connect to 127.0.0.1:50000: " +
      "Connection refused: nobody listens, and it met itself",
  );
});

/** A port that lets nobody in, because its queue is full. */
async function fullPort(defer: (undo: () => void) => void): Promise<number> {
  const listener = Deno.listen({
    hostname: "127.0.0.1",
    port: 0,
    tcpBacklog: 1,
  });
  defer(() => listener.close());
  const { port } = listener.addr;
  for (let i = 0; i < 2; i++) {
    const connection = await Deno.connect({ port });
    defer(() => connection.close());
  }
  return port;
}

test("connectTcp() gives up after a timeout", {
  ...needsNet,
  ignore: notLinux,
}, async (t) => {
  const port = await fullPort((undo) => t.defer(undo));
  await assertRejects(
    () => connectTcp({ port, timeout: 20 }),
    TimedOut,
    `Cannot connect to 127.0.0.1:${port} within 20 milliseconds`,
  );
});

test("connectTcp() gives up when it is aborted", {
  ...needsNet,
  ignore: notLinux,
}, async (t) => {
  const port = await fullPort((undo) => t.defer(undo));
  const { signal, reason } = abortsAfter(20);
  const error = await assertRejects(() => connectTcp({ port, signal }));
  assertStrictEquals(error, reason);
});

test(
  "connectTcp() does nothing if it is aborted already",
  needsNet,
  async (t) => {
    const { addr } = listen(t);
    const signal = AbortSignal.abort("no");
    const error = await connectTcp({ port: addr.port, signal }).catch((e) => e);
    assertEquals(error, "no");
  },
);

test("connectTcp() waits until somebody listens", needsNet, async (t) => {
  const port = freePort();
  const connecting = connectTcp({
    port,
    untilListening: true,
    timeout: 5000,
  });
  await sleep(30);
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  t.defer(() => listener.close());
  (await connecting).close();
});

test("connectTcp() stops to wait for a listener", needsNet, async () => {
  const port = freePort();
  const options = { port, untilListening: true };
  await assertRejects(
    () => connectTcp({ ...options, timeout: 20 }),
    TimedOut,
    "within 20 milliseconds",
  );
  const { signal, reason } = abortsAfter(20);
  const error = await assertRejects(() => connectTcp({ ...options, signal }));
  assertStrictEquals(error, reason);
});

test("connectTcp() leaves no descriptors when it is given up", {
  needs: ["all", "net"],
  ignore: notLinux,
}, async (t) => {
  const { addr } = listen(t);
  const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
  let connected = 0;
  const giveUp = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const abort = new AbortController();
      const connecting = connectTcp({ port: addr.port, signal: abort.signal });
      if (i % 3 > 0) await Promise.resolve();
      if (i % 3 > 1) await sleep(0);
      abort.abort();
      await connecting.then(
        (end) => (connected++, closeQuietly(end)),
        () => {},
      );
    }
  };
  // Deno opens some for itself when it does that first.
  await giveUp(10);
  const before = count();
  await giveUp(300);
  while (count() > before) await sleep(5);
  assert(connected < 310);
});

for (
  const [what, options, Class] of [
    ["port 0", { port: 0 }, RangeError],
    ["port 65,536", { port: 65_536 }, RangeError],
    ["port NaN", { port: NaN }, RangeError],
    ["port 1.5", { port: 1.5 }, RangeError],
    ['port "80"', { port: "80" as unknown as number }, TypeError],
    ["timeout −1", { port: 80, timeout: -1 }, RangeError],
    ["timeout NaN", { port: 80, timeout: NaN }, RangeError],
  ] as [string, ConnectTcpOptions, ErrorConstructor][]
) {
  test(`connectTcp() refuses ${what}`, {}, async () => {
    await assertRejects(() => connectTcp(options), Class, "Cannot use ");
  });
}
