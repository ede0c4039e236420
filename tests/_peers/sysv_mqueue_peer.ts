/**
 * A process that uses a System V queue, by its id.
 *
 * echo ID            sends back, as type 2, what comes as type 1, until an
 *                    empty message comes
 * echo_async ID      the same without blocking
 * receive ID         says "waiting", receives and prints
 * receive_timeout ID the same with a timeout of a minute
 * receive_async ID   the same without blocking
 * send ID            says "waiting", and sends to a full queue
 * send_async ID      the same without blocking
 * give_up ID         waits, gives up after 20 ms, and has nothing else to do
 * idle ID            waits 50 times at once, prints how many milliseconds of
 *                    processor time half a second of that takes, and gives up
 * exit ID            waits, and ends by Deno.exit()
 */

import process from "node:process";
import { SysvMessageQueue } from "@ipc/mqueue";
import { sleep } from "../_util/wait.ts";

const [verb, id] = Deno.args as [string, string];
const queue = SysvMessageQueue.fromId(Number(id));
const message = new Uint8Array(1024);

switch (verb) {
  case "echo":
    for (;;) {
      const { message } = queue.receiveSync({ type: 1 });
      queue.sendSync(message, { type: 2 });
      if (message.byteLength === 0) break;
    }
    break;
  case "echo_async":
    for await (const { message } of queue.messages({ type: 1 })) {
      await queue.send(message, { type: 2 });
      if (message.byteLength === 0) break;
    }
    break;
  case "receive":
    console.log("waiting");
    console.log(new TextDecoder().decode(queue.receiveSync().message));
    break;
  case "receive_timeout": {
    console.log("waiting");
    const { message } = queue.receiveSync({ timeout: 60_000 });
    console.log(new TextDecoder().decode(message));
    break;
  }
  case "receive_async": {
    const received = queue.receive();
    console.log("waiting");
    console.log(new TextDecoder().decode((await received).message));
    break;
  }
  case "send":
    console.log("waiting");
    queue.sendSync(message);
    break;
  case "send_async": {
    const sent = queue.send(message);
    console.log("waiting");
    await sent;
    break;
  }
  case "give_up": {
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [queue.receive({ signal }), queue.receive({ signal })];
    const ended = Promise.allSettled(waits);
    await sleep(20);
    const start = performance.now();
    globalThis.addEventListener("unload", () => {
      console.log(performance.now() - start);
    });
    controller.abort("enough");
    await ended;
    break;
  }
  case "idle": {
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from(
      { length: 50 },
      (_, i) => queue.receive({ type: i + 1, signal }),
    );
    const ended = Promise.allSettled(waits);
    await sleep(100);
    const before = process.cpuUsage();
    await sleep(500);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);
    controller.abort();
    await ended;
    break;
  }
  case "exit":
    queue.receive();
    setTimeout(() => Deno.exit(7), 20);
}
