import { POLLIN, PollSet } from "@ipc/libc/rings";
import { Bell, Ringer } from "./_bell.ts";
import { LaneWriter } from "./_lane_writer.ts";
import { ASLEEP, GONE, HEADER, LANE, LockByte, READING } from "./_layout.ts";
import { LaneState } from "./_lane_state.ts";
import type { LaneMemory, RingMemory } from "./_memory.ts";
import { lockRole, lookWhoIsGone } from "./_role.ts";

/** A producer of a ring: its lane, and what it has of the consumer. */
export class ProducerSide {
  readonly memory: RingMemory;
  readonly bell: Bell;
  readonly lane: LaneWriter;
  /** The length of the message that waits for room. */
  wanted = 0;
  readonly #header: Int32Array<ArrayBuffer>;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #state: LaneState;
  readonly #sleep: PollSet;
  readonly #ringer: Ringer;
  /** How many consumers there had been who were gone when this one came. */
  readonly #before: number;
  /** How many are gone that it was told of. */
  #buried: number;
  /** Whether the ring was unlinked, so that nobody can come any more. */
  #isUnlinked: boolean;

  /**
   * Becomes a producer.
   *
   * @param memory The ring; it is closed with this, but not if this fails.
   * @param onRing Called when the consumer rings while the bell is armed.
   */
  constructor(memory: RingMemory, onRing: () => void) {
    using undo = new DisposableStack();
    this.memory = memory;
    this.#header = memory.header;
    const { what } = memory;
    const lane = freeLane(memory);
    this.#control = lane.control;
    this.#state = new LaneState(lane.control);
    // One that died here before, and that nobody has noticed.
    this.#state.bury();
    this.lane = new LaneWriter(what, lane, memory.dropsOldest);
    this.bell = undo.adopt(
      new Bell(memory.producerBell(lane.index), what, onRing),
      (bell) => bell.close(),
    );
    this.#sleep = new PollSet([this.bell.fd], POLLIN);
    this.#isUnlinked = this.bell.listen() && !this.bell.keep();
    this.#ringer = undo.adopt(
      new Ringer(memory.consumerBell(lane.index), what),
      (ringer) => ringer.close(),
    );
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    this.#before =
      this.#buried =
        this.hasConsumer && !this.#reap() ? (consumers - 1) | 0 : consumers;
    // First it rings, so that the consumer watches whoever has that bell.
    this.#ringer.ring();
    this.#state.attach(Deno.pid);
    undo.move();
  }

  /** Whether a consumer is there; one that died is until it is noticed. */
  get hasConsumer(): boolean {
    return Atomics.load(this.#header, HEADER.consumer) !== 0;
  }

  /** How many messages were dropped, by all who had this lane. */
  get dropped(): number {
    return Atomics.load(this.#control, LANE.dropped) >>> 0;
  }

  /**
   * Wakes the consumer, if that is what it wants.
   *
   * @param wishes What it wants, as it was told of messages.
   * @returns Whether it is there, as far as is known.
   */
  fulfil(wishes: number): boolean {
    if ((wishes & ASLEEP) !== 0 && !this.#ringer.ring()) this.#reap();
    return (wishes & GONE) === 0 && this.hasConsumer;
  }

  /**
   * Tells, once, that a consumer is gone.
   *
   * @returns Whether one is gone, and no other is there.
   */
  hasLostConsumer(): boolean {
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    const isNew = consumers !== this.#buried || this.#isUnlinked;
    if (!isNew || !this.isDeserted) return false;
    this.#buried = consumers;
    return true;
  }

  /**
   * Whether a consumer is gone, and no other is there, so that nobody makes
   * room; if none has been there yet, the first one will.
   */
  get isDeserted(): boolean {
    // A consumer says first that it is there, and then counts itself.
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    const hasBeen = consumers !== this.#before || this.#isUnlinked;
    return hasBeen && !this.hasConsumer;
  }

  /**
   * Says that this side sleeps until there is room for the message that waits.
   *
   * @returns Whether it may; not if there is something to be done.
   */
  fallAsleep(): boolean {
    if (!this.lane.fallAsleep(this.wanted) && !this.#hasEnd) return true;
    this.stayAwake();
    return false;
  }

  /** Whether it would wait for nobody. */
  get #hasEnd(): boolean {
    if (this.hasConsumer) return false;
    if (this.bell.isKept && !this.bell.keep()) this.#isUnlinked = true;
    return this.isDeserted;
  }

  /** Says that this side does not sleep. */
  stayAwake(): void {
    this.lane.stayAwake();
  }

  /** Blocks this thread until it is woken, or time is over. */
  sleepSync(milliseconds: number): void {
    this.#sleep.wait(milliseconds);
    this.wakeUp();
  }

  /** Says that the sleep is over, and looks why. */
  wakeUp(): void {
    this.stayAwake();
    this.listen();
  }

  /** Looks whether the consumer is gone. */
  listen(): void {
    if (this.bell.listen()) this.#bury();
  }

  #bury(): void {
    const { what } = this.memory;
    const isGone = () => !this.hasConsumer || this.#reap();
    if (lookWhoIsGone(this.bell, isGone, what, "consumer")) {
      this.#isUnlinked = true;
    }
  }

  /**
   * Removes what a consumer left that has died, if it has.
   *
   * @returns Whether it has.
   */
  #reap(): boolean {
    if (!this.memory.tryLock(LockByte.consumer)) return false;
    for (let i = 0; i < this.memory.shape.lanes; i++) {
      const { control } = this.memory.lane(i);
      Atomics.and(control, LANE.head, ~READING);
    }
    Atomics.store(this.#header, HEADER.consumer, 0);
    this.memory.unlock(LockByte.consumer);
    return true;
  }

  /** Leaves the ring. What was sent stays until it is received. */
  close(): void {
    this.#state.close();
    this.fulfil(this.lane.publish());
    this.bell.close();
    this.#ringer.close();
    this.memory.close();
  }
}

/** Finds a lane that no producer has, and locks it. */
function freeLane(memory: RingMemory): LaneMemory {
  const { lanes } = memory.shape;
  const index = lockRole(memory, LockByte.producers, lanes);
  if (index !== undefined) return memory.lane(index);
  throw new Deno.errors.Busy(
    `Cannot write ${memory.what}: it is for ${lanes} producer` +
      `${lanes === 1 ? "" : "s"} at a time, and has ${lanes}`,
  );
}
