/**
 * Waits for something and stops to, in one of several ways. Nothing is left
 * to do then, so the process ends; it says so first.
 *
 * Arguments: the way; the path of a FIFO that nobody opens, for some.
 */

import { openFifo } from "@ipc/fifo";
import { pipe } from "@ipc/pipe";
import type { WaitOptions } from "@ipc/pipe";
import { sleep } from "../_util/wait.ts";

const [way, path] = Deno.args as [string, string];
const { reader, writer } = pipe();
const byte = new Uint8Array(1);
const readers: Record<string, (options: WaitOptions) => Promise<unknown>> = {
  read: (options) => reader.read(byte, options),
  write: (options) => {
    while (writer.tryWrite(new Uint8Array(4096)) !== undefined);
    return writer.write(byte, options);
  },
  "open for reading": (options) => openFifo(path, { read: true, ...options }),
  "open for writing": (options) => openFifo(path, { write: true, ...options }),
};

const ways: Record<string, () => Promise<unknown>> = {
  "is not read": () => new Promise((resolve) => (reader.readable, resolve(0))),
  "is cancelled": async () => {
    const stream = reader.readable.getReader();
    stream.read();
    await sleep(5);
    await stream.cancel();
  },
  "is satisfied": async () => {
    const reading = reader.read(byte, { timeout: 600_000 });
    await sleep(5);
    writer.writeSync(byte);
    await reading;
  },
  "is satisfied with room": async () => {
    while (writer.tryWrite(new Uint8Array(4096)) !== undefined);
    const writing = writer.write(byte, { timeout: 600_000 });
    await sleep(5);
    reader.readSync(new Uint8Array(65_536));
    await writing;
  },
  "is closed while it reads": async () => {
    const reading = reader.read(byte, { timeout: 600_000 });
    await sleep(5);
    reader.close();
    await reading.catch(() => {});
  },
  "is closed while it writes": async () => {
    const writing = readers.write!({ timeout: 600_000 });
    await sleep(5);
    writer.close();
    await writing.catch(() => {});
  },
};
for (const [name, run] of Object.entries(readers)) {
  ways[`${name} is aborted`] = async () => {
    const abort = new AbortController();
    const waiting = run({ signal: abort.signal, timeout: 600_000 });
    await sleep(5);
    abort.abort();
    await waiting.catch(() => {});
  };
  ways[`${name} is late`] = async () => {
    await run({ timeout: 5 }).catch(() => {});
  };
}

await ways[way]!();
console.log("nothing is left");
