/**
 * Unix sockets under fire: many processes that listen on one path at once,
 * where somebody was killed before, and waits that are aborted at the moment
 * at which they are served.
 *
 * deno run -A soaks/unix_soak.ts [--processes 1000] [--rounds 5] [--races 100000]
 *
 * It ends with code 0 if everything held, and says what did not.
 *
 * @module
 */

import {
  listenUnix,
  openUnixListener,
  openUnixStream,
  socketpair,
} from "@ipc/unix";
import type { WaitOptions } from "@ipc/unix";
import { parseArgs } from "@std/cli";

/** What can go wrong. */
class Fault extends Error {}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Fault(what);
}

/** Lets the event loop have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Tries to listen as soon as a file is there. Exits with 0 if somebody else
 * does; else it prints so, and listens until it is killed.
 */
async function start(path: string, way: string): Promise<void> {
  for (;;) {
    try {
      Deno.statSync(`${path}.go`);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  try {
    const listener = way === "own" ? openUnixListener(path) : listenUnix(path);
    console.log("listening");
    for (;;) (await listener.accept()).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
}

/** How many processes wait for the start of one round. */
const AT_ONCE = 100;

/** Of all that start at once, each time exactly one listens. */
async function starts(processes: number, rounds: number): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "unix_soak_" });
  const path = `${folder}/tea`;
  let started = 0;
  try {
    const waves = Math.max(rounds, Math.ceil(processes / AT_ONCE));
    for (let wave = 0; wave < waves; wave++) {
      draw(wave / waves, "processes that listen at once");
      const size = Math.min(AT_ONCE, processes - started) || AT_ONCE;
      await oneStart(path, size);
      started += size;
      // The winner was killed: its socket is there for the next to reclaim.
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
      check(left.join() === "tea", `these are left: ${left}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return `${started} were started, and one of each round listened`;
}

async function oneStart(path: string, size: number): Promise<void> {
  const children = Array.from(
    { length: size },
    (_, i) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--allow-all", import.meta.filename!],
          ...["start", path, i % 2 === 0 ? "own" : "deno"],
        ],
        stdin: "null",
        stdout: "piped",
      }).spawn(),
  );
  // Most of them are up by then.
  await new Promise((resolve) => setTimeout(resolve, 40 * size));
  await Deno.writeTextFile(`${path}.go`, "");
  const winners: Deno.ChildProcess[] = [];
  const running = new Set(children);
  await Promise.all(children.map(async (child) => {
    const reader = child.stdout.getReader();
    const { done } = await reader.read();
    if (!done) winners.push(child);
    else {
      const { code } = await child.status;
      check(code === 0, `a process ended with ${code}`);
      running.delete(child);
    }
    await reader.cancel();
  }));
  check(winners.length === 1, `${winners.length} processes listen`);
  check(running.size === 1, `${running.size} processes are left`);
  using _client = await openUnixStream(path, { timeout: 10_000 });
  winners[0]!.kill("SIGKILL");
  await winners[0]!.status;
  await Deno.remove(`${path}.go`);
}

/** What is raced for: numbers that are sent, and received in order. */
interface Race extends Disposable {
  send(record: Uint8Array): void;
  receive(record: Uint8Array, options: WaitOptions): Promise<unknown>;
}

const races: Record<string, () => Race> = {
  "reads of a stream": () => {
    const [ours, theirs] = socketpair();
    return {
      send: (record) => void ours.writeSync(record),
      receive: (record, options) => theirs.read(record, options),
      [Symbol.dispose]: () => (ours.close(), theirs.close()),
    };
  },
  ...Object.fromEntries((["datagram", "seqpacket"] as const).map((type) => [
    `receives of a ${type} socket`,
    () => {
      const [ours, theirs] = socketpair({ type });
      return {
        send: (record: Uint8Array) => ours.sendSync(record),
        receive: (record: Uint8Array, options: WaitOptions) =>
          theirs.receiveInto(record, options),
        [Symbol.dispose]: () => (ours.close(), theirs.close()),
      };
    },
  ])),
  "descriptors": () => {
    const [ours, theirs] = socketpair();
    return {
      send: (record) => void ours.sendDescriptorsSync(record, [0]),
      async receive(record, options) {
        using received = await theirs.receiveDescriptors(record, options);
        check(received.descriptors.length === 1, "a descriptor is missing");
      },
      [Symbol.dispose]: () => (ours.close(), theirs.close()),
    };
  },
};

/** Nothing is lost, doubled or out of order between an abort and an arrival. */
async function abortAgainstArrival(
  name: string,
  count: number,
): Promise<string> {
  using race = races[name]!();
  const record = new Uint32Array(1);
  const bytes = new Uint8Array(record.buffer);
  let given = 0;
  for (let i = 0; i < count; i++) {
    const abort = new AbortController();
    const received = race.receive(bytes, { signal: abort.signal })
      .then(() => true, () => false);
    for (let turns = Math.random() * 2; turns > 1; turns--) await turn();
    race.send(new Uint8Array(Uint32Array.of(i).buffer));
    for (let turns = Math.random() * 5; turns > 1; turns--) await turn();
    abort.abort();
    if (!await received) {
      given++;
      await race.receive(bytes, { timeout: 10_000 });
    }
    check(record[0] === i, `${record[0]} came in place of ${i}`);
    if (i % 500 === 0) draw(i / count, name);
  }
  check(given > 0 && given < count, `${given} of ${count} were given up`);
  return `${given} of ${count} were given up`;
}

/** Draws how far it is, in a terminal. */
function draw(done: number, text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  const bar = "█".repeat(Math.floor(done * 25)).padEnd(25, "░");
  const line = `\r\x1b[K${bar} ${Math.floor(done * 100)} % ${text}`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}

async function main(): Promise<void> {
  if (Deno.args[0] === "start") {
    return await start(Deno.args[1]!, Deno.args[2]!);
  }
  const options = parseArgs(Deno.args, {
    default: { processes: 1000, rounds: 5, races: 100_000 },
  });
  const trials: Record<string, () => Promise<string>> = {
    "Processes that listen at once": () =>
      starts(Number(options.processes), Number(options.rounds)),
    ...Object.fromEntries(
      Object.keys(races).map((name) => [
        `Aborts against ${name}`,
        () => abortAgainstArrival(name, Number(options.races)),
      ]),
    ),
  };
  for (const [name, trial] of Object.entries(trials)) {
    try {
      const found = await trial();
      draw(1, "\n");
      console.log(`${name}: ${found}`);
    } catch (error) {
      draw(1, "\n");
      console.error(`${name}: it did not hold: ${(error as Error).stack}`);
      Deno.exit(1);
    }
  }
  console.log("Everything held");
}

await main();
