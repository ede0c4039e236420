/** Who waits for which descriptor. */

import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from "./epoll.ts";
import { POLLIN, POLLOUT } from "./poll.ts";

/** What to wait for: bytes to read, or room to write. */
export type Interest = "read" | "write";

type Listener = () => void;

/** Who waits for one descriptor. */
interface Watch {
  read: Listener[];
  write: Listener[];
}

/** The waits of this thread, whatever wakes it. */
export abstract class WatchSet {
  readonly #watches = new Map<number, Watch>();

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#watches.size === 0;
  }

  /** Calls a function once, when a descriptor is ready. */
  add(fd: number, interest: Interest, listener: Listener): void {
    let watch = this.#watches.get(fd);
    const isNew = watch === undefined;
    watch ??= { read: [], write: [] };
    watch[interest].push(listener);
    try {
      const operation = isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
      this.control(operation, fd, eventsOf(watch));
    } catch (error) {
      watch[interest].pop();
      if (this.isEmpty) this.end();
      throw error;
    }
    this.#watches.set(fd, watch);
    try {
      this.begin();
    } catch (error) {
      this.remove(fd, interest, listener);
      throw error;
    }
  }

  /** Does not call it any more. */
  remove(fd: number, interest: Interest, listener: Listener): void {
    const watch = this.#watches.get(fd);
    const index = watch?.[interest].indexOf(listener) ?? -1;
    if (watch === undefined || index === -1) return;
    watch[interest].splice(index, 1);
    this.#update(fd, watch);
    if (this.isEmpty) this.end();
  }

  /** Says that what is watched changes: `epoll_ctl(2)`. */
  protected abstract control(
    operation: number,
    fd: number,
    events: number,
  ): void;

  /** Somebody waits. */
  protected abstract begin(): void;

  /** Nobody waits any more. */
  protected abstract end(): void;

  /** The descriptors, with what each is watched for. */
  protected get watched(): Map<number, number> {
    return new Map(
      [...this.#watches].map(([fd, watch]) => [fd, eventsOf(watch)]),
    );
  }

  /** Tells those who wait for a descriptor; each is told once. */
  protected tell(fd: number, events: number): void {
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

  #update(fd: number, watch: Watch): void {
    const events = eventsOf(watch);
    if (events === 0) this.#watches.delete(fd);
    this.control(events === 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, fd, events);
  }
}

function eventsOf(watch: Watch): number {
  return (watch.read.length > 0 ? POLLIN : 0) |
    (watch.write.length > 0 ? POLLOUT : 0);
}
