import { monotonicNow, POLLIN, PollSet, Slab } from "@ipc/libc/rings";
import { Bell, Ringer } from "./_bell.ts";
import { hasDied, isDue } from "./_death.ts";
import type { Death } from "./_death.ts";
import { LaneReader } from "./_lane_reader.ts";
import { LaneState } from "./_lane_state.ts";
import { HEADER, LockByte } from "./_layout.ts";
import type { RingMemory } from "./_memory.ts";
import { LISTEN_EVERY } from "./_pace.ts";
import { lockRole, lookWhoIsGone } from "./_role.ts";

/** How many bytes a lane has in its turn, where there are several. */
const TURN = 4096;
/** One look in so many asks for the time, and perhaps for the producers. */
const LOOKS = 16;

/** The consumer of a ring: what it has of the lanes, and of its producers. */
export class ConsumerSide {
  readonly memory: RingMemory;
  readonly #header: Int32Array<ArrayBuffer>;
  readonly #states: readonly LaneState[];
  readonly #lanes: readonly LaneReader[];
  readonly #isMany: boolean;
  readonly #bells: readonly Bell[];
  readonly #sleep: PollSet;
  readonly #ringers: readonly Ringer[];
  /** The lane that is read. */
  #lane: LaneReader;
  /** Deaths that are to be told. */
  readonly #deaths: Death[] = [];
  #looks = 0;
  #listenedAt = 0;
  /** Whether the ring was unlinked, so that nobody can come any more. */
  #isUnlinked = false;

