/** The death of a producer, as its consumer tells of it. */

import type { LaneReader } from "./_lane_reader.ts";
import type { Dead } from "./_lane_state.ts";
import type { RingMemory } from "./_memory.ts";

/** A death that is told once what was sent before it is received. */
export interface Death {
  readonly lane: LaneReader;
  readonly position: number;
}

/** Whether all that was sent before a death was received. */
export function isDue({ lane, position }: Death): boolean {
  return lane.isPast(position);
}

/** The error that tells of it. */
export function hasDied(
  memory: RingMemory,
  lane: number,
  { count, pid }: Dead,
): Error {
  const which = memory.shape.lanes === 1 ? "" : ` of lane ${lane}`;
  const more = count > 1 ? `, and ${count - 1} before it,` : "";
  return new Deno.errors.ConnectionReset(
    `Cannot receive from ${memory.what}: its producer${which} ` +
      `(process ${pid})${more} has died without closing it; ` +
      "all that it had sent was received, and another one may go on",
    { cause: { pid, lane } },
  );
}
