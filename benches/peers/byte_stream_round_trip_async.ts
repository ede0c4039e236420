/** The same with both sides asynchronous. */

import { isFirst, openBoth, size } from "./byte_streams.ts";
import { answerRoundTripsAsync, measureRoundTripsAsync } from "./peer.ts";

const { reader, writer } = openBoth();
const own = new Uint8Array(size);

if (isFirst) {
  await answerRoundTripsAsync(async () => {
    await readOne();
    await writeOne();
    return own[0]!;
  });
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    await writeOne();
    await readOne();
  });
}
reader.close();
writer.close();

async function readOne(): Promise<void> {
  if (await reader.read(own) !== size) throw new Error("Part of a message");
}

async function writeOne(): Promise<void> {
  if (await writer.write(own) !== size) throw new Error("Part of a message");
}
