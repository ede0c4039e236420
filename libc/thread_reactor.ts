/**
 * Readiness of descriptors by way of one other thread, which sleeps for all
 * waits of this one, and only while there is any.
 *
 * On Linux the set is an epoll descriptor, which can be changed while the
 * thread sleeps. Elsewhere it is the argument of `poll(2)`, and a bell, the
 * read end of a pipe, wakes the thread to sleep anew with the new set.
 */

import {
  EPOLL_CTL_ADD,
  epollControl,
  epollCreate,
  epollWaitOffThread,
} from "./epoll.ts";
import { setNonblocking } from "./fcntl.ts";
import { WAIT_ACTION } from "./pending.ts";
import { capabilities } from "./platform.ts";
import { POLLIN, pollOffThread } from "./poll.ts";
import { close, pipe, tryRead, tryWrite } from "./unistd.ts";
import { WatchSet } from "./watch_set.ts";

/** Has another thread sleep. */
export class ThreadReactor extends WatchSet {
  readonly #bell = pipe(WAIT_ACTION);
  readonly #epoll: number | undefined;
  readonly #onEnd: () => void;
  #asleep = false;

  /**
   * Watches nothing yet.
   *
   * @param onEnd Called when nobody waits any more: it can be used no more.
   */
  constructor(onEnd: () => void) {
    super();
    this.#onEnd = onEnd;
    using undo = new DisposableStack();
    undo.defer(() => this.#close());
    setNonblocking(this.#bell.reader, true);
    setNonblocking(this.#bell.writer, true);
    if (capabilities.epoll) {
      this.#epoll = epollCreate();
      epollControl(this.#epoll, EPOLL_CTL_ADD, this.#bell.reader, POLLIN);
    }
    undo.move();
  }

  protected override control(
    operation: number,
    fd: number,
    events: number,
  ): void {
    if (this.#epoll !== undefined) {
      epollControl(this.#epoll, operation, fd, events);
    } else if (this.#asleep) {
      this.#ring();
    }
  }

  protected override begin(): void {
    if (!this.#asleep) this.#sleep();
  }

  protected override end(): void {
    // A thread that sleeps lets go of everything when it wakes.
    if (this.#asleep) this.#ring();
    else this.#close();
  }

  /** Wakes the thread that sleeps. */
  #ring(): void {
    tryWrite(this.#bell.writer, new Uint8Array(1));
  }

  async #sleep(): Promise<void> {
    this.#asleep = true;
    while (!this.isEmpty) {
      const ready = await this.#wait();
      if (ready.delete(this.#bell.reader)) this.#silence();
      for (const [fd, events] of ready) this.tell(fd, events);
    }
    this.#asleep = false;
    this.#close();
  }

  /** Lets go of all descriptors: nothing is left to wait for. */
  #close(): void {
    this.#onEnd();
    close(this.#bell.reader);
    close(this.#bell.writer);
    if (this.#epoll !== undefined) close(this.#epoll);
  }

  #wait(): Promise<Map<number, number>> {
    if (this.#epoll !== undefined) return epollWaitOffThread(this.#epoll);
    return pollOffThread(this.watched.set(this.#bell.reader, POLLIN));
  }

  /** Takes every ring of the bell. */
  #silence(): void {
    while (tryRead(this.#bell.reader, new Uint8Array(64)) > 0);
  }
}
