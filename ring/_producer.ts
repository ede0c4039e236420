import { sleepSync } from "@ipc/libc";
import { Bell, Ringer } from "./_bell.ts";
import { LaneWriter } from "./_lane_writer.ts";
import {
  Consumer,
  damaged,
  HEADER,
  LANE,
  LockByte,
  Producer,
  READING,
} from "./_layout.ts";
import type { LaneMemory, RingMemory } from "./_memory.ts";
import { GRACE, NAP } from "./_role.ts";

/** A producer of a ring: its lane, and what it has of the consumer. */
export class ProducerSide {
  readonly memory: RingMemory;
  readonly bell: Bell;
  readonly lane: LaneWriter;
  readonly #header: Int32Array<ArrayBuffer>;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #ringer: Ringer;
  /** How many consumers there have been that are known to be gone. */
  #buried: number;
  /** Whether the ring was unlinked, so that nobody can come any more. */
  #isUnlinked: boolean;

  /**
   * Becomes a producer.
   *
   * @param memory The ring; it is closed with this.
   * @param onRing Called when the consumer rings while the bell is armed.
   */
  constructor(memory: RingMemory, onRing: () => void) {
    using undo = new DisposableStack();
    undo.defer(() => memory.close());
    this.memory = memory;
    this.#header = memory.header;
    const { what } = memory;
    const lane = freeLane(memory);
    this.#control = lane.control;
    this.lane = new LaneWriter(what, lane, memory.dropsOldest);
    this.bell = undo.adopt(
      new Bell(memory.producerBell(lane.index), what, onRing),
      (bell) => bell.close(),
    );
    this.#isUnlinked = !this.bell.keep();
    this.#ringer = undo.adopt(
      new Ringer(memory.consumerBell, what),
      (ringer) => ringer.close(),
    );
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    this.#buried = this.hasConsumer && !this.#reap()
      ? (consumers - 1) | 0
      : consumers;
    Atomics.store(this.#control, LANE.waiting, 0);
    Atomics.store(this.#control, LANE.pid, Deno.pid);
    Atomics.store(this.#control, LANE.state, Producer.attached);
    this.#ringer.ring();
    undo.move();
  }

  /** Whether a consumer is there; one that died is until it is noticed. */
  get hasConsumer(): boolean {
    return Atomics.load(this.#header, HEADER.consumer) !== Consumer.none;
  }

  /** How many messages were dropped, by all who had this lane. */
  get dropped(): number {
    return Atomics.load(this.#control, LANE.dropped) >>> 0;
  }

  /**
   * Tells the consumer of what was put in.
   *
   * @returns Whether a consumer is there.
   */
  publish(): boolean {
    this.lane.publish();
    const consumer = Atomics.load(this.#header, HEADER.consumer);
    return consumer === Consumer.awake || this.#wake(consumer);
  }

  #wake(consumer: number): boolean {
    if (consumer === Consumer.none) return false;
    const { asleep, awake } = Consumer;
    const place = HEADER.consumer;
    const was = Atomics.compareExchange(this.#header, place, asleep, awake);
    return was !== asleep || this.#ringer.ring() || !this.#reap();
  }

  /**
   * Tells, once, that a consumer is gone.
   *
   * @returns Whether one is gone, and no other is there.
   */
  hasLostConsumer(): boolean {
    if (this.hasConsumer) return false;
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    const isLost = consumers !== this.#buried || this.#isUnlinked;
    this.#buried = consumers;
    return isLost;
  }

  /**
   * Says that this side sleeps until there is room.
   *
   * @param length For how many bytes.
   * @returns Whether it may; not if there is something to be done.
   */
  fallAsleep(length: number): boolean {
    Atomics.store(this.#control, LANE.waiting, 1);
    if (!this.#hasNews(length)) return true;
    this.stayAwake();
    return false;
  }

  /** Whether there is room, or a consumer that is gone, to be told. */
  #hasNews(length: number): boolean {
    if (this.lane.reserve(length) !== -1) return true;
    if (this.hasConsumer) {
      this.bell.letGo();
      return false;
    }
    if (!this.bell.keep()) this.#isUnlinked = true;
    const consumers = Atomics.load(this.#header, HEADER.consumers);
    return consumers !== this.#buried || this.#isUnlinked;
  }

  /** Says that this side does not sleep. */
  stayAwake(): void {
    Atomics.store(this.#control, LANE.waiting, 0);
  }

  /** Says that the sleep is over, and looks why. */
  wakeUp(): void {
    this.stayAwake();
    this.listen();
  }

  /** Looks whether the consumer is gone. */
  listen(): void {
    if (this.bell.silence()) this.#bury();
  }

  #bury(): void {
    for (let tries = 0; tries < GRACE; tries++) {
      if (!this.bell.keep()) this.#isUnlinked = true;
      if (!this.hasConsumer || this.#reap()) return;
      // Another has come meanwhile, or this one is about to be gone.
      this.bell.letGo();
      if (!this.bell.silence()) return;
      sleepSync(NAP);
    }
    throw damaged(this.memory.what, "a consumer is there that has no bell");
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
      const head = Atomics.load(control, LANE.head);
      Atomics.compareExchange(control, LANE.head, head, head & ~READING);
    }
    Atomics.store(this.#header, HEADER.consumer, Consumer.none);
    this.memory.unlock(LockByte.consumer);
    return true;
  }

  /** Leaves the ring. What was sent stays until it is received. */
  close(): void {
    this.lane.publish();
    Atomics.store(this.#control, LANE.state, Producer.closed);
    const consumer = Atomics.load(this.#header, HEADER.consumer);
    if (consumer === Consumer.asleep) this.#wake(consumer);
    this.bell.close();
    this.#ringer.close();
    this.memory.close();
  }
}

/** Finds a lane that no producer has, and locks it. */
function freeLane(memory: RingMemory): LaneMemory {
  const { lanes } = memory.shape;
  // Who looks whether a producer is alive has its lock for a moment.
  for (let tries = 0; tries < GRACE; tries++) {
    for (let i = 0; i < lanes; i++) {
      if (memory.tryLock(LockByte.producers + i)) return memory.lane(i);
    }
    sleepSync(NAP / 5);
  }
  throw new Deno.errors.Busy(
    `Cannot write ${memory.what}: it is for ${lanes} producer` +
      `${lanes === 1 ? "" : "s"} at a time, and has ${lanes}`,
  );
}
