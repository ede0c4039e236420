/** What peers share that call C through nothing but `Deno.dlopen`. */

import { numberOption, option } from "./peer.ts";

const isDarwin = Deno.build.os === "darwin";

/** The C library. */
export const libcName: string = isDarwin
  ? "/usr/lib/libSystem.B.dylib"
  : "libc.so.6";

const { location, sched_yield } = Deno.dlopen(libcName, {
  location: {
    name: isDarwin ? "__error" : "__errno_location",
    parameters: [],
    result: "pointer",
  }, // int *__errno_location(void)
  sched_yield: { parameters: [], result: "i32" }, // int sched_yield(void)
}).symbols;

/** `errno`, to be read right after a call. */
export const errno: Int32Array<ArrayBuffer> = new Int32Array(
  Deno.UnsafePointerView.getArrayBuffer(location()!, 4),
);

/** Whether to look again before it sleeps. */
export const spins: boolean = option("wait") !== "block";
/** Whether this is the side that creates the objects, and removes them. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

const pauses = numberOption("pauses", 2);
const yields = numberOption("yields", 100);

/** Looks again after pauses, then after yields, then sleeps, as C does. */
export function goOn(attempt: () => number, sleep: () => number): void {
  let result = -1;
  for (let i = 0; spins && result === -1 && i < pauses; i++) {
    Atomics.pause();
    result = attempt();
  }
  for (let i = 0; spins && result === -1 && i < yields; i++) {
    sched_yield();
    result = attempt();
  }
  while (result === -1) result = sleep();
}
