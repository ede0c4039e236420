import { assert, assertEquals, assertRejects } from "@std/assert";
import { socketpair, spawnWith } from "@ipc/unix";
import type { UnixSocketType } from "@ipc/unix";
import { isCloseOnExec } from "../../libc/fcntl.ts";
import { denoPeer, outcome, peerPath, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, readAll, text } from "../pipe/_bytes.ts";

const types: UnixSocketType[] = ["stream", "datagram", "seqpacket"];
const buffer = new Uint8Array(256);

for (const type of types) {
  const ignore = type === "seqpacket" && notLinux;

  for (const way of ["argument", "environment"] as const) {
    test(
      `socketpair() of type ${type} is a conversation with a child, by ${way}`,
      {
        needs: ["run"],
        ignore,
      },
      async () => {
        const [ours, theirs] = socketpair({ type });
        const fd = String(theirs.fd);
        const peer = denoPeer(
          "unix_upper.ts",
          [type, way === "argument" ? fd : "SOCKET"],
          {
            flags: ["--allow-ffi", "--allow-env"],
            env: { SOCKET: fd },
            stderr: "inherit",
          },
        );
        const child = spawnWith(peer, [theirs]);
        assertEquals(theirs.fd, -1);
        for (const word of ["one", "two", "three"]) {
          if ("write" in ours) {
            await ours.write(bytes(word));
            const count = await ours.read(buffer);
            assertEquals(text(buffer, count), word.toUpperCase());
          } else {
            await ours.send(bytes(word));
            const size = await ours.receiveInto(buffer);
            assertEquals(text(buffer, size), word.toUpperCase());
          }
        }
        ours.close();
        // A datagram socket has no end: the child is told by a refusal.
        if (type === "datagram") child.kill();
        const { code } = await child.output();
        assertEquals(code === 0, type !== "datagram");
      },
    );
  }

  test(`socketpair() of type ${type} is close-on-exec`, { ignore }, () => {
    const pair = socketpair({ type });
    assertEquals(pair.map(({ fd }) => isCloseOnExec(fd)), [true, true]);
    for (const end of pair) end.close();
  });
}

test("a child that knows nothing of it uses it as its stdin and stdout", {
  needs: ["run"],
  ignore: withoutProgram("bash"),
}, async () => {
  const [ours, theirs] = socketpair();
  const args = ["-c", `rev <&${theirs.fd} >&${theirs.fd}`];
  const child = spawnWith(new Deno.Command("bash", { args }), [theirs]);
  await ours.write(bytes("one\ntwo\n"));
  ours.closeWrite();
  assertEquals(text(await readAll(ours)), "eno\nowt\n");
  assert((await child.status).success);
  ours.close();
});

test("a process whose only wait was aborted exits at once", {
  needs: ["run"],
}, async () => {
  for (const type of types) {
    if (type === "seqpacket" && notLinux) continue;
    const start = performance.now();
    const { stdout, code } = await outcome(denoPeer("unix_idle.ts", [type]));
    assertEquals([code, stdout.trim()], [0, "aborted"]);
    assert(performance.now() - start < 5000);
  }
});

test("waits do not block the event loop", {}, async () => {
  const [ours, theirs] = socketpair({ type: "datagram" });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await assertRejects(
    () => ours.receive({ timeout: 60 }),
    Deno.errors.TimedOut,
  );
  clearInterval(timer);
  assert(ticks > 10, `${ticks} ticks`);
  ours.close();
  theirs.close();
});

test("python's socket takes over an end of a pair", {
  needs: ["run"],
  ignore: withoutProgram("python3") || notLinux,
}, async () => {
  for (const type of types) {
    const [ours, theirs] = socketpair({ type });
    const child = spawnWith(
      new Deno.Command("python3", {
        args: [peerPath("unix_peer.py"), "upper", String(theirs.fd)],
        stderr: "inherit",
      }),
      [theirs],
    );
    if ("write" in ours) {
      await ours.write(bytes("tea"));
      assertEquals(text(buffer, await ours.read(buffer)), "TEA");
    } else {
      await ours.send(bytes("tea"));
      assertEquals(text(buffer, await ours.receiveInto(buffer)), "TEA");
    }
    assert((await child.status).success);
    ours.close();
  }
});
