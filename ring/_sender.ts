import {
  checkInteger,
  checkTimeout,
  deadlineAfter,
  Spin,
  timedOut,
} from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import {
  eventLoopTurn,
  monotonicNow,
  RequestQueue,
  Streak,
  WORTH_BY_LOADS,
} from "@ipc/libc/rings";
import type { SyncWaitOptions } from "@ipc/libc/rings";
import type { LaneWriter } from "./_lane_writer.ts";
import { isClosed, type RingMemory } from "./_memory.ts";
import { LISTEN_EVERY } from "./_pace.ts";
import { ProducerSide } from "./_producer.ts";
import { sleepUntil } from "./_sleep.ts";
import {
  isDeserted,
  isFull,
  isReserved,
  notBytes,
  notReserved,
  tooLong,
} from "./_send_errors.ts";

/** A message to be sent, or the length of one to be reserved. */
type Subject = Uint8Array | number;

/** What keeps a message from being put in at once. */
const CLOSED = 1;
const RESERVED = 2;
const ALONE = 4;

/** Sends, in every way, and waits. */
export class Sender {
  readonly #side: ProducerSide;
  readonly #lane: LaneWriter;
  readonly #spin: Spin;
  readonly #queue: RequestQueue<Subject, number>;
  readonly #failsIfFull: boolean;
  readonly #longest: number;
  /** What keeps a message from being put in at once: none of the bits. */
  #bars = 0;
  #reserved = 0;
  /** Async sends that did not have to sleep. */
  readonly #streak = new Streak();
  #listenedAt = 0;

