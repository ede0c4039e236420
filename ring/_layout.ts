/**
 * Where everything stands in the memory of a ring. `LAYOUT.md` says it byte by
 * byte, for other languages. Offsets are in 32-bit words unless they say
 * otherwise.
 */

/** The first word of a ring that is ready: the letters "RING". */
export const MAGIC = 0x474e_4952;
/** The version of the layout. */
export const VERSION = 1;

/** The header, in words. */
export const HEADER = {
  magic: 0,
  version: 1,
  flags: 2,
  lanes: 3,
  capacity: 4,
  longest: 5,
  idLow: 6,
  idHigh: 7,
  /** Whether a consumer is there: 1, or 0. */
  consumer: 32,
  /** How many consumers there have been. */
  consumers: 33,
  /** The number of the consumer's process, for people who look. */
  consumerPid: 34,
} as const;

/** The size of the header, and of the control block of a lane, in bytes. */
export const BLOCK = 256;
/** Data begins at a multiple of this many bytes. */
export const PAGE = 4096;

/** The control block of a lane, in words from its start. */
export const LANE = {
  tail: 0,
  state: 1,
  pid: 2,
  dropped: 3,
  deadPid: 4,
  head: 16,
  told: 17,
} as const;

/**
 * The bits of a tail or a head that are its position: a multiple of 8. The
 * side that does not own the word sets the others, for the one that does.
 */
export const POSITION = ~7;
/** Of a tail: the consumer sleeps, and is to be woken. */
export const ASLEEP = 1;
/** Of a tail: the consumer has closed the ring. */
export const GONE = 2;
/** Of a head: the producer sleeps, and is to be woken. */
export const WAITING = 1;
/** Of a head: the consumer reads there, so that nothing may be dropped. */
export const READING = 2;

/** What the producer of a lane does: the two lowest bits of its state. */
export const Producer = { none: 0, attached: 1, closed: 2 } as const;

/** Full means that the oldest messages are dropped. */
export const DROPS_OLDEST = 1;

/** The header of a record, in bytes: its length, and its position. */
export const RECORD = 8;
/** The length that says that the rest of the lane is not used. */
export const PADDING = -1;
/** The bytes of the memory file that are locked. */
export const LockByte = { init: 0, consumer: 1, producers: 16 } as const;

/** Bounds of what may be asked for. */
export const LEAST_CAPACITY = 64;
export const GREATEST_CAPACITY = 2 ** 30;
export const MOST_LANES = 64;

/** The sizes of a ring, which do not change. */
export interface Shape {
  readonly flags: number;
  readonly lanes: number;
  readonly capacity: number;
}

/** How many bytes the data of a shape begins after. */
export function dataOffset({ lanes }: Pick<Shape, "lanes">): number {
  return Math.ceil((BLOCK + lanes * BLOCK) / PAGE) * PAGE;
}

/** How many bytes a ring of a shape has. */
export function byteLength(shape: Shape): number {
  return dataOffset(shape) + shape.lanes * shape.capacity;
}

/** The longest message of a capacity: it fits behind any padding. */
export function longestMessage(capacity: number): number {
  return (capacity >> 1) - RECORD;
}

/** How many bytes a record takes, header included: a multiple of 8. */
export function recordSize(length: number): number {
  return (length + RECORD + 7) & ~7;
}

/** The error of memory that no process of this protocol has written. */
export function damaged(what: string, why: string): Error {
  return new Deno.errors.InvalidData(
    `Cannot use ${what}: its memory is damaged: ${why}; ` +
      "unlink it and create it anew",
  );
}

/** Names a ring in messages. */
export function describe(name: string): string {
  return `ring ${JSON.stringify(name)}`;
}
