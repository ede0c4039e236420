import { LANE, Producer } from "./_layout.ts";

/** The bits of a state that say what the producer does. */
const KIND = 3;
/** The bits above them count the producers of the lane that have died. */
const DEATHS_SHIFT = 2;

/** Producers of a lane that have died. */
export interface Dead {
  /** How many. */
  readonly count: number;
  /** The process of the last one, as it had written it. */
  readonly pid: number;
}

/**
 * What a lane says of its producers: whether one is there, and how many have
 * died. Who has the lock of the lane writes it; only the end of one that has
 * closed is taken note of without.
 */
export class LaneState {
  readonly #control: Int32Array<ArrayBuffer>;

  constructor(control: Int32Array<ArrayBuffer>) {
    this.#control = control;
  }

  /** Whether a producer is there; one that died is until it is buried. */
  get isAttached(): boolean {
    return (this.#word & KIND) === Producer.attached;
  }

  /** Whether the last one has closed the ring, which was not told. */
  get isClosed(): boolean {
    return (this.#word & KIND) === Producer.closed;
  }

  /** Says that a producer is there. */
  attach(pid: number): void {
    Atomics.store(this.#control, LANE.pid, pid);
    this.#set(Producer.attached);
  }

  /** Says that it closes the ring. */
  close(): void {
    this.#set(Producer.closed);
  }

  /** Counts a death, if a producer seems to be there: its lock was free. */
  bury(): void {
    if (!this.isAttached) return;
    const pid = Atomics.load(this.#control, LANE.pid);
    Atomics.store(this.#control, LANE.deadPid, pid);
    // It is gone and counted in one step, so that none is lost.
    const deaths = (this.#word >>> DEATHS_SHIFT) + 1;
    Atomics.store(this.#control, LANE.state, deaths << DEATHS_SHIFT);
  }

  /** Takes note that the last one has closed the ring. */
  forget(): void {
    const word = this.#word;
    if ((word & KIND) !== Producer.closed) return;
    const none = word & ~KIND;
    Atomics.compareExchange(this.#control, LANE.state, word, none);
  }

  /** Whether there is a death that the consumer was not told of. */
  get hasDeath(): boolean {
    return this.#deaths !== Atomics.load(this.#control, LANE.told);
  }

  /** Those that have died, once. */
  takeDead(): Dead {
    const count = this.#deaths - Atomics.load(this.#control, LANE.told);
    Atomics.store(this.#control, LANE.told, this.#deaths);
    return { count, pid: Atomics.load(this.#control, LANE.deadPid) >>> 0 };
  }

  get #word(): number {
    return Atomics.load(this.#control, LANE.state);
  }

  get #deaths(): number {
    return this.#word >>> DEATHS_SHIFT;
  }

  #set(kind: number): void {
    Atomics.store(this.#control, LANE.state, this.#word & ~KIND | kind);
  }
}
