/**
 * Opens and closes shared memory, over and over, and prints what the system
 * counts before and after: descriptors, mappings, and resident kilobytes.
 *
 * Arguments: how many times to warm up, how many times in between.
 */

import { openSharedMemory } from "@ipc/shm";

const [warmUp, times] = Deno.args.map(Number) as [number, number];

function churn(times: number): void {
  for (let i = 0; i < times; i++) {
    using memory = openSharedMemory(null, { size: 4096 });
    memory.unlink();
    new Int32Array(memory.buffer)[0] = i;
  }
}

interface Counts {
  descriptors: number;
  mappings: number;
  resident: number;
}

function look(): Counts {
  const status = Deno.readTextFileSync("/proc/self/status");
  return {
    descriptors: [...Deno.readDirSync("/proc/self/fd")].length,
    mappings: Deno.readTextFileSync("/proc/self/maps").split("\n").length,
    resident: Number(/VmRSS:\s+(\d+)/.exec(status)![1]),
  };
}

churn(warmUp);
const before = look();
churn(times);
console.log(JSON.stringify({ before, after: look() }));
