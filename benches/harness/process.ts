/** One process of a configuration: its output, line by line, and its end. */

import { spawnWith } from "@ipc/pipe";
import type { Inheritable } from "@ipc/pipe";
import { addFigures } from "./metric.ts";
import type { Figures } from "./metric.ts";

/** A peer that runs. */
export class PeerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  readonly #end: Promise<Figures>;
  #text = "";

  /**
   * Starts it.
   *
   * @param command The program and its arguments.
   * @param signal Kills it.
   * @param ends What it inherits.
   */
  constructor(
    [program, ...args]: readonly string[],
    signal: AbortSignal,
    ends: readonly Inheritable[] = [],
  ) {
    const command = new Deno.Command(program!, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal,
    });
    this.#child = spawnWith(command, ends);
    this.#end = this.#run();
    // Whoever waits for either hears of a failure.
    this.#end.then(
      () => this.#ready.reject(new Error("it ended before it was ready")),
      this.#ready.reject,
    );
    this.#ready.promise.catch(() => {});
    this.#end.catch(() => {});
  }

  /** When it says that the others may start. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** What it reported, once it has ended. */
  get figures(): Promise<Figures> {
    return this.#end;
  }

  /** All that it printed so far. */
  get text(): string {
    return this.#text;
  }

  async #run(): Promise<Figures> {
    const complaint = new Response(this.#child.stderr).text();
    const decoder = new TextDecoderStream();
    for await (const chunk of this.#child.stdout.pipeThrough(decoder)) {
      this.#text += chunk;
      if (/^ready$/m.test(this.#text)) this.#ready.resolve();
    }
    const { success, code, signal } = await this.#child.status;
    if (!success) {
      const lines = (await complaint).trim().split("\n");
      throw new Error(`it ended with ${signal ?? code}: ${lines.at(-1)}`);
    }
    return this.#text.split("\n").filter((line) => line.startsWith("{"))
      .map((line): Figures => JSON.parse(line)).reduce(addFigures, {});
  }
}
