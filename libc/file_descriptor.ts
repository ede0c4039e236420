/** One owner for one descriptor. */

import { close } from "./unistd.ts";

/** Owns a descriptor and closes it once. */
export class FileDescriptor {
  #fd: number;
  /** Whether it was opened with `O_NONBLOCK`. */
  readonly isNonblocking: boolean;

  /**
   * Takes a descriptor over.
   *
   * @param fd The descriptor, which is this object's from now on.
   * @param isNonblocking Whether it was opened with `O_NONBLOCK`.
   */
  constructor(fd: number, isNonblocking = false) {
    this.#fd = fd;
    this.isNonblocking = isNonblocking;
  }

  /** The descriptor, or −1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Closes it; doing so again does nothing. */
  close(): void {
    const fd = this.#fd;
    if (fd === -1) return;
    this.#fd = -1;
    close(fd);
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}
