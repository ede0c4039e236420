import { checkTimeout, deadlineAfter, Spin, timedOut } from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import {
  eventLoopTurn,
  RequestQueue,
  Streak,
  WORTH_BY_LOADS,
} from "@ipc/libc/rings";
import type { SyncWaitOptions } from "@ipc/libc/rings";
import { ConsumerSide } from "./_consumer.ts";
import type { LaneReader } from "./_lane_reader.ts";
import { isClosed, type RingMemory } from "./_memory.ts";
import { isTooShort } from "./_receive_errors.ts";
import { sleepUntil } from "./_sleep.ts";
import { type Message, type Result, type Target, VIEW } from "./_target.ts";

/** Receives, in every way, and waits. */
export class Receiver {
  readonly #side: ConsumerSide;
  readonly #spin: Spin;
  readonly #queue: RequestQueue<Target, Result>;
  #isClosed = false;
  /** Async receives that did not have to sleep. */
  readonly #streak = new Streak();

  constructor(memory: RingMemory, wait: WaitStrategy) {
    this.#spin = new Spin(wait, undefined, WORTH_BY_LOADS);
    this.#side = new ConsumerSide(memory, (index) => this.#onRing(index));
    this.#queue = new RequestQueue<Target, Result>({
      attempt: (target) => this.#attempt(target),
      arm: () => this.#arm(),
      disarm: () => this.#disarm(),
    });
  }

  /** What the consumer has, if it is open. */
  get side(): ConsumerSide {
    this.#checkOpen();
    return this.#side;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Receives, and blocks the thread until there is something. */
  runSync(target: Target, options: SyncWaitOptions | undefined): Result {
    const result = this.#take(target);
    return result === undefined ? this.#waitSync(target, options) : result;
  }

  /** Receives what there is. */
  runNow(target: Target): Result | undefined {
    if (!this.#queue.isEmpty) return undefined;
    const result = this.#take(target);
    return result === undefined ? this.#miss() : result;
  }

  /** What there is now; not the end. */
  #take(target: Target): Result | undefined {
    this.#checkOpen();
    for (;;) {
      const lane = this.#side.find();
      if (lane === undefined) return undefined;
      const result = this.#hand(lane, target);
      if (result !== undefined) return result;
    }
  }

  /** Hands out the next message of a lane that has something, if it is one. */
  #hand(lane: LaneReader, target: Target): Result | undefined {
    if (!lane.find()) return undefined;
    // Not by comparing it with VIEW, for which V8 calls a function.
    if (target === null || typeof target === "symbol") {
      return this.#handOut(lane, target);
    }
    if (target.length < lane.length) this.#refuse(lane, target);
    const length = lane.copyInto(target);
    if (lane.release()) this.#side.ring(lane);
    return length;
  }

  #handOut(lane: LaneReader, target: null | typeof VIEW): Message {
    if (target === VIEW) return lane.view();
    const message = lane.copy();
    if (lane.release()) this.#side.ring(lane);
    return message;
  }

  /** The message has no room; those before it give theirs back. */
  #refuse(lane: LaneReader, p: Uint8Array): never {
    if (lane.release()) this.#side.ring(lane);
    throw isTooShort(p.length, lane.length, this.#side.memory);
  }

  /** Looks again for a while, in a wait that has begun. */
  #lookAgain(target: Target): Result | undefined {
    const result = this.#lookOften(target);
    if (result === undefined) return this.#lookLonger(target);
    this.#spin.hitSoon();
    return result;
  }

  /**
   * Looks again while pauses last. It is a loop of its own since V8 has only so
   * much room for what a function calls: yields, of which a long wait has many,
   * would take that of handing out.
   */
  #lookOften(target: Target): Result | undefined {
    const side = this.#side;
    const spin = this.#spin;
    while (spin.pause()) {
      const lane = side.look();
      if (lane === undefined) continue;
      const result = this.#hand(lane, target);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  /** Looks again while yields last. */
  #lookLonger(target: Target): Result | undefined {
    while (this.#spin.next()) {
      const lane = this.#side.look();
      const result = lane && this.#hand(lane, target);
      if (result === undefined) continue;
      this.#spin.hit();
      return result;
    }
    this.#spin.park();
    return undefined;
  }

  /** What there is now, and be it the end. */
  #attempt(target: Target): Result | undefined {
    const result = this.#take(target);
    return result === undefined ? this.#side.end() : result;
  }

  /** There is nothing: looks whether that is the end. */
  #miss(): null | undefined {
    this.#side.listenNow();
    return this.#side.end();
  }

  /** Blocks the thread until there is something, or the end. */
  #waitSync(target: Target, options: SyncWaitOptions | undefined): Result {
    const timeout = checkTimeout(options?.timeout);
    const deadline = deadlineAfter(timeout);
    if (timeout === 0) {
      if (this.#miss() === null) return null;
      throw this.#late(0);
    }
    this.#side.tellDeath();
    this.#spin.begin();
    const result = this.#lookAgain(target);
    if (result !== undefined) return result;
    return this.#sleepSync(target, timeout, deadline);
  }

  #sleepSync(target: Target, timeout: number, deadline: number): Result {
    try {
      const result = sleepUntil(
        this.#side,
        this.#spin,
        deadline,
        () => this.#attempt(target),
      );
      if (result === undefined) throw this.#late(timeout);
      return result;
    } finally {
      // Those that wait in the event loop sleep on.
      if (!this.#queue.isEmpty) this.#arm();
    }
  }

  /** Receives, and lets the event loop run while it waits. */
  run(target: Target, options: WaitOptions | undefined): Promise<Result> {
    try {
      options?.signal?.throwIfAborted();
      if (this.#queue.isEmpty) {
        const result = this.#take(target);
        if (result !== undefined) return this.#settle(result);
      }
      return this.#wait(target, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Every now and then, what is there already lets others run first. */
  #settle(result: Result): Promise<Result> {
    if (!this.#streak.isOver()) return Promise.resolve(result);
    return eventLoopTurn().then(() => result);
  }

  async #wait(
    target: Target,
    options: WaitOptions | undefined,
  ): Promise<Result> {
    this.#checkOpen();
    const timeout = checkTimeout(options?.timeout);
    if (timeout === 0) {
      const result = this.#queue.isEmpty ? this.#miss() : undefined;
      if (result === null) return null;
      throw this.#late(0);
    }
    const spin = this.#spin;
    if (this.#queue.isEmpty) {
      this.#side.tellDeath();
      spin.beginAsync(false);
      const result = this.#lookAgain(target);
      if (result !== undefined) {
        if (this.#streak.isOver()) await eventLoopTurn();
        return result;
      }
    } else {
      spin.park();
    }
    try {
      return await this.#queue.wait(
        target,
        options?.signal,
        timeout,
        () => this.#late(timeout),
      );
    } finally {
      spin.wake();
    }
  }

  /** All that is there, up to a number; waits for the first. */
  async batch(
    max: number,
    copy: boolean,
    options: WaitOptions,
  ): Promise<Message[] | null> {
    options.signal?.throwIfAborted();
    this.#checkOpen();
    if (this.#streak.isOver()) await eventLoopTurn();
    const { side } = this;
    side.releaseAll();
    const batch: Message[] = [];
    if (this.#queue.isEmpty) this.#fill(batch, max, copy);
    if (batch.length === 0) {
      const first = await this.#wait(copy ? null : VIEW, options);
      if (first === null) return null;
      batch.push(first as Message);
      this.#fill(batch, max, copy);
    }
    if (copy) side.releaseAll();
    return batch;
  }

  /** Takes what there is, and releases nothing. */
  #fill(batch: Message[], max: number, copy: boolean): void {
    while (batch.length < max) {
      const lane = this.#side.find();
      if (lane === undefined) return;
      if (lane.find()) batch.push(copy ? lane.copy() : lane.view());
    }
  }

  #arm(): void {
    if (this.#side.fallAsleep()) this.#side.arm();
    else setImmediate(() => this.#queue.serve());
  }

  #disarm(): void {
    if (this.#isClosed) return;
    this.#side.stayAwake();
    this.#side.disarm();
  }

  #onRing(index: number): void {
    if (this.#isClosed) return;
    try {
      this.#side.wakeUp(index);
    } catch (error) {
      return this.#queue.close(() => error as Error);
    }
    this.#queue.serve();
  }

  /** Leaves the ring, and rejects what waits. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.close(() => isClosed(this.#side.memory));
    this.#side.close();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw isClosed(this.#side.memory);
  }

  #late(timeout: number): Error {
    return timedOut(`receive from ${this.#side.memory.what}`, timeout);
  }
}
