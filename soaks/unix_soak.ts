/**
 * Unix sockets under fire: many processes that listen on one path at once,
 * where somebody was killed before, and waits that are aborted at the moment
 * at which they are served.
 *
 * deno run -A soaks/unix_soak.ts --help
 *
 * @module
 */

import {
  listenUnix,
  openUnixListener,
  openUnixStream,
  socketpair,
} from "@ipc/unix";
import { raceTrials } from "./_races.ts";
import type { Race } from "./_races.ts";
import { check, draw, readOptions, runTrials } from "./_soak.ts";

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
      const due = processes - started;
      const size = due > 0 ? Math.min(AT_ONCE, due) : AT_ONCE;
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
    (): Race => {
      const [ours, theirs] = socketpair({ type });
      return {
        send: (record) => ours.sendSync(record),
        receive: (record, options) => theirs.receiveInto(record, options),
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

async function main(): Promise<void> {
  if (Deno.args[0] === "start") {
    return await start(Deno.args[1]!, Deno.args[2]!);
  }
  const { processes, rounds, races: count } = readOptions(
    "Unix sockets: processes that listen on one path at once, and aborts.",
    {
      processes: [1000, "how many processes listen, 100 at once"],
      rounds: [5, "how many times they do at least"],
      races: [100_000, "how many aborts of each kind of wait"],
    },
  );
  await runTrials({
    "Processes that listen at once": () => starts(processes, rounds),
    ...raceTrials(races, count),
  });
}

await main();
