/**
 * Connects, sends bytes, says so, and stays as it is until it is killed.
 *
 * Arguments: the port, and how many bytes.
 */

import { sleep } from "../_util/wait.ts";

const [port, count] = Deno.args.map(Number) as [number, number];
const connection = await Deno.connect({ port });
const bytes = new Uint8Array(count).map((_, i) => i % 251);
for (let at = 0; at < count;) at += await connection.write(bytes.subarray(at));
console.log("sent");
await sleep(600_000);
