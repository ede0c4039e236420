/**
 * What the pi examples share: the slices, the workers, the command line and
 * the progress bar. How a worker hands its sum over is up to each example.
 *
 * pi² / 8 = Σ 1 / (2k + 1)² for k = 0 … n − 1, so pi = √(8 · Σ).
 */

/** The terms that one worker sums: those from `from` up to, not with, `to`. */
export interface Slice {
  /** The number of the worker, from 0. */
  readonly index: number;
  /** The first term. */
  readonly from: number;
  /** The term after the last. */
  readonly to: number;
}

/** Starts a process. */
export type Spawn = (command: Deno.Command) => Deno.ChildProcess;

/** What the parent knows, and how it starts its workers. */
export interface Parent {
  /** One slice for each worker. */
  readonly slices: readonly Slice[];
  /**
   * Starts a worker for every slice, and waits until all have ended. If one
   * fails, or Ctrl-C is pressed, it ends the others and throws.
   *
   * @param args What every worker gets, such as the names of objects.
   * @param spawn Starts one, if it has to be started in a way of its own.
   */
  runWorkers(args: string[], spawn?: Spawn): Promise<void>;
}

/** One way to hand the sums over. */
export interface PiExample {
  /** What the workers are allowed, such as `["--allow-ffi"]`. */
  readonly permissions: readonly string[];
  /** Makes the objects, runs the workers, and returns the sum of all terms. */
  parent(parent: Parent): Promise<number>;
  /** Hands over the sum of one slice, with the arguments from the parent. */
  worker(sum: number, args: string[], slice: Slice): void | Promise<void>;
}

/** A failure whose message is all that there is to say. */
class Failure extends Error {
  constructor(message: string, readonly code: number) {
    super(message);
  }
}

function interrupted(): Failure {
  return new Failure("Interrupted", 130);
}

const usage = `Computes pi in slices, in processes of their own.

Options:
  --n N         how many terms to sum (default 10000000)
  --workers N   how many processes (default 10)
  --help        prints this`;

/**
 * Runs an example: as the parent, or as the worker that a parent started.
 *
 * @param meta The `import.meta` of the example.
 * @param example How the sums are handed over.
 */
export async function runPi(
  meta: ImportMeta,
  example: PiExample,
): Promise<void> {
  if (Deno.args[0] === "worker") return await runWorker(example);
  try {
    await runParent(meta, example);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    Deno.exit(error.code);
  }
}

/** Sums terms. A sum of sums of few terms is also more exact. */
function sumSlice({ from, to }: Slice, onPart: () => void): number {
  const parts = 100;
  let sum = 0;
  for (let part = 0; part < parts; part++) {
    const start = from + Math.floor((to - from) * part / parts);
    const end = from + Math.floor((to - from) * (part + 1) / parts);
    sum += sumTerms(start, end);
    onPart();
  }
  return sum;
}

function sumTerms(from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) {
    const odd = 2 * k + 1;
    sum += 1 / (odd * odd);
  }
  return sum;
}

/** What a worker writes to stderr for each part, if the parent shows a bar. */
const PART = 0;

