/** The same with both sides asynchronous. */

import { isFirst, openBoth, size } from "./byte_streams.ts";
import { answerRoundTripsAsync, measureRoundTripsAsync } from "./peer.ts";

const { reader, writer } = openBoth();
const own = new Uint8Array(size);

if (isFirst) {
  await answerRoundTripsAsync(async () => {
    checkCount(await reader.read(own));
    checkCount(await writer.write(own));
    return own[0]!;
  });
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    checkCount(await writer.write(own));
    checkCount(await reader.read(own));
  });
}
reader.close();
writer.close();

function checkCount(count: number | null): void {
  if (count !== size) throw new Error("Part of a message");
}
