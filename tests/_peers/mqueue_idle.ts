/**
 * Waits for a message on one queue, says so, waits for one on all of them,
 * and prints the processor time of half a second, in seconds. Then it prints
 * how many messages came.
 *
 * Arguments: the queues.
 */

import process from "node:process";
import { openMessageQueue } from "@ipc/mqueue";
import { sleep } from "../_util/wait.ts";

const queues = Deno.args.map((name) => openMessageQueue(name));
const first = queues[0]!.receive();
await sleep(100);
console.log("one");
await sleep(300);
const waiting = [first, ...queues.slice(1).map((queue) => queue.receive())];
await sleep(100);
const before = process.cpuUsage();
await sleep(500);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
console.log(`${(await Promise.all(waiting)).length} messages`);
