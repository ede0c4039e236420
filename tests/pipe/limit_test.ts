import { mkfifo } from "@ipc/fifo";
import { assertEquals } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";

test(
  "everything that needs descriptors fails with EMFILE when there are too few, and leaves none behind",
  {
    needs: ["run", "write"],
    ignore: notLinux,
  },
  async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path);
    const peer = denoPeer("no_descriptors.ts", [path], {
      flags: ["-A"],
      through: ["sh", "-c", 'ulimit -n 100; exec "$0" "$@"'],
    });
    const times = (count: number) => Array<string>(count).fill("EMFILE");
    assertEquals(JSON.parse(await output(peer)), {
      outcomes: {
        pipe: times(2),
        duplexPipe: times(4),
        openFifo: times(3),
        openFifoSync: times(3),
        read: times(1),
        write: times(3),
      },
      leaks: 0,
      later: [1, 1],
    });
  },
);
