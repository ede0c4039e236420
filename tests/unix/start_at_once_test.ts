import { assert, assertEquals } from "@std/assert";
import { openUnixListener, openUnixStream } from "@ipc/unix";
import {
  Conversation,
  output,
  peerPath,
  withoutProgram,
} from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { namesIn } from "./_sockets.ts";

const PROCESSES = 8;
const PATHS = 60;

/** Starts processes that wait for a word to begin. */
function start(folder: string, way: (i: number) => string): Conversation[] {
  return Array.from(
    { length: PROCESSES },
    (_, i) =>
      new Conversation(Deno.execPath(), [
        "run",
        "--quiet",
        ...["net", "read", "write", "ffi"].map((name) => `--allow-${name}`),
        peerPath("unix_start.ts"),
        folder,
        String(PATHS),
        way(i),
      ]),
  );
}

test(
  "of many processes that listen on one path at once exactly one does, 60 times",
  {
    needs: ["net", "read", "write", "run"],
    ignore: withoutProgram("python3"),
    deadline: 30_000,
  },
  async (t) => {
    const folder = t.folder();
    await output(
      new Deno.Command("python3", {
        args: [peerPath("unix_stale.py"), folder, String(PATHS)],
        stdout: "piped",
        stderr: "piped",
      }),
    );
    assertEquals(namesIn(folder).length, PATHS / 2);
    const peers = start(folder, (i) => i % 2 === 0 ? "own" : "deno");
    for (const peer of peers) assertEquals(await peer.hear(), "ready");
    for (const peer of peers) await peer.say("");
    const got: number[] = [];
    for (const peer of peers) {
      const line = await peer.hear();
      got.push(...line.split(" ").filter(Boolean).map(Number));
    }
    assertEquals(
      got.sort((a, b) => a - b),
      Array.from({ length: PATHS }, (_, i) => i),
    );
    for (let i = 0; i < PATHS; i++) {
      using _alive = await openUnixStream(`${folder}/${i}`, { timeout: 5000 });
    }
    // Sockets that live, no locks, no folders.
    assertEquals(namesIn(folder), got.map(String).sort());
    for (const peer of peers) await peer.ask("");
    assertEquals(namesIn(folder), []);
    for (const peer of peers) await peer.end();
  },
);

test("a listener that closes leaves its path to the next at once", {
  needs: ["read", "write"],
}, (t) => {
  const path = `${t.folder()}/tea`;
  let last = openUnixListener(path);
  for (let i = 0; i < 200; i++) {
    last.close();
    last = openUnixListener(path, { reclaim: false });
  }
  assert(last.fd !== -1);
  last.close();
});
