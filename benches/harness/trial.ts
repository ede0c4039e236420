/** One run of one configuration in one placement. */

import type { Options, Row } from "./bench.ts";
import { OpenChannel } from "./channel.ts";
import { removeLeftovers } from "./leftovers.ts";
import { addFigures } from "./metric.ts";
import type { Figures } from "./metric.ts";
import { assignProcessors } from "./placement.ts";
import type { Placement, Processors } from "./placement.ts";
import { PeerProcess } from "./process.ts";
import type { Workshop } from "./workshop.ts";

/** What all trials have in common. */
export interface Conditions {
  /** Where commands come from. */
  readonly workshop: Workshop;
  /** The processors to pin to. */
  readonly processors: Processors;
  /** How long peers warm up, in milliseconds. */
  readonly warm: number;
  /** How long peers measure, in milliseconds. */
  readonly time: number;
  /** How long a trial may take, in milliseconds. */
  readonly deadline: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/**
 * Runs a configuration once.
 *
 * @param row The configuration.
 * @param placement The placement.
 * @param conditions What all trials have in common.
 * @returns What it reported.
 * @throws {Absent} If something that it needs is not here.
 */
export async function runTrial(
  row: Row,
  placement: Placement,
  conditions: Conditions,
): Promise<Figures> {
  const command = await conditions.workshop.command(row);
  const name = `b_${crypto.randomUUID().slice(0, 8)}`;
  const late = AbortSignal.timeout(conditions.deadline);
  const stop = new AbortController();
  const signal = AbortSignal.any([conditions.signal, late, stop.signal]);
  try {
    if (row.whole !== undefined) return await timeWhole(row, command, signal);
    return await runPeers(row, placement, command, name, conditions, signal);
  } catch (error) {
    conditions.signal.throwIfAborted();
    if (late.aborted) {
      throw new Error(`no result in ${conditions.deadline} ms`);
    }
    throw error;
  } finally {
    stop.abort();
    removeLeftovers(name);
  }
}

async function timeWhole(
  row: Row,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Figures> {
  const { args, expect } = row.whole!;
  const start = performance.now();
  const process = new PeerProcess([...command, ...args], signal);
  await process.figures;
  const seconds = (performance.now() - start) / 1000;
  if (!expect.test(process.text)) {
    throw new Error(`it printed ${JSON.stringify(process.text)}`);
  }
  return { seconds };
}

async function runPeers(
  row: Row,
  placement: Placement,
  command: readonly string[],
  name: string,
  { processors, warm, time, workshop }: Conditions,
  signal: AbortSignal,
): Promise<Figures> {
  const plans = row.processes ?? [{}];
  // A single process may start the other side, or a thread, by itself.
  const count = Math.max(2, plans.length);
  const cpus = assignProcessors(placement, count, processors);
  const common = { name, warm_ms: warm, time_ms: time, ...row.options };
  const running: PeerProcess[] = [];
  using channel = row.channel &&
    new OpenChannel(row.channel, `${workshop.folder}/${name}`);
  for (const [index, plan] of plans.entries()) {
    const own = plans.length === 1 ? cpus : cpus?.slice(index, index + 1);
    const end = channel?.ends[index];
    const options = {
      ...common,
      ...plan,
      ...own && { cpus: own.join(",") },
      ...end?.options,
    };
    running.push(
      new PeerProcess(
        [...pin(own), ...command, ...words(options)],
        signal,
        end?.inherited,
      ),
    );
    if (index === 0 && plans.length > 1) await running[0]!.ready;
  }
  const reports = await Promise.all(running.map(({ figures }) => figures));
  return reports.reduce(addFigures, {});
}

function pin(cpus: number[] | undefined): string[] {
  return cpus === undefined ? [] : ["taskset", "-c", cpus.join(",")];
}

function words(options: Options): string[] {
  return Object.entries(options).map(([key, value]) => `${key}=${value}`);
}