  /**
   * Becomes the consumer.
   *
   * @param memory The ring; it is closed with this, but not if this fails.
   * @param onRing Called when a producer rings, or is gone, with its lane, while
   * this is armed, and perhaps later.
   */
  constructor(memory: RingMemory, onRing: (index: number) => void) {
    using undo = new DisposableStack();
    this.memory = memory;
    this.#header = memory.header;
    const { what, shape } = memory;
    if (lockRole(memory, LockByte.consumer, 1) === undefined) {
      throw new Deno.errors.Busy(
        `Cannot read ${what}: another consumer reads it, and a ring has one`,
      );
    }
    const indices = [...Array(shape.lanes).keys()];
    const lanes = indices.map((i) => memory.lane(i));
    this.#states = lanes.map(({ control }) => new LaneState(control));
    const slab = new Slab();
    const turn = shape.lanes === 1 ? shape.capacity : TURN;
    this.#lanes = lanes.map((lane) =>
      new LaneReader(what, lane, memory.dropsOldest, turn, slab)
    );
    this.#lane = this.#lanes[0]!;
    this.#isMany = lanes.length > 1;
    this.#bells = indices.map((i) =>
      undo.adopt(
        new Bell(memory.consumerBell(i), what, () => onRing(i)),
        (bell) => bell.close(),
      )
    );
    this.#sleep = new PollSet(this.#bells.map(({ fd }) => fd), POLLIN);
    for (const i of indices) this.#listen(i);
    this.#ringers = indices.map((i) =>
      undo.adopt(
        new Ringer(memory.producerBell(i), what),
        (ringer) => ringer.close(),
      )
    );
    // First it rings, so that the producers watch whoever has their bells; then
    // it says that it is there, and then that there was one more.
    for (const ringer of this.#ringers) ringer.ring();
    Atomics.store(this.#header, HEADER.consumer, 1);
    Atomics.add(this.#header, HEADER.consumers, 1);
    Atomics.store(this.#header, HEADER.consumerPid, Deno.pid);
    undo.move();
  }

  /**
   * Finds a lane that has something, unless a death is to be told before.
   *
   * @returns The lane, whose `find` tells whether that is a message.
   */
  find(): LaneReader | undefined {
    const lane = this.#lane;
    if (lane.hasMore) return lane;
    if (++this.#looks % LOOKS === 0) this.listenNow();
    if (this.#deaths.length > 0 && this.#deaths.some(isDue)) return undefined;
    return this.look();
  }

  /**
   * Looks how far the producers are, and no further: who waits tells of deaths
   * before, and finds new ones in its sleep.
   *
   * @returns A lane that has something.
   */
  look(): LaneReader | undefined {
    if (this.#isMany) return this.#lookRound();
    const lane = this.#lane;
    return lane.refresh() ? lane : undefined;
  }

  /** The same for several, in turn. */
  #lookRound(): LaneReader | undefined {
    const count = this.#lanes.length;
    const start = this.#lane.index;
    for (let i = 1; i <= count; i++) {
      const lane = this.#lanes[(start + i) % count]!;
      if (lane.refresh()) return this.#lane = lane;
    }
    return undefined;
  }

  /** Wakes the producer of a lane, which waits for the room that it got. */
  ring(lane: LaneReader): void {
    this.#ringers[lane.index]!.ring();
  }

  /** Gives all producers the room of what was taken. */
  releaseAll(): void {
    for (const lane of this.#lanes) if (lane.release()) this.ring(lane);
  }

  /** How many producers are there; one that died counts until it is noticed. */
  get producers(): number {
    let count = 0;
    for (const state of this.#states) if (state.isAttached) count++;
    return count;
  }

  /** How many messages were dropped. */
  get dropped(): number {
    return this.#lanes.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** Whether there is an end to be told. */
  get #hasEnd(): boolean {
    this.#notice();
    if (this.#deaths.some(isDue)) return true;
    if (this.producers > 0) return false;
    for (const bell of this.#bells) {
      if (bell.isKept && !bell.keep()) this.#isUnlinked = true;
    }
    return this.#isOver;
  }

  /** Whether there is an end to be told, if no producer is there. */
  get #isOver(): boolean {
    return this.#isUnlinked || this.#states.some((state) => state.isClosed);
  }

  /**
   * Tells of a death, and of the end, once, where there is no message.
   *
   * @returns `null` if all producers have closed it, `undefined` if there may
   * be more.
   * @throws {Deno.errors.ConnectionReset} If one of them has died.
   */
  end(): null | undefined {
    this.#notice();
    this.tellDeath();
    if (this.producers > 0 || !this.#isOver) return undefined;
    // What was sent before the end comes first.
    if (this.#lanes.some((lane) => lane.refresh())) return undefined;
    this.#forgetClosed();
    return null;
  }

  /** Takes note of producers that have closed the ring. */
  #forgetClosed(): void {
    for (const state of this.#states) state.forget();
  }

  /**
   * Tells of a death, if all that was sent before it is received.
   *
   * @throws {Deno.errors.ConnectionReset} If there is one.
   */
  tellDeath(): void {
    if (this.#deaths.length === 0) return;
    const death = this.#deaths.find(isDue);
    if (death === undefined) return;
    this.#deaths.splice(this.#deaths.indexOf(death), 1);
    const dead = this.#states[death.lane.index]!.takeDead();
    const isLast = this.producers === 0 && this.#deaths.length === 0 &&
      !this.#lanes.some((lane) => lane.refresh());
    // It takes the place of the end.
    if (isLast) this.#forgetClosed();
    throw hasDied(this.memory, death.lane.index, dead);
  }

  /** Takes note of producers that have died, whoever has found it out. */
  #notice(): void {
    for (const [i, state] of this.#states.entries()) {
      if (!state.hasDeath) continue;
      const lane = this.#lanes[i]!;
      if (this.#deaths.some((death) => death.lane === lane)) continue;
      lane.refresh();
      this.#deaths.push({ lane, position: lane.end });
      this.#lane.yield();
    }
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
    // What others have sent comes after a death that is to be told.
    if (this.#deaths.length > 0) this.#lane.yield();
    this.stayAwake();
    return false;
  }

  /** Says that this side does not sleep. */
  stayAwake(): void {
    for (const lane of this.#lanes) lane.stayAwake();
  }

  /** Blocks this thread until a producer wakes it, or time is over. */
  sleepSync(milliseconds: number): void {
    this.#sleep.wait(milliseconds);
    this.stayAwake();
    for (let i = 0; i < this.#bells.length; i++) {
      if (this.#sleep.isReady(i)) this.#listen(i);
    }
  }

  /** Has the event loop wait for the producers. */
  arm(): void {
    for (const bell of this.#bells) bell.arm();
  }

  /** Lets the process exit. */
  disarm(): void {
    for (const bell of this.#bells) bell.disarm();
  }

  /** Says that the sleep is over, which the bell of a lane has ended. */
  wakeUp(index: number): void {
    this.stayAwake();
    this.#listen(index);
  }

  /** Looks whether producers are gone, if that was not done lately. */
  listenNow(): void {
    const now = monotonicNow();
    if (now - this.#listenedAt < LISTEN_EVERY) return;
    this.#listenedAt = now;
    for (let i = 0; i < this.#bells.length; i++) this.#listen(i);
    this.#notice();
  }

  #listen(index: number): void {
    if (this.#bells[index]!.listen()) this.#bury(index);
  }

  /** Finds out whether the producer of a lane has died: its bell has ended. */
  #bury(index: number): void {
    const { what } = this.memory;
    const isGone = () => this.#reap(index);
    const bell = this.#bells[index]!;
    if (lookWhoIsGone(bell, isGone, what, "producer")) this.#isUnlinked = true;
  }

  /** Whether a lane has no producer; one that has died is counted. */
  #reap(index: number): boolean {
    const state = this.#states[index]!;
    if (!state.isAttached) return true;
    const byte = LockByte.producers + index;
    if (!this.memory.tryLock(byte)) return false;
    state.bury();
    this.memory.unlock(byte);
    this.#notice();
    return true;
  }

  /** Leaves the ring. What was taken and not released stays. */
  close(): void {
    for (const lane of this.#lanes) lane.leave();
    Atomics.store(this.#header, HEADER.consumer, 0);
    for (const bell of this.#bells) bell.close();
    for (const ringer of this.#ringers) ringer.close();
    this.memory.close();
  }
}
