/**
 * A bell in this thread's event loop, which the kernel rings when a descriptor
 * has something to read that the loop itself refuses to watch, such as an
 * epoll descriptor. No other thread is involved.
 */

import { Arrival } from "./arrival.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { PollRelay } from "./io_uring.ts";
import { WAIT_ACTION } from "./pending.ts";
import { pipe } from "./unistd.ts";

/** When to look again where the system has no memory left, in milliseconds. */
const RETRY = 10;

/** Rings in the event loop. */
export class LoopBell implements Disposable {
  readonly #relay: PollRelay;
  readonly #arrival: Arrival;
  readonly #undo: DisposableStack;
  readonly #rung = new Uint8Array(1);
  readonly #onRing: () => void;
  /** Whether it is going to be rung. */
  #isSet = false;
  #isHeard = false;

  /**
   * Makes a bell that nobody listens to.
   *
   * @param fd What to watch. It is closed after this.
   * @param onRing Called when there is something to read, once for each call
   * of `listen`.
   * @throws {Error} If the system cannot.
   */
  constructor(fd: number, onRing: () => void) {
    using undo = new DisposableStack();
    const ends = pipe(WAIT_ACTION);
    const reader = undo.use(new FileDescriptor(ends.reader));
    const writer = undo.use(new FileDescriptor(ends.writer));
    this.#relay = undo.use(new PollRelay(fd, writer.fd));
    this.#arrival = new Arrival(reader.fd, () => this.#hear());
    undo.defer(() => this.#arrival.close());
    this.#onRing = onRing;
    this.#undo = undo.move();
  }

  /** Begins to listen; the process does not exit meanwhile. */
  listen(): void {
    this.#isHeard = true;
    this.#arrival.arm();
    if (!this.#isSet) this.#set();
  }

  #set(): void {
    try {
      this.#relay.arm();
      this.#isSet = true;
    } catch {
      // There is no memory for it. To look once too often does no harm.
      setTimeout(() => this.#hear(), RETRY);
    }
  }

  /** Listens no more. */
  ignore(): void {
    this.#isHeard = false;
    this.#arrival.disarm();
  }

  #hear(): void {
    this.#arrival.take(this.#rung);
    this.#isSet = false;
    if (!this.#isHeard) return;
    this.ignore();
    this.#onRing();
  }

  /** Lets go of everything. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }
}
