import { openTcpListener, openTcpStream, sendAll } from "@ipc/socket";
import type { TcpStream } from "@ipc/socket";
import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { TextLineStream } from "@std/streams";
import { Conversation } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import type { TestScope } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";
import { isRunning, workersOf } from "./_pi.ts";

const script = fromFileUrl(
  new URL("../../examples/preforking_server.ts", import.meta.url),
);

/** A connection that is talked to in lines. */
class Client implements Disposable {
  readonly #stream: TcpStream;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(stream: TcpStream) {
    this.#stream = stream;
    this.#lines = stream.readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  static async connect(port: number): Promise<Client> {
    return new Client(await openTcpStream({ port, timeout: 5000 }));
  }

  /** Says a line, and returns the number of the worker that answered. */
  async ask(line: string): Promise<number> {
    await sendAll(this.#stream, new TextEncoder().encode(`${line}\n`));
    const { value } = await this.#lines.read();
    const [, text, pid] = value!.match(/^(.*) \(worker (\d+)\)$/)!;
    assertEquals(text, line.toUpperCase());
    return Number(pid);
  }

  [Symbol.dispose](): void {
    this.#stream.close();
  }
}

function start(t: TestScope): Conversation {
  const server = new Conversation(Deno.execPath(), [
    ...["run", "--quiet", "--allow-ffi", "--allow-run"],
    ...[script, "0", "2"],
  ]);
  t.defer(() => {
    if (isRunning(server.pid)) server.kill();
  });
  return server;
}

/** Asks over several connections at once, and adds who answered. */
async function askMany(port: number, seen: Set<number>): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => Client.connect(port)),
  );
  await Promise.all(clients.map(async (client) => {
    using asked = client;
    // One that was just accepted by a worker that is killed has no answer.
    const pid = await asked.ask("hello, world").catch(() => undefined);
    if (pid !== undefined) seen.add(pid);
  }));
}

test("workers of preforking_server end when their parent is killed", {
  needs: ["all"],
  ignore: notLinux,
  deadline: 20_000,
}, async (t) => {
  const server = start(t);
  await server.hear();
  const workers = await workersOf(server.pid, 2);
  server.kill();
  await server.end();
  while (workers.some(isRunning)) await sleep(10);
});

test("preforking_server answers by all its workers, and replaces one", {
  needs: ["all"],
  ignore: notLinux,
  deadline: 20_000,
}, async (t) => {
  const server = start(t);
  const line = await server.hear();
  assertMatch(line, /^Listening at port \d+, 2 workers$/);
  const port = Number(line.match(/\d+/)![0]);
  const workers = await workersOf(server.pid, 2);

  const seen = new Set<number>();
  while (seen.size < 2) await askMany(port, seen);
  assertEquals([...seen].sort(), [...workers].sort());

  Deno.kill(workers[0]!, "SIGKILL");
  while (seen.size < 3) await askMany(port, seen);

  // A connection may finish before the server ends.
  const last = await Client.connect(port);
  const worker = await last.ask("one");
  Deno.kill(server.pid, "SIGTERM");
  await sleep(50);
  assertEquals(await last.ask("two"), worker);
  last[Symbol.dispose]();
  const { code } = await server.end();
  assertEquals(code, 0);
  assertEquals([...seen].filter(isRunning), []);
  openTcpListener({ port }).close();
});
