/** No memory for a new one: what is said, and what is left. */

import { assertEquals, assertMatch } from "@std/assert";
import { denoPeer, hasProgram, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";

/** Needs the right to mount, which root has, unless it is in a container. */
const mount = ["--mount", "--propagation", "private", "sh", "-c"];
const canMount = hasProgram("unshare", [
  ...mount,
  "mount -t tmpfs tmpfs /dev/shm",
]);

test(
  "a ring and a semaphore say what to do when /dev/shm is full, and leave nothing",
  {
    needs: ["run"],
    ignore: notLinux || !canMount && "needs the right to mount",
  },
  async () => {
    const script =
      'mount -t tmpfs -o size=64k tmpfs /dev/shm && exec "$0" "$@"';
    const text = await output(denoPeer("full_shm.ts", [], {
      flags: ["--allow-all"],
      through: ["unshare", ...mount, script],
    }));
    const { ring, semaphore, names } = JSON.parse(text);
    assertMatch(
      ring,
      /create ring "\/ring" with \d+ bytes: No space .*; 0 of the 65536 bytes of its file system are free; free some, or mount \/dev\/shm larger$/,
    );
    assertMatch(
      semaphore,
      /semaphore "\/sem": No space .*; free some memory, or mount \/dev\/shm larger$/,
    );
    assertEquals(names, ["all"]);
  },
);
