import { openTcpListener, openTcpStreamSync, spawnWith } from "@ipc/socket";
import type { TcpListener } from "@ipc/socket";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { denoPeer, outcome, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { flagsOf } from "../pipe/_descriptors.ts";

const O_NONBLOCK = 0o4000;

test(
  "a child inherits a listener, and accepts",
  { needs: ["run"] },
  async () => {
    using listener = openTcpListener();
    const { fd, addr: { port } } = listener;
    const peer = denoPeer("accept_one.ts", [String(fd)]);
    const child = spawnWith(peer, [listener], { keep: true });
    using client = openTcpStreamSync({ port });
    const buffer = new Uint8Array(64);
    const count = client.readSync(buffer, { timeout: 5000 })!;
    const said = new TextDecoder().decode(buffer.subarray(0, count));
    assertEquals(said, String(child.pid));
    const { code, stderr } = await child.output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  },
);

test("a listener that is handed on still does not stop event loops", {
  needs: ["all"],
  ignore: notLinux,
}, async () => {
  using listener: TcpListener = openTcpListener();
  await assertRejects(() => listener.accept({ timeout: 1 }));
  assertEquals(flagsOf(listener.fd) & O_NONBLOCK, O_NONBLOCK);
  const command = new Deno.Command("true", { stdin: "null" });
  const child = spawnWith(command, [listener], { keep: true });
  assertEquals(flagsOf(listener.fd) & O_NONBLOCK, O_NONBLOCK);
  assert((await child.status).success);
});

test("an own listener goes on when there are descriptors again", {
  needs: ["run"],
  ignore: notLinux,
}, async () => {
  const peer = denoPeer("accept_without_descriptors.ts", ["own"], {
    flags: ["--allow-net", "--allow-read", "--allow-ffi"],
    through: ["sh", "-c", 'ulimit -n 64; exec "$0" "$@"'],
  });
  const { code, stderr, stdout } = await outcome(peer);
  assertEquals([code, stderr], [0, ""]);
  const { early, served, codes, cpu } = JSON.parse(stdout);
  assertEquals([early, served, codes], [0, 10, ["EMFILE"]]);
  assert(cpu < 100, `${cpu} ms of processor time in 500 ms`);
});

test(
  "a process whose waits were given up ends",
  { needs: ["run"] },
  async () => {
    for (const way of ["accept", "read", "udp", "connect"]) {
      assertEquals(
        await output(denoPeer("socket_wait_and_exit.ts", [way])),
        "nothing is left",
      );
    }
  },
);
