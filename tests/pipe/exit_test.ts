import { pipe, spawnWith } from "@ipc/pipe";
import { assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { isPending, sleep } from "../_util/wait.ts";

for (
  const way of [
    "read is aborted",
    "read is late",
    "write is aborted",
    "write is late",
    "is not read",
    "is cancelled",
    "is satisfied",
    "is satisfied with room",
    "is closed while it reads",
    "is closed while it writes",
  ]
) {
  test(`a process ends by itself after its only wait: a pipe that ${way}`, {
    needs: ["run"],
  }, async () => {
    // The ends are left open, and timers of ten minutes would hold it up.
    const said = await output(denoPeer("wait_and_exit.ts", [way]));
    assertEquals(said, "nothing is left");
  });
}

test(
  "a process does not end while a read waits",
  { needs: ["run"] },
  async () => {
    using ends = pipe();
    const command = denoPeer("stream_peer.ts", [
      "read",
      String(ends.reader.fd),
    ]);
    const child = spawnWith(command, [ends.reader]);
    const ended = child.output();
    assertEquals(await isPending(ended), true);
    await sleep(200);
    ends.writer.writeSync(new Uint8Array(4));
    assertEquals(await isPending(ended), true);
    ends.writer.close();
    const { code, stdout } = await ended;
    assertEquals([code, new TextDecoder().decode(stdout)], [0, "read 1\n"]);
  },
);
