/**
 * Rings under fire: very many messages of random sizes with a checksum through
 * several capacities, sides that are killed at random, and memory that is
 * changed at random.
 *
 * deno run -A soaks/ring_soak.ts [--messages 20000000] [--kills 200]
 *   [--mutations 100000] [--from 0] [--seed 1]
 *
 * The issue's own numbers are `--messages 1000000000 --kills 1000`. A run that
 * was stopped goes on with `--from`, which it prints.
 */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import { parseArgs } from "@std/cli";
import { denoPeer, output } from "../tests/_util/child.ts";
import { fuzz, randomNumbers } from "../tests/_util/ring_fuzz.ts";
import { MessageChecker, MessageWriter } from "../tests/_util/ring_messages.ts";

const options = parseArgs(Deno.args, {
  string: ["messages", "kills", "mutations", "from", "seed"],
  default: {
    messages: "20000000",
    kills: "200",
    mutations: "100000",
    from: "0",
    seed: "1",
  },
});
const number = (key: keyof typeof options) => Number(options[key]);
const isTerminal = Deno.stdout.isTerminal();
const encoder = new TextEncoder();

/** Shows how far a part is; in a terminal, on one line. */
function progress(part: string, done: number, all: number, more = ""): void {
  if (!isTerminal) return;
  const width = 30;
  const full = Math.round(width * done / all);
  const bar = "#".repeat(full).padEnd(width, ".");
  Deno.stdout.writeSync(
    encoder.encode(`\r${part} [${bar}] ${done} of ${all} ${more}   `),
  );
}

function finish(text: string): void {
  if (isTerminal) Deno.stdout.writeSync(encoder.encode("\r\x1b[K"));
  console.log(text);
}

function freeName(): string {
  return `/s_${crypto.randomUUID().slice(0, 13)}`;
}

await stream(number("messages"), number("from"));
await kill(number("kills"), number("seed"));
await mutate(number("mutations"), number("seed"));
console.log("well");

/** Every message once, whole and in order, over several capacities. */
async function stream(messages: number, from: number): Promise<void> {
  const capacities = [64, 256, 1024, 4096, 65_536, 1_048_576];
  const writes = ["sync", "batch", "reserve", "try", "batch", "sync"];
  const share = Math.ceil(messages / capacities.length);
  const start = performance.now();
  let before = 0;
  for (const [i, capacity] of capacities.entries()) {
    const skip = Math.min(share, Math.max(0, from - before));
    before += share;
    const count = share - skip;
    if (count === 0) continue;
    const name = freeName();
    using reader = openRingReader(name, { createNew: true, capacity });
    try {
      const longest = Math.min(reader.maxMessageLength, 512);
      const sent = output(
        denoPeer("ring_stream.ts", [
          ...[name, "write", writes[i]!, `${count}`, "0", `${skip}`],
          `${longest}`,
        ]),
      );
      const checker = new MessageChecker(longest);
      checker.next[0] = skip;
      const own = new Uint8Array(512);
      for (let next = 0;;) {
        const length = reader.receiveIntoSync(own);
        if (length === null) break;
        checker.check(own.subarray(0, length));
        if (checker.count >= next) {
          next += 100_000;
          const done = before - share + skip + checker.count;
          progress("messages", done, messages, `(--from ${done})`);
        }
      }
      await sent;
      if (checker.count !== count) {
        throw new Error(`${checker.count} of ${count} messages came`);
      }
    } finally {
      unlinkRing(name);
    }
  }
  const seconds = (performance.now() - start) / 1000;
  finish(
    `${messages - from} messages came once, whole and in order ` +
      `(${seconds.toFixed(0)} s)`,
  );
}

/** Sides that are killed at random: the other one goes on with the next. */
async function kill(kills: number, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const { ConnectionReset, BrokenPipe } = Deno.errors;
  const capacity = 512;
  let slowest = 0;
  let messages = 0;
  for (let i = 0; i < kills; i++) {
    const name = freeName();
    const delay = random(20);
    if (i % 2 === 0) {
      using reader = openRingReader(name, { createNew: true, capacity });
      const way = ["sync", "async", "batch", "reserve"][random(4)]!;
      const peer = denoPeer("ring_stream.ts", [name, "write", way, "1e9"], {
        stdout: "null",
      }).spawn();
      const checker = new MessageChecker(reader.maxMessageLength);
      checker.check((await reader.receive({ timeout: 10_000 }))!);
      let killedAt = Infinity;
      setTimeout(() => {
        killedAt = performance.now();
        peer.kill("SIGKILL");
      }, delay);
      try {
        for (;;) checker.check((await reader.receive({ timeout: 5000 }))!);
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        slowest = Math.max(slowest, performance.now() - killedAt);
      }
      await peer.output();
      // What comes next is whole, and from the next producer.
      using writer = openRingWriter(name);
      const next = new MessageWriter(0, writer.maxMessageLength);
      const length = next.write(checker.next[0]!);
      writer.sendSync(next.bytes.subarray(0, length));
      checker.check(reader.receiveSync({ timeout: 1000 })!);
      messages += checker.count;
    } else {
      const writer = openRingWriter(name, { createNew: true, capacity });
      const way = ["sync", "async", "into", "views"][random(4)]!;
      const peer = denoPeer("ring_stream.ts", [name, "read", way, "1e9"], {
        stdout: "null",
      }).spawn();
      const next = new MessageWriter(0, writer.maxMessageLength);
      while (!writer.hasConsumer) await new Promise((r) => setTimeout(r, 2));
      let killedAt = Infinity;
      setTimeout(() => {
        killedAt = performance.now();
        peer.kill("SIGKILL");
      }, delay);
      let sent = 0;
      try {
        for (;; sent++) {
          const length = next.write(sent);
          await writer.send(next.bytes.subarray(0, length), { timeout: 5000 });
        }
      } catch (error) {
        if (!(error instanceof BrokenPipe)) throw error;
        slowest = Math.max(slowest, performance.now() - killedAt);
      }
      await peer.output();
      writer.close();
      // What the dead one did not take is there, to the last one.
      using reader = openRingReader(name);
      const checker = new MessageChecker(reader.maxMessageLength);
      for (let m; (m = reader.receiveSync({ timeout: 1000 })) !== null;) {
        const { buffer, byteOffset } = m;
        if (checker.count === 0) {
          checker.next[0] = new DataView(buffer, byteOffset).getInt32(4, true);
        }
        checker.check(m);
      }
      if (checker.count > 0 && checker.next[0] !== sent) {
        throw new Error(`${checker.next[0]} of ${sent} messages are there`);
      }
      messages += sent;
    }
    unlinkRing(name);
    progress("kills", i + 1, kills);
  }
  finish(
    `${kills} deaths among ${messages} messages harmed nobody; the slowest ` +
      `was noticed after ${slowest.toFixed(1)} ms`,
  );
}

/** Nonsense in the memory: errors, and no hang. */
async function mutate(mutations: number, seed: number): Promise<void> {
  const shapes = [
    {},
    { producers: 2 },
    { dropOldest: true },
    { producers: 3, dropOldest: true },
  ];
  let errors = 0;
  const steps = 40;
  for (let i = 0; i < steps; i++) {
    const name = freeName();
    const results = await fuzz(
      name,
      shapes[i % shapes.length]!,
      Math.ceil(mutations / steps),
      seed + i,
    );
    errors += results.errors;
    unlinkRing(name);
    progress("mutations", i + 1, steps);
  }
  finish(`${mutations} rounds of nonsense caused ${errors} errors, no hang`);
}
