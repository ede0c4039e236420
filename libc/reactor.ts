/**
 * Readiness of descriptors, for all waits of this thread: one other thread
 * sleeps in the kernel for all of them, and only while there is any.
 *
 * On Linux the set is an epoll descriptor, which can be changed while the
 * thread sleeps. Elsewhere it is the argument of `poll(2)`, and a bell, the
 * read end of a pipe, wakes the thread to sleep anew with the new set.
 */

import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  epollControl,
  epollCreate,
  epollWaitOffThread,
} from "./epoll.ts";
import { setNonblocking } from "./fcntl.ts";
import { capabilities } from "./platform.ts";
import { POLLIN, pollOffThread, POLLOUT } from "./poll.ts";
import { close, pipe, tryRead, tryWrite } from "./unistd.ts";

/** What to wait for: bytes to read, or room to write. */
export type Interest = "read" | "write";

type Listener = () => void;

/** Who waits for one descriptor. */
interface Watch {
  read: Listener[];
  write: Listener[];
}

class Reactor {
  readonly #watches = new Map<number, Watch>();
  readonly #bell = pipe();
  readonly #epoll: number | undefined;
  #asleep = false;

  constructor() {
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

  add(fd: number, interest: Interest, listener: Listener): void {
    let watch = this.#watches.get(fd);
    const isNew = watch === undefined;
    watch ??= { read: [], write: [] };
    watch[interest].push(listener);
    try {
      this.#control(isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, watch);
    } catch (error) {
      watch[interest].pop();
      // A thread that sleeps lets go of everything when it wakes.
      if (!this.#asleep) this.#close();
      throw error;
    }
    this.#watches.set(fd, watch);
    this.#sleep();
  }

  remove(fd: number, interest: Interest, listener: Listener): void {
    const watch = this.#watches.get(fd);
    const index = watch?.[interest].indexOf(listener) ?? -1;
    if (watch === undefined || index === -1) return;
    watch[interest].splice(index, 1);
    this.#update(fd, watch);
    if (this.#watches.size === 0) this.#ring();
  }

  #update(fd: number, watch: Watch): void {
    if (eventsOf(watch) !== 0) {
      this.#control(EPOLL_CTL_MOD, fd, watch);
    } else {
      this.#watches.delete(fd);
      this.#control(EPOLL_CTL_DEL, fd, watch);
    }
  }

  #control(operation: number, fd: number, watch: Watch): void {
    if (this.#epoll !== undefined) {
      epollControl(this.#epoll, operation, fd, eventsOf(watch));
    } else if (this.#asleep) {
      this.#ring();
    }
  }

  /** Wakes the thread that sleeps. */
  #ring(): void {
    if (this.#asleep) tryWrite(this.#bell.writer, new Uint8Array(1));
  }

  async #sleep(): Promise<void> {
    if (this.#asleep) return;
    this.#asleep = true;
    while (this.#watches.size > 0) {
      const ready = await this.#wait();
      if (ready.delete(this.#bell.reader)) this.#silence();
      for (const [fd, events] of ready) this.#tell(fd, events);
    }
    this.#asleep = false;
    this.#close();
  }

  /** Lets go of all descriptors: nothing is left to wait for. */
  #close(): void {
    reactor = undefined;
    close(this.#bell.reader);
    close(this.#bell.writer);
    if (this.#epoll !== undefined) close(this.#epoll);
  }

  #wait(): Promise<Map<number, number>> {
    if (this.#epoll !== undefined) return epollWaitOffThread(this.#epoll);
    const watched = new Map([[this.#bell.reader, POLLIN]]);
    for (const [fd, watch] of this.#watches) watched.set(fd, eventsOf(watch));
    return pollOffThread(watched);
  }

  /** Takes every ring of the bell. */
  #silence(): void {
    while (tryRead(this.#bell.reader, new Uint8Array(64)) > 0);
  }

  /** Tells those who wait for a descriptor; each is told once. */
  #tell(fd: number, events: number): void {
    const watch = this.#watches.get(fd);
    if (watch === undefined) return;
    // Errors and hang-ups concern both directions.
    const both = (events & ~(POLLIN | POLLOUT)) !== 0;
    const told = [
      ...both || events & POLLIN ? watch.read.splice(0) : [],
      ...both || events & POLLOUT ? watch.write.splice(0) : [],
    ];
    this.#update(fd, watch);
    for (const listener of told) listener();
  }
}

function eventsOf(watch: Watch): number {
  return (watch.read.length > 0 ? POLLIN : 0) |
    (watch.write.length > 0 ? POLLOUT : 0);
}

let reactor: Reactor | undefined;

/**
 * Calls a function once, when a descriptor is ready. Until then, or until the
 * wait is taken back, the process does not exit by itself. It may be called
 * too early, when the number was another's a moment ago: so try, and wait
 * again.
 *
 * @param fd The descriptor, open until then.
 * @param interest What to wait for.
 * @param listener The function.
 * @returns A function that takes the wait back.
 */
export function whenReady(
  fd: number,
  interest: Interest,
  listener: () => void,
): () => void {
  const current = reactor ??= new Reactor();
  current.add(fd, interest, listener);
  return () => current.remove(fd, interest, listener);
}
