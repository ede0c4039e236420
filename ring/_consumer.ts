import { sleepSync } from "@ipc/libc";
import { Slab } from "@ipc/libc/rings";
import { Bell, Ringer } from "./_bell.ts";
import { LaneReader } from "./_lane_reader.ts";
import { damaged, HEADER, LANE, LockByte, Producer } from "./_layout.ts";
import type { RingMemory } from "./_memory.ts";
import { GRACE, lockRole, NAP } from "./_role.ts";

/** The consumer of a ring: what it has of the lanes, and of its producers. */
export class ConsumerSide {
  readonly memory: RingMemory;
  readonly bell: Bell;
  readonly #header: Int32Array<ArrayBuffer>;
  readonly #controls: readonly Int32Array<ArrayBuffer>[];
  readonly #lanes: readonly LaneReader[];
  readonly #ringers: readonly Ringer[];
  /** The lane that is read. */
  #lane: LaneReader;
  /** Whether a producer has died, which has not been told yet. */
  #hasDeath = false;
  /** Whether the ring was unlinked, so that nobody can come any more. */
  #isUnlinked = false;

  /**
   * Becomes the consumer.
   *
   * @param memory The ring; it is closed with this.
   * @param onRing Called when a producer rings while the bell is armed.
   */
  constructor(memory: RingMemory, onRing: () => void) {
    using undo = new DisposableStack();
    undo.defer(() => memory.close());
    this.memory = memory;
    this.#header = memory.header;
    const { what, shape } = memory;
    lockRole(memory, LockByte.consumer, `read ${what}`);
    const indices = [...Array(shape.lanes).keys()];
    const lanes = indices.map((i) => memory.lane(i));
    this.#controls = lanes.map(({ control }) => control);
    const slab = new Slab();
    this.#lanes = lanes.map((lane) =>
      new LaneReader(what, lane, memory.dropsOldest, slab)
    );
    this.#lane = this.#lanes[0]!;
    this.bell = undo.adopt(
      new Bell(memory.consumerBell, what, onRing),
      (bell) => bell.close(),
    );
    this.#isUnlinked = !this.bell.keep();
    this.#ringers = indices.map((i) =>
      undo.adopt(
        new Ringer(memory.producerBell(i), what),
        (ringer) => ringer.close(),
      )
    );
    // First that it is there, and then that there was one more.
    Atomics.store(this.#header, HEADER.consumer, 1);
    Atomics.add(this.#header, HEADER.consumers, 1);
    Atomics.store(this.#header, HEADER.consumerPid, Deno.pid);
    for (const ringer of this.#ringers) ringer.ring();
    undo.move();
  }

  /**
   * Finds the next message.
   *
   * @returns The lane that has it.
   */
  find(): LaneReader | undefined {
    const lane = this.#lane;
    if (lane.hasMore && lane.find()) return lane;
    return this.#look();
  }

  /** Looks how far the producers are, in turn. */
  #look(): LaneReader | undefined {
    const count = this.#lanes.length;
    if (count === 1) {
      const lane = this.#lane;
      return lane.refresh() && lane.find() ? lane : undefined;
    }
    const start = this.#lane.index;
    for (let i = 1; i <= count; i++) {
      const lane = this.#lanes[(start + i) % count]!;
      if (lane.refresh() && lane.find()) return this.#lane = lane;
    }
    return undefined;
  }

  /** Gives the producer of a lane the room of what was taken there. */
  release(lane: LaneReader): void {
    if (lane.release()) this.#ringers[lane.index]!.ring();
  }

  /** Gives all producers the room of what was taken. */
  releaseAll(): void {
    for (const lane of this.#lanes) this.release(lane);
  }

  /** How many producers are there; one that died counts until it is noticed. */
  get producers(): number {
    return this.#controls.filter((control) =>
      Atomics.load(control, LANE.state) === Producer.attached
    ).length;
  }

  /** How many messages were dropped. */
  get dropped(): number {
    return this.#lanes.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** Whether there is an end to be told. */
  get #hasEnd(): boolean {
    if (this.producers > 0) {
      this.bell.letGo();
      return false;
    }
    if (this.#isOver) return true;
    this.#isUnlinked = !this.bell.keep();
    return this.#isUnlinked;
  }

  /** Whether there is an end to be told, if no producer is there. */
  get #isOver(): boolean {
    return this.#hasDeath || this.#isUnlinked ||
      this.#controls.some((control) =>
        Atomics.load(control, LANE.state) === Producer.closed
      );
  }

  /**
   * Tells of the end, once, where there is no message.
   *
   * @returns `null` if all producers have closed it, `undefined` if there may
   * be more.
   * @throws {Deno.errors.ConnectionReset} If one of them has died.
   */
  end(): null | undefined {
    if (this.producers > 0 || !this.#isOver) return undefined;
    // What was sent before the end comes first.
    if (this.#lanes.some((lane) => lane.refresh())) return undefined;
    for (const control of this.#controls) {
      Atomics.compareExchange(
        control,
        LANE.state,
        Producer.closed,
        Producer.none,
      );
    }
    if (!this.#hasDeath) return null;
    this.#hasDeath = false;
    throw new Deno.errors.ConnectionReset(
      `Cannot receive from ${this.memory.what}: its producer has died without ` +
        "closing it; all that it had sent was received, " +
        "and another one may go on",
    );
  }

  /**
   * Says that this side sleeps.
   *
   * @returns Whether it may; not if there is something to be done.
   */
  fallAsleep(): boolean {
    let hasNews = false;
    for (const lane of this.#lanes) hasNews = lane.fallAsleep() || hasNews;
    if (!hasNews && !this.#hasEnd) return true;
    this.stayAwake();
    return false;
  }

  /** Says that this side does not sleep. */
  stayAwake(): void {
    for (const lane of this.#lanes) lane.stayAwake();
  }

  /** Says that the sleep is over, and looks why. */
  wakeUp(): void {
    this.stayAwake();
    this.listen();
  }

  /** Looks whether the producers are gone. */
  listen(): void {
    if (this.producers > 0) this.bell.letGo();
    if (this.bell.silence()) this.#bury();
  }

  /** Finds out which producers are gone: the bell is at its end. */
  #bury(): void {
    for (let tries = 0; tries < GRACE; tries++) {
      if (!this.bell.keep()) this.#isUnlinked = true;
      if (!this.#isAnyAlive()) return;
      // One has come meanwhile, or is about to be gone.
      this.bell.letGo();
      if (!this.bell.silence()) return;
      sleepSync(NAP);
    }
    throw damaged(this.memory.what, "a producer is there that has no bell");
  }

  #isAnyAlive(): boolean {
    let isAnyAlive = false;
    for (const [i, control] of this.#controls.entries()) {
      if (Atomics.load(control, LANE.state) !== Producer.attached) continue;
      const byte = LockByte.producers + i;
      if (!this.memory.tryLock(byte)) {
        isAnyAlive = true;
        continue;
      }
      // Its lock is free: it is gone, and no other is there.
      Atomics.store(control, LANE.state, Producer.none);
      this.memory.unlock(byte);
      this.#hasDeath = true;
    }
    return isAnyAlive;
  }

  /** Leaves the ring. What was taken and not released stays. */
  close(): void {
    for (const lane of this.#lanes) lane.leave();
    Atomics.store(this.#header, HEADER.consumer, 0);
    this.bell.close();
    for (const ringer of this.#ringers) ringer.close();
    this.memory.close();
  }
}
