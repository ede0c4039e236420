/**
 * Readiness of descriptors in this thread's own event loop, which one wake-up
 * brings there: the set is an epoll descriptor, and a bell rings in the loop
 * when something in it is ready.
 *
 * It takes a while to make, so it is kept for some time after it was used.
 */

import { epollControl, epollCreate, epollWaitNow } from "./epoll.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { LoopBell } from "./loop_bell.ts";
import { WatchSet } from "./watch_set.ts";

/** How often to see whether it is used, in milliseconds. */
const KEPT_FOR = 500;

/** Is told in the event loop. */
export class LoopReactor extends WatchSet {
  readonly #epoll: FileDescriptor;
  readonly #bell: LoopBell;
  readonly #onEnd: () => void;
  #isUsed = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Watches nothing yet.
   *
   * @param onEnd Called when it has not been used for a while: it can be used
   * no more.
   * @throws {Error} If the system cannot.
   */
  constructor(onEnd: () => void) {
    super();
    this.#onEnd = onEnd;
    using undo = new DisposableStack();
    this.#epoll = undo.use(new FileDescriptor(epollCreate()));
    this.#bell = undo.use(new LoopBell(this.#epoll.fd, () => this.#look()));
    undo.move();
  }

  protected override control(
    operation: number,
    fd: number,
    events: number,
  ): void {
    epollControl(this.#epoll.fd, operation, fd, events);
  }

  protected override begin(): void {
    this.#isUsed = true;
    this.#bell.listen();
  }

  protected override end(): void {
    this.#bell.ignore();
    if (this.#timer === undefined) this.#keep();
  }

  #look(): void {
    for (const [fd, events] of epollWaitNow(this.#epoll.fd)) {
      this.tell(fd, events);
    }
    if (this.isEmpty) this.end();
    else this.#bell.listen();
  }

  /** Keeps it for a while, and then looks whether it was used. */
  #keep(): void {
    this.#isUsed = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.isEmpty) return;
      if (this.#isUsed) return this.#keep();
      this.#onEnd();
      this.#bell[Symbol.dispose]();
      this.#epoll.close();
    }, KEPT_FOR);
    Deno.unrefTimer(this.#timer as unknown as number);
  }
}
