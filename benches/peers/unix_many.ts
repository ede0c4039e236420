/**
 * Round trips over one connection of a server that has many others, which are
 * open and silent. Each has a wait of its own.
 */

import { openUnixListener, openUnixStreamSync } from "@ipc/unix";
import type { UnixStream } from "@ipc/unix";
import {
  answerRoundTripsAsync,
  measureRoundTrips,
  numberOption,
  option,
  ready,
} from "./peer.ts";
import { path } from "./ports.ts";

const count = numberOption("connections", 1);
const own = new Uint8Array(64);

if (option("role") === "server") {
  using listener = openUnixListener(path);
  ready();
  const silent: UnixStream[] = [];
  const waits: Promise<unknown>[] = [];
  for (let i = 1; i < count; i++) {
    const stream = await listener.accept();
    silent.push(stream);
    waits.push(stream.read(new Uint8Array(64)));
  }
  using busy = await listener.accept();
  await answerRoundTripsAsync(async () => {
    await busy.read(own);
    await busy.write(own);
    return own[0]!;
  });
  for (const stream of silent) stream.close();
  await Promise.allSettled(waits);
} else {
  const silent: UnixStream[] = [];
  for (let i = 1; i < count; i++) silent.push(openUnixStreamSync(path));
  using busy = openUnixStreamSync(path);
  measureRoundTrips((phase) => {
    own[0] = phase;
    busy.writeSync(own);
    busy.readSync(own);
  });
  for (const stream of silent) stream.close();
}
