/** What the figures were measured on: they mean nothing without it. */

import type { Processors } from "./placement.ts";
import type { Toolbox } from "./toolbox.ts";

/** The machine, and the versions of all that took part. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly pinning: string;
  readonly load: readonly number[];
  readonly versions: readonly string[];
}

/**
 * Describes the machine.
 *
 * @param tools The programs that take part.
 * @param processors The processors that placements pin to.
 */
export function describeMachine(
  tools: Toolbox,
  { first, other, absent }: Processors,
): Machine {
  return {
    system: `${Deno.build.os} ${Deno.osRelease()}, ${Deno.build.arch}`,
    processor: processorName(),
    processors: navigator.hardwareConcurrency,
    pinning: absent ??
      `same: processor ${first}; diff: ${first} and ${other ?? "none"}`,
    load: Deno.loadavg(),
    versions: Object.values(tools).map(({ version }) => version),
  };
}

/**
 * Writes the machine as text.
 *
 * @param machine The machine.
 */
export function machineText(machine: Machine): string {
  return [
    `${machine.system}; ${machine.processors} × ${machine.processor}`,
    `versions: ${machine.versions.join("; ")}`,
    `placements: ${machine.pinning}`,
    `load before: ${machine.load.map((load) => load.toFixed(2)).join(" ")}`,
  ].join("\n");
}

function processorName(): string {
  if (Deno.build.os !== "linux") return "processor";
  const info = Deno.readTextFileSync("/proc/cpuinfo");
  return /^model name\s*:\s*(.*)$/m.exec(info)?.[1] ?? "processor";
}
