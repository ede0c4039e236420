import { setNonblocking } from "./fcntl.ts";
import type { Descriptor } from "./transfers.ts";

/**
 * How a descriptor is set, as far as this thread has set it. Where transfers
 * go both ways over one descriptor, the system knows one mode for both, so both
 * share one of these: what one direction sets, the other one has to know.
 */
export class TransferMode {
  /** Whether transfers return at once where they would wait. */
  isNonblocking: boolean;
  /** Whether an event loop may watch it, which a call that waits would stop. */
  isWatched = false;

  /**
   * Begins as it was opened.
   *
   * @param isNonblocking Whether that was with `O_NONBLOCK`.
   */
  constructor(isNonblocking = false) {
    this.isNonblocking = isNonblocking;
  }

  /** Has transfers return at once. */
  stopBlocking(descriptor: Descriptor): void {
    if (!this.isNonblocking) this.#set(descriptor, true);
  }

  /** Has transfers wait by themselves. */
  letBlock(descriptor: Descriptor): void {
    if (this.isNonblocking) this.#set(descriptor, false);
  }

  #set(descriptor: Descriptor, isNonblocking: boolean): void {
    if (descriptor.setBlocking !== undefined) {
      descriptor.setBlocking(!isNonblocking);
    } else setNonblocking(descriptor.fd, isNonblocking);
    this.isNonblocking = isNonblocking;
  }
}
