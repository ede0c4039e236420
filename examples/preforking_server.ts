/**
 * A preforking server: the parent listens, and its workers accept from the
 * same queue, so that the system hands each connection to one that is free.
 * A worker that ends is replaced. It answers every line by the same in
 * capitals, and the number of the process.
 *
 * deno run --allow-ffi --allow-run examples/preforking_server.ts
 *
 * Talk to it with `nc 127.0.0.1 8000`, and end it with Ctrl-C.
 *
 * @module
 */

import {
  openTcpListener,
  sendAll,
  serveConnections,
  spawnWith,
  TcpListener,
} from "@ipc/socket";
import type { TcpStream } from "@ipc/socket";
import { TextLineStream } from "@std/streams";

/** Reads lines, and answers each. */
async function answer(connection: TcpStream): Promise<void> {
  const lines = connection.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const reply = `${line.toUpperCase()} (worker ${Deno.pid})\n`;
    await sendAll(connection, new TextEncoder().encode(reply));
  }
}

/**
 * Serves until its input ends, which it does when the parent says so or is
 * gone. Connections may finish first.
 */
async function worker(fd: number): Promise<void> {
  const listener = TcpListener.fromFd(fd);
  const server = serveConnections(listener, answer, { maxConnections: 100 });
  // Ctrl-C reaches the workers, too, but it is the parent that ends them.
  Deno.addSignalListener("SIGINT", () => {});
  for await (const _ of Deno.stdin.readable);
  await server.shutdown();
}

/** Listens, starts workers, and keeps them running until it is told to end. */
async function parent(port: number, workers: number): Promise<void> {
  using listener = openTcpListener({ port });
  const children = new Set<Deno.ChildProcess>();
  let isOver = false;

  /** Starts a worker that has the listener, and another one after it. */
  async function keepOne(): Promise<void> {
    while (!isOver) {
      const command = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
          ...[import.meta.filename!, "worker", String(listener.fd)],
        ],
        stdin: "piped",
      });
      const child = spawnWith(command, [listener], { keep: true });
      children.add(child);
      const { success } = await child.status;
      children.delete(child);
      if (isOver) return;
      console.error(`Worker ${child.pid} has ended; another one starts`);
      // One that fails at once is not started as fast as it fails.
      if (!success) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      isOver = true;
      for (const child of children) child.stdin.close();
    });
  }
  console.log(`Listening at port ${listener.addr.port}, ${workers} workers`);
  await Promise.all(Array.from({ length: workers }, keepOne));
}

const [first = "8000", second = "2"] = Deno.args;
if (first === "worker") await worker(Number(second));
else await parent(Number(first), Number(second));
// What listens for signals would keep the process alive.
Deno.exit(0);
