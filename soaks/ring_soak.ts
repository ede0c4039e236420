/**
 * Rings under fire: very many messages of random sizes with a checksum through
 * several capacities, sides that are killed at random, one producer of several
 * too, and memory that is changed at random.
 *
 * deno run -A soaks/ring_soak.ts --help
 *
 * The issue's own numbers are `--messages 1000000000 --kills 1000`. A run that
 * was stopped goes on with `--from`, which it prints.
 */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import { denoPeer, output } from "../tests/_util/child.ts";
import { generator } from "../tests/_util/random.ts";
import { fuzz } from "../tests/_util/ring_fuzz.ts";
import { MessageChecker, MessageWriter } from "../tests/_util/ring_messages.ts";
import { draw, Fault, readOptions, runTrials } from "./_soak.ts";

const { messages, kills, mutations, from, seed } = readOptions(
  "Rings: very many messages, sides that are killed, memory that is changed.",
  {
    messages: [20_000_000, "how many messages"],
    kills: [200, "how many deaths"],
    mutations: [100_000, "how many changes of the memory"],
    from: [0, "with which message to go on"],
    seed: [1, "what chance begins with"],
  },
);

function freeName(): string {
  return `/s_${crypto.randomUUID().slice(0, 13)}`;
}

await runTrials({
  "Messages": stream,
  "Deaths": kill,
  "Deaths of one": killOne,
  "Nonsense": mutate,
});

/** Every message once, whole and in order, over several capacities. */
async function stream(): Promise<string> {
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
          draw(done / messages, `messages (--from ${done})`);
        }
      }
      await sent;
      if (checker.count !== count) {
        throw new Fault(`${checker.count} of ${count} messages came`);
      }
    } finally {
      unlinkRing(name);
    }
  }
  const seconds = (performance.now() - start) / 1000;
  return `${messages - from} came once, whole and in order ` +
    `(${seconds.toFixed(0)} s)`;
}

/** Sides that are killed at random: the other one goes on with the next. */
async function kill(): Promise<string> {
  const random = generator(seed);
  const { ConnectionReset, BrokenPipe } = Deno.errors;
  const capacity = 512;
  let slowest = 0;
  let passed = 0;
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
      passed += checker.count;
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
        throw new Fault(`${checker.next[0]} of ${sent} messages are there`);
      }
      passed += sent;
    }
    unlinkRing(name);
    draw((i + 1) / kills, "deaths");
  }
  return `${kills} among ${passed} messages harmed nobody; the slowest was ` +
    `noticed after ${slowest.toFixed(1)} ms`;
}

/** One producer of three that is killed at random, while the others go on. */
async function killOne(): Promise<string> {
  const random = generator(seed);
  const name = freeName();
  const options = { createNew: true, capacity: 4096, producers: 3 };
  using reader = openRingReader(name, options);
  using cleanUp = new DisposableStack();
  cleanUp.defer(() => unlinkRing(name));
  const peer = (script: string, ...args: string[]): Deno.ChildProcess => {
    const command = denoPeer(script, [name, ...args], { stdout: "null" });
    const child = cleanUp.adopt(command.spawn(), (child) => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It is dead.
      }
    });
    return child;
  };
  const isThere = async (count: number) => {
    while (reader.producers < count) {
      reader.tryReceive();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  // It outlives all the others: its end would be a death as well.
  peer("ring_hold.ts", "write", "0", "3600");
  await isThere(1);
  let busy: Deno.ChildProcess | undefined;
  let slowest = 0;
  for (let i = 0; i < kills; i++) {
    // Half of the time another one sends without end.
    if (busy === undefined && i >= kills / 2) {
      busy = peer("ring_stream.ts", "write", "sync", "1e9");
      await isThere(2);
    }
    const before = reader.producers;
    const child = random(2) === 0
      ? peer("ring_hold.ts", "write", `${random(50)}`)
      : peer("ring_stream.ts", "write", "sync", "1e9");
    await isThere(before + 1);
    let killedAt = Infinity;
    setTimeout(() => {
      killedAt = performance.now();
      child.kill("SIGKILL");
    }, random(20));
    try {
      for (;;) {
        if (i % 2 === 0) await reader.receive({ timeout: 5000 });
        else if (reader.tryReceive() === undefined || random(64) === 0) {
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      slowest = Math.max(slowest, performance.now() - killedAt);
      const { pid } = error.cause as { pid: number };
      if (pid !== child.pid) throw new Fault(`${pid} is told of`);
    }
    await child.output();
    draw((i + 1) / kills, "deaths of one");
  }
  return `${kills} were told of while others went on; the slowest after ` +
    `${slowest.toFixed(1)} ms`;
}

/** Nonsense in the memory: errors, and no hang. */
async function mutate(): Promise<string> {
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
    draw((i + 1) / steps, "rounds of nonsense");
  }
  return `${mutations} rounds caused ${errors} errors, and no hang`;
}
