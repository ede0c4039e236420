/** The rings of a measurement: the side that receives first creates them. */

import { openRingReader, openRingWriter, unlinkRing } from "@ipc/ring";
import type { RingReader, RingWriter, WaitStrategy } from "@ipc/ring";
import { numberOption, option } from "./peer.ts";

/** The size of a message in bytes. */
export const size: number = numberOption("size", 64);
/** Whether this is the side that creates the rings, and removes them. */
export const isFirst: boolean = ["server", "receiver"].includes(option("role"));

const options = {
  create: isFirst,
  capacity: numberOption("capacity", 262_144),
  producers: numberOption("producers", 1),
  wait: option("wait", "adaptive") as WaitStrategy,
};

/** The name of a ring. */
function nameOf(suffix: string): string {
  return `/${option("name")}_${suffix}`;
}

/** Opens a ring to receive from. */
export function ringReader(suffix: string): RingReader {
  return openRingReader(nameOf(suffix), options);
}

/** Opens a ring to send to. */
export function ringWriter(suffix: string): RingWriter {
  return openRingWriter(nameOf(suffix), options);
}

/** Removes the name of a ring. */
export function removeRing(suffix: string): void {
  unlinkRing(nameOf(suffix));
}
