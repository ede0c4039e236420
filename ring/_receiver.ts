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
import type { RingMemory } from "./_memory.ts";
import { sleepUntil } from "./_sleep.ts";

/** A message of its own, or a view of one in the ring. */
type Message = Uint8Array<ArrayBuffer>;

/** A wait for a view, in place of a copy or of a buffer to be filled. */
export const VIEW = Symbol("view");

/** What becomes of a message. */
export type Target = null | typeof VIEW | Uint8Array;
/** What it came to: a message, the length of one, or the end. */
export type Result = Message | number | null;

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
    const lane = this.#find() ?? this.#waitSync(options);
    return lane === null ? null : this.#hand(lane, target);
  }

  /** Receives what there is. */
  runNow(target: Target): Result | undefined {
    if (!this.#queue.isEmpty) return undefined;
    const result = this.#take(target);
    return result === undefined ? this.#miss() : result;
  }

  #find(): LaneReader | undefined {
    if (this.#isClosed) throw this.#closedError();
    return this.#side.find();
  }

  /** What there is now; not the end. */
  #take(target: Target): Result | undefined {
    const lane = this.#find();
    return lane === undefined ? undefined : this.#hand(lane, target);
  }

  /** Hands out the message that was found in a lane. */
  #hand(lane: LaneReader, target: Target): Result {
    // Not by comparing it with VIEW, for which V8 calls a function.
    if (typeof target === "symbol") return lane.view();
    if (target === null) {
      const message = lane.copy();
      this.#side.release(lane);
      return message;
    }
    if (target.length < lane.length) this.#refuse(lane, target);
    const length = lane.copyInto(target);
    this.#side.release(lane);
    return length;
  }

  /** The message has no room; those before it give theirs back. */
  #refuse(lane: LaneReader, p: Uint8Array): never {
    this.#side.release(lane);
    throw new RangeError(
      `Cannot receive from ${this.#what}: the message has ${lane.length} ` +
        `bytes, and the buffer has ${p.length}`,
    );
  }

  /** Looks again for a while, in a wait that has begun. */
  #lookAgain(): LaneReader | undefined {
    const side = this.#side;
    const spin = this.#spin;
    while (spin.next()) {
      const lane = side.look();
      if (lane === undefined) continue;
      spin.hit();
      return lane;
    }
    spin.park();
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
  #waitSync(options: SyncWaitOptions | undefined): LaneReader | null {
    const timeout = checkTimeout(options?.timeout);
    const deadline = deadlineAfter(timeout);
    if (timeout === 0) {
      if (this.#miss() === null) return null;
      throw this.#late(0);
    }
    this.#side.tellDeath();
    this.#spin.begin();
    return this.#lookAgain() ?? this.#sleepSync(timeout, deadline);
  }

  #sleepSync(timeout: number, deadline: number): LaneReader | null {
    const side = this.#side;
    try {
      const found = sleepUntil(
        side,
        this.#spin,
        deadline,
        () => this.#find() ?? side.end(),
      );
      if (found === undefined) throw this.#late(timeout);
      return found;
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
      const lane = this.#lookAgain();
      if (lane !== undefined) {
        const result = this.#hand(lane, target);
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
    let lane = this.#queue.isEmpty ? side.find() : undefined;
    if (lane === undefined) {
      const first = await this.#wait(copy ? null : VIEW, options);
      if (first === null) return null;
      batch.push(first as Message);
      lane = side.find();
    }
    while (lane !== undefined) {
      batch.push(copy ? lane.copy() : lane.view());
      lane = batch.length < max ? side.find() : undefined;
    }
    if (copy) side.releaseAll();
    return batch;
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
    this.#queue.close(() => this.#closedError());
    this.#side.close();
  }

  get #what(): string {
    return this.#side.memory.what;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw this.#closedError();
  }

  #closedError(): Error {
    return new Deno.errors.BadResource(
      `Cannot use ${this.#what}: it is closed`,
    );
  }

  #late(timeout: number): Error {
    return timedOut(`receive from ${this.#what}`, timeout);
  }
}
