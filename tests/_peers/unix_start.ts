/**
 * Tries to listen on many paths, each of which has a stale socket or none, at
 * the same time as others do. It says which it got, and holds them.
 *
 * unix_start.ts FOLDER COUNT own|deno
 */

import { listenUnix, openUnixListener } from "@ipc/unix";

const [folder, count, way] = Deno.args as [string, string, string];
const listen = way === "own" ? openUnixListener : listenUnix;
const kept: Disposable[] = [];
const got: number[] = [];
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));
for (let i = 0; i < Number(count); i++) {
  try {
    kept.push(listen(`${folder}/${i}`));
    got.push(i);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
}
console.log(got.join(" "));
await Deno.stdin.read(new Uint8Array(1));
for (const listener of kept) listener[Symbol.dispose]();
console.log("closed");