  constructor(memory: RingMemory, wait: WaitStrategy, failsIfFull: boolean) {
    this.#failsIfFull = failsIfFull;
    this.#longest = memory.longest;
    this.#spin = new Spin(wait, undefined, WORTH_BY_LOADS);
    this.#side = new ProducerSide(memory, () => this.#onRing());
    this.#lane = this.#side.lane;
    this.#queue = new RequestQueue<Subject, number>({
      attempt: (subject) => this.#attempt(subject),
      arm: () => this.#arm(),
      disarm: () => this.#disarm(),
    });
  }

  /** What the producer has, if it is open. */
  get side(): ProducerSide {
    this.#checkOpen();
    return this.#side;
  }

  #checkOpen(): void {
    if ((this.#bars & CLOSED) !== 0) throw isClosed(this.#side.memory);
  }

  /** Sends, and blocks the thread until there is room. */
  sendSync(message: Uint8Array, options: SyncWaitOptions | undefined): void {
    this.#checkMessage(message);
    if (this.#bars === 0 && this.#queue.isEmpty) {
      const wishes = this.#lane.send(message);
      if (wishes === 0) return;
      if (wishes > 0) return this.#fulfil(wishes);
      this.#refuseRoom();
    }
    this.#waitSync(message, options);
  }

  /** Sends, and lets the event loop run while it waits for room. */
  async send(
    message: Uint8Array,
    options: WaitOptions | undefined,
  ): Promise<void> {
    this.#checkMessage(message);
    await this.#run(message, options);
  }

  /** Sends, if there is room. */
  trySend(message: Uint8Array): boolean {
    this.#checkMessage(message);
    if (!this.#mayPush() || !this.#push(message)) return this.#miss();
    this.#publish();
    return true;
  }

  /** Puts a message in, if there is room, and tells nobody yet. */
  enqueue(message: Uint8Array): boolean {
    this.#checkMessage(message);
    if (this.#mayPush() && this.#push(message)) return true;
    this.flush();
    return this.#miss();
  }

  /** Tells the consumer of all that was put in. */
  flush(): void {
    this.#checkOpen();
    this.#publish();
  }

  /** Reserves, and blocks the thread until there is room. */
  reserveSync(
    length: number,
    options: SyncWaitOptions | undefined,
  ): Uint8Array<ArrayBuffer> {
    this.#checkLength(length);
    return this.#view(this.#waitSync(length, options), length);
  }

  /** Reserves, and lets the event loop run while it waits for room. */
  async reserve(
    length: number,
    options: WaitOptions | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    this.#checkLength(length);
    return this.#view(await this.#run(length, options), length);
  }

  /** Reserves, if there is room. */
  tryReserve(length: number): Uint8Array<ArrayBuffer> | undefined {
    this.#checkLength(length);
    if (this.#mayPush()) {
      const at = this.#lane.reserve(length);
      if (at !== -1) return this.#view(this.#book(at, length), length);
      this.#refuseRoom();
    }
    this.#miss();
    return undefined;
  }

  /** Sends what was reserved, or its beginning. */
  commit(length: number = this.#reserved): void {
    this.#checkReserved();
    checkInteger(length, "length", 0, this.#reserved);
    this.#bars &= ~RESERVED;
    this.#lane.commit(length);
    this.#publish();
    this.#serve();
  }

  /** Gives up what was reserved. */
  cancel(): void {
    this.#checkReserved();
    this.#bars &= ~RESERVED;
    this.#serve();
  }

  /** Leaves the ring, and rejects what waits. */
  close(): void {
    if ((this.#bars & CLOSED) !== 0) return;
    this.#bars = CLOSED;
    this.#queue.close(() => isClosed(this.#side.memory));
    this.#side.close();
  }

  /** Puts a message in, if there is room. */
  #push(message: Uint8Array): boolean {
    return this.#lane.put(message) || this.#refuseRoom();
  }

  /** Tells the consumer of all that was put in. */
  #publish(): void {
    const wishes = this.#lane.publish();
    if (wishes !== 0) this.#fulfil(wishes);
  }

  /** There is no room, and the consumer was told of what was put in. */
  #refuseRoom(): false {
    const wishes = this.#lane.takeWishes();
    if (wishes !== 0) this.#fulfil(wishes);
    return false;
  }

  /** Does what the consumer wants. */
  #fulfil(wishes: number): void {
    if (!this.#side.fulfil(wishes)) this.#bars |= ALONE;
  }

  /** Whether a message may be put in now, if there is room. */
  #mayPush(): boolean {
    if (this.#bars !== 0) this.#checkBars();
    return this.#queue.isEmpty;
  }

  #checkBars(): void {
    this.#checkOpen();
    if ((this.#bars & RESERVED) !== 0) {
      throw isReserved(this.#reserved, this.#side.memory);
    }
    this.#bars = 0;
    const { memory } = this.#side;
    if (!memory.dropsOldest && this.#side.hasLostConsumer()) {
      throw isDeserted(memory);
    }
  }

  /** There is no room: throws if nobody is there who would make some. */
  #checkConsumer(): void {
    if (!this.#side.isDeserted) return;
    this.#side.hasLostConsumer();
    throw isDeserted(this.#side.memory);
  }

  /** There is no room: looks whether the consumer is gone. */
  #miss(): false {
    const now = monotonicNow();
    if (now - this.#listenedAt > LISTEN_EVERY) {
      this.#listenedAt = now;
      this.#side.listen();
    }
    this.#checkConsumer();
    return false;
  }

  /** Sends, or reserves; `undefined` if there is no room. */
  #try(subject: Subject): number | undefined {
    if (typeof subject === "number") {
      const at = this.#lane.reserve(subject);
      if (at !== -1) return this.#book(at, subject);
      this.#refuseRoom();
    } else if (this.#push(subject)) {
      this.#publish();
      return 0;
    }
    return undefined;
  }

  #attempt(subject: Subject): number | undefined {
    // A pending wait before this one may have reserved room.
    if ((this.#bars & RESERVED) !== 0) return undefined;
    this.#side.wanted = typeof subject === "number" ? subject : subject.length;
    const result = this.#try(subject);
    if (result === undefined) this.#checkConsumer();
    return result;
  }

  #book(at: number, length: number): number {
    this.#bars |= RESERVED;
    this.#reserved = length;
    return at;
  }

  #view(at: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#lane.bytes.subarray(at, at + length);
  }

  #waitSync(subject: Subject, options: SyncWaitOptions | undefined): number {
    const timeout = checkTimeout(options?.timeout);
    if (this.#bars !== 0) this.#checkBars();
    const first = this.#attemptInTurn(subject);
    if (first !== undefined) return first;
    this.#checkPatience(timeout);
    const deadline = deadlineAfter(timeout);
    this.#spin.begin();
    const second = this.#lookAgain(subject);
    if (second !== undefined) return second;
    try {
      const result = sleepUntil(
        this.#side,
        this.#spin,
        deadline,
        () => this.#attemptInTurn(subject),
      );
      if (result === undefined) throw this.#late(timeout);
      return result;
    } finally {
      // Those that wait in the event loop sleep on.
      if (!this.#queue.isEmpty) this.#arm();
    }
  }

  /** Looks again for a while, in a wait that has begun, if others wait not. */
  #lookAgain(subject: Subject): number | undefined {
    const spin = this.#spin;
    while (this.#queue.isEmpty && spin.next()) {
      const result = this.#try(subject);
      if (result === undefined) continue;
      spin.hit();
      return result;
    }
    spin.park();
    return undefined;
  }

  /** There is no room: throws, unless it is to be waited for. */
  #checkPatience(timeout: number): void {
    if (this.#failsIfFull) throw isFull(this.#side.wanted, this.#side.memory);
    if (timeout === 0) throw this.#late(0);
  }

  /** Those that wait in the event loop come first. */
  #attemptInTurn(subject: Subject): number | undefined {
    if (!this.#queue.isEmpty) this.#queue.serve();
    return this.#queue.isEmpty ? this.#attempt(subject) : undefined;
  }

  async #run(
    subject: Subject,
    options: WaitOptions | undefined,
  ): Promise<number> {
    options?.signal?.throwIfAborted();
    const timeout = checkTimeout(options?.timeout);
    if (this.#bars !== 0) this.#checkBars();
    let result = this.#queue.isEmpty ? this.#attempt(subject) : undefined;
    if (result === undefined) {
      this.#checkPatience(timeout);
      this.#spin.beginAsync(false);
      result = this.#lookAgain(subject);
    }
    if (result !== undefined) {
      // What is awaited and is done already gives nobody else a turn.
      if (this.#streak.isOver()) await eventLoopTurn();
      return result;
    }
    try {
      return await this.#queue.wait(
        subject,
        options?.signal,
        timeout,
        () => this.#late(timeout),
      );
    } finally {
      this.#spin.wake();
    }
  }

  /** Lets those that wait go on, after a reservation. */
  #serve(): void {
    if (!this.#queue.isEmpty) this.#queue.serve();
  }

  #arm(): void {
    // Who has reserved room serves the others when it is done.
    if ((this.#bars & RESERVED) !== 0) return;
    if (this.#side.fallAsleep()) this.#side.bell.arm();
    else setImmediate(() => this.#queue.serve());
  }

  #disarm(): void {
    if ((this.#bars & CLOSED) !== 0) return;
    this.#side.stayAwake();
    this.#side.bell.disarm();
  }

  #onRing(): void {
    if ((this.#bars & CLOSED) !== 0) return;
    try {
      this.#side.wakeUp();
    } catch (error) {
      return this.#queue.close(() => error as Error);
    }
    this.#queue.serve();
  }

  #checkMessage(message: Uint8Array): void {
    const { memory } = this.#side;
    if (!(message instanceof Uint8Array)) throw notBytes(message, memory);
    if (message.length > this.#longest) throw tooLong(message.length, memory);
  }

  #checkLength(length: number): void {
    checkInteger(length, "length", 0);
    if (length > this.#longest) throw tooLong(length, this.#side.memory);
  }

  #checkReserved(): void {
    this.#checkOpen();
    if ((this.#bars & RESERVED) === 0) throw notReserved(this.#side.memory);
  }

  #late(timeout: number): Error {
    return timedOut(`send to ${this.#side.memory.what}`, timeout);
  }
}
