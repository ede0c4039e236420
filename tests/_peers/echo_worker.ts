/** Copies a pipe to another in a thread of its own. Its message: both ends. */

import { DuplexPipe } from "@ipc/pipe";

addEventListener(
  "message",
  async ({ data }: MessageEvent<[number, number]>) => {
    using both = DuplexPipe.fromFds(...data);
    await both.readable.pipeTo(both.writable);
  },
);
