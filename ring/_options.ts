import { checkInteger, checkMode, checkTimeout, checkWait } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  DROPS_OLDEST,
  GREATEST_CAPACITY,
  LEAST_CAPACITY,
  MOST_LANES,
} from "./_layout.ts";
import type { Shape } from "./_layout.ts";

/** What opening either side of a ring has in common. */
export interface OpenRingOptions {
  /**
   * Creates the ring if there is none of this name.
   *
   * @default {false}
   */
  create?: boolean;
  /**
   * Creates the ring, and fails if there is one of this name. It is implied
   * when the name is `null`.
   *
   * @default {false}
   */
  createNew?: boolean;
  /**
   * The permission bits of a new ring, less those of the process's umask.
   *
   * @default {0o600}
   */
  mode?: number;
  /**
   * How many bytes a new ring holds for each producer, from 64 to 2^30, with
   * 8 bytes for each message; it is rounded up to a power of two. A message
   * has at most half of that, less 8. An existing ring keeps what it has, and
   * has to hold at least so many.
   *
   * @default {1_048_576}
   */
  capacity?: number;
  /**
   * How many producers a new ring takes at a time, from 1 to 64. Each has
   * `capacity` bytes of its own. An existing ring keeps what it has, and has
   * to take at least so many.
   *
   * @default {1}
   */
  producers?: number;
  /**
   * Whether a full new ring drops its oldest messages to make room, in place
   * of having the producer wait. An existing ring keeps to what it does, and
   * has to agree if this is set.
   *
   * @default {false}
   */
  dropOldest?: boolean;
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
  /**
   * How long to wait for a creator that has not finished yet, in
   * milliseconds.
   *
   * @default {1000}
   */
  timeout?: number;
}

const DEFAULT_CAPACITY = 2 ** 20;
const READY_TIMEOUT = 1000;
type Sizes = "capacity" | "producers" | "dropOldest";
/** The options, checked. */
export type Plan =
  & Required<Omit<OpenRingOptions, Sizes>>
  & { [K in Sizes]: OpenRingOptions[K] };

/** Checks the options. */
export function checkOptions(
  name: string | null,
  options: OpenRingOptions,
): Plan {
  const {
    create = false,
    createNew = name === null,
    mode = 0o600,
    wait = "adaptive",
    timeout = READY_TIMEOUT,
    capacity,
    producers,
    dropOldest,
  } = options;
  if (name === null && !createNew) {
    throw new TypeError(
      "Cannot open a ring: without a name, it can only be created",
    );
  }
  if (capacity !== undefined) {
    checkInteger(capacity, "capacity", LEAST_CAPACITY, GREATEST_CAPACITY);
  }
  if (producers !== undefined) {
    checkInteger(producers, "producers", 1, MOST_LANES);
  }
  if (dropOldest !== undefined && typeof dropOldest !== "boolean") {
    throw new TypeError(
      `Cannot use dropOldest: expected a boolean, got ${typeof dropOldest}`,
    );
  }
  checkMode(mode);
  checkWait(wait);
  checkTimeout(timeout);
  const sizes = { capacity, producers, dropOldest };
  return { create, createNew, mode, wait, timeout, ...sizes };
}

/** The sizes of a new ring. */
export function shapeOf(plan: Plan): Shape {
  const { capacity = DEFAULT_CAPACITY, producers = 1, dropOldest } = plan;
  return {
    flags: dropOldest === true ? DROPS_OLDEST : 0,
    lanes: producers,
    capacity: 1 << Math.ceil(Math.log2(capacity)),
  };
}

/** Checks that a ring has what is asked for. */
export function checkShape(what: string, shape: Shape, plan: Plan): void {
  const { capacity = 0, producers = 0, dropOldest } = plan;
  if (shape.capacity < capacity || shape.lanes < producers) {
    throw new RangeError(
      `Cannot open ${what}: it holds ${shape.capacity} bytes for each of ` +
        `${shape.lanes} producers, and ${capacity || shape.capacity} bytes ` +
        `for each of ${producers || shape.lanes} are asked for`,
    );
  }
  const drops = (shape.flags & DROPS_OLDEST) !== 0;
  if (dropOldest !== undefined && dropOldest !== drops) {
    throw new TypeError(
      `Cannot open ${what}: its dropOldest is ${drops}, ` +
        `and ${dropOldest} is asked for`,
    );
  }
}