/** Sums, hands over, and reports. */
async function runWorker(example: PiExample): Promise<void> {
  const [, index, from, to, shows, ...args] = Deno.args;
  const slice = { index: Number(index), from: Number(from), to: Number(to) };
  const part = new Uint8Array([PART]);
  const sum = sumSlice(slice, () => {
    if (shows === "bar") Deno.stderr.writeSync(part);
  });
  await example.worker(sum, args, slice);
  const clear = shows === "bar" ? CLEAR : "";
  const pid = String(Deno.pid).padStart(7);
  const line = `worker  ${index!.padStart(3)}  pid ${pid}  sum ${sum}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(clear + line));
}

async function runParent(meta: ImportMeta, example: PiExample): Promise<void> {
  const start = performance.now();
  const { n, workers } = await parseCommandLine();
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(interrupted());
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  const slices = Array.from({ length: workers }, (_, index) => ({
    index,
    from: Math.floor(n * index / workers),
    to: Math.floor(n * (index + 1) / workers),
  }));
  const script = meta.filename!;
  const total = await example.parent({
    slices,
    runWorkers: async (args, spawn = (command) => command.spawn()) => {
      const commands = slices.map((slice) =>
        workerCommand(script, example, slice, args)
      );
      await runWorkers(commands, spawn, interrupt);
    },
  });
  const pi = Math.sqrt(8 * total);
  console.log(`pi      ${pi}`);
  console.log(`error   ${Math.abs(pi - Math.PI).toExponential(3)}`);
  const time = (performance.now() - start).toFixed(0);
  console.log(`time    ${time} ms: ${n} terms, ${workers} workers`);
  Deno.removeSignalListener("SIGINT", onSignal);
  Deno.removeSignalListener("SIGTERM", onSignal);
}

async function parseCommandLine(): Promise<{ n: number; workers: number }> {
  // The workers do without, and start sooner for it.
  const { parseArgs } = await import("@std/cli");
  const args = parseArgs(Deno.args, {
    string: ["n", "workers"],
    boolean: ["help"],
    default: { n: "10000000", workers: "10" },
    unknown: (arg) => {
      throw new Failure(`Unknown argument ${arg}\n\n${usage}`, 2);
    },
  });
  if (args.help) {
    console.log(usage);
    Deno.exit(0);
  }
  return {
    n: parseCount("n", args.n, 1e12),
    workers: parseCount("workers", args.workers, 200),
  };
}

function parseCount(option: string, text: unknown, max: number): number {
  const count = Number(text);
  if (text !== "" && Number.isInteger(count) && count >= 1 && count <= max) {
    return count;
  }
  throw new Failure(
    `Cannot use --${option} ${text}: it must be a whole number from 1 to ${max}`,
    2,
  );
}

/** How to run the worker of a slice. */
function workerCommand(
  script: string,
  { permissions }: PiExample,
  { index, from, to }: Slice,
  args: string[],
): Deno.Command {
  const shows = Deno.stderr.isTerminal() ? "bar" : "nothing";
  const slice = [index, from, to].map(String);
  const run = ["run", "--quiet", "--no-prompt", ...permissions, script];
  return new Deno.Command(Deno.execPath(), {
    args: [...run, "worker", ...slice, shows, ...args],
    stdin: "null",
    stderr: shows === "bar" ? "piped" : "inherit",
  });
}

/** Runs the workers until all have ended. */
async function runWorkers(
  commands: readonly Deno.Command[],
  spawn: Spawn,
  interrupt: AbortController,
): Promise<void> {
  const bar = Deno.stderr.isTerminal()
    ? new ProgressBar(commands.length)
    : null;
  const children = commands.map((command) => spawn(command));
  const stop = () => children.forEach(kill);
  interrupt.signal.addEventListener("abort", stop);
  if (interrupt.signal.aborted) stop();
  await Promise.all(children.map(async (child, index) => {
    if (bar !== null) await showParts(child, bar);
    const { success, signal, code } = await child.status;
    if (success) return;
    // Ctrl-C reaches the workers too, and perhaps before the parent.
    if (signal === "SIGINT") return interrupt.abort(interrupted());
    const how = signal === null
      ? `ended with code ${code}`
      : `was killed by ${signal}`;
    interrupt.abort(
      new Failure(`Worker ${index} (pid ${child.pid}) ${how}`, 1),
    );
  }));
  bar?.clear();
  interrupt.signal.removeEventListener("abort", stop);
  interrupt.signal.throwIfAborted();
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** Reads a worker's stderr: the parts that are done, and what went wrong. */
async function showParts(
  child: Deno.ChildProcess,
  bar: ProgressBar,
): Promise<void> {
  for await (const chunk of child.stderr) {
    const rest = chunk.filter((byte) => byte !== PART);
    bar.add(chunk.length - rest.length);
    Deno.stderr.writeSync(rest);
  }
}

/** Clears the line of a terminal. */
const CLEAR = "\r\x1b[K";

/** A bar on stderr. */
class ProgressBar {
  readonly #total: number;
  #done = 0;
  #drawn = -1;

  constructor(workers: number) {
    this.#total = workers * 100;
  }

  add(parts: number): void {
    this.#done += parts;
    const percent = Math.floor(100 * this.#done / this.#total);
    if (percent === this.#drawn) return;
    this.#drawn = percent;
    const bar = "█".repeat(percent / 4).padEnd(25, "░");
    this.#draw(`${bar} ${String(percent).padStart(3)} %`);
  }

  clear(): void {
    this.#draw("");
  }

  #draw(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(CLEAR + text));
  }
}
