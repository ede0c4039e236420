/** Rings whose memory is changed at random between calls. */

import { openRingReader, openRingWriter } from "@ipc/ring";
import type { OpenRingOptions, RingReader, RingWriter } from "@ipc/ring";
import { openSharedMemory } from "@ipc/shm";
import { generator } from "./random.ts";

/** What a ring may answer to nonsense. */
const EXPECTED = [
  Deno.errors.InvalidData,
  Deno.errors.TimedOut,
  Deno.errors.BrokenPipe,
  Deno.errors.ConnectionReset,
  Deno.errors.NotSupported,
  Deno.errors.Busy,
  RangeError, // a message that is longer than the buffer
  TypeError, // no ring any more
];

/** How often each happened. */
export interface FuzzResults {
  errors: number;
  messages: number;
}

/**
 * Mutates the memory of a ring and uses both sides after each mutation.
 *
 * @param name A free name of a ring.
 * @param options What ring.
 * @param mutations How many.
 * @param seed Which.
 */
export async function fuzz(
  name: string,
  options: OpenRingOptions,
  mutations: number,
  seed: number,
): Promise<FuzzResults> {
  const random = generator(seed);
  const results: FuzzResults = { errors: 0, messages: 0 };
  openRingReader(name, { capacity: 256, ...options, createNew: true }).close();
  using memory = openSharedMemory(name);
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  const good = bytes.slice();
  const lanes = options.producers ?? 1;
  const places = [
    ...Array(40).keys(), // the header
    ...Array.from({ length: lanes * 64 }, (_, i) => 64 + i),
    ...Array.from({ length: lanes * 64 }, (_, i) => 1024 + i),
  ];
  const hot = [64, 65, 80, 1024, 1025];
  let done = 0;
  while (done < mutations) {
    // What openers find is nonsense, or what is there while it is open.
    bytes.set(good);
    if (random(4) === 0) mutate();
    let reader: RingReader | undefined;
    let writer: RingWriter | undefined;
    try {
      reader = openRingReader(name, { timeout: 1 });
      writer = openRingWriter(name, { timeout: 1 });
    } catch (error) {
      judge(error);
    }
    for (let i = 0; i < 12; i++) {
      try {
        if (writer !== undefined && random(2) === 0) send(writer);
        if (random(2) === 0) mutate();
        if (reader !== undefined) await receive(reader);
      } catch (error) {
        judge(error);
      }
    }
    writer?.close();
    reader?.close();
  }
  bytes.set(good);
  return results;

  function mutate(): void {
    // The words that matter most get most.
    done++;
    const place = random(3) === 0
      ? hot[random(hot.length)]!
      : places[random(places.length)]!;
    const kind = random(5);
    if (kind === 0) words[place]! ^= 1 << random(32);
    else if (kind === 1) words[place] = random(2 ** 32);
    else if (kind === 2) words[place]! += (random(65) - 32) * 8;
    else if (kind === 3) words[place] = -1;
    else words[place] = random(512);
  }

  function send(writer: RingWriter): void {
    const message = new Uint8Array(random(60)).fill(random(256));
    const way = random(4);
    if (way === 0) writer.trySend(message);
    else if (way === 1) writer.sendSync(message, { timeout: 1 });
    else if (way === 2) writer.enqueue(message);
    else {
      const room = writer.tryReserve(message.length);
      if (room !== undefined) {
        room.set(message);
        writer.commit(random(message.length + 1));
      }
    }
  }

  async function receive(reader: RingReader): Promise<void> {
    const way = random(64);
    let found: Uint8Array | number | null | undefined;
    if (way === 0) found = reader.receiveSync({ timeout: 1 });
    else if (way === 1) found = await reader.receive({ timeout: 1 });
    else if (way < 20) found = reader.tryReceiveInto(new Uint8Array(64));
    else if (way < 40) {
      found = reader.tryPeek();
      if (way < 30) reader.release();
    } else found = reader.tryReceive();
    if (found !== undefined && found !== null) {
      results.messages++;
      const length = typeof found === "number" ? found : found.length;
      if (length > 120) throw new Error(`A message has ${length} bytes`);
    }
  }

  function judge(error: unknown): void {
    results.errors++;
    if (!EXPECTED.some((Class) => error instanceof Class)) throw error;
  }
}
