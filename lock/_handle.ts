/** What every lock object is: words, a name or none, and an end. */

import type { Mapping } from "@ipc/libc";
import { shmUnlink } from "@ipc/libc";

/** Words without memory: every lock has them once it is closed. */
const none = new Int32Array();

/** A named object that a lock is alone in. */
export interface Named {
  /** The name. */
  readonly name: string;
  /** Whether opening it created it. */
  readonly created: boolean;
  /** Its memory. */
  readonly mapping: Mapping;
}

/** The part of a lock object that is the same in all of them. */
export class Handle {
  /** What it is called in messages. */
  readonly what: string;
  readonly named: Named | undefined;
  #words: Int32Array<ArrayBufferLike>;

  /**
   * Takes words.
   *
   * @param words The words.
   * @param what What it is called in messages.
   * @param named The object that is its own, if there is one.
   */
  constructor(
    words: Int32Array<ArrayBufferLike>,
    what: string,
    named: Named | undefined,
  ) {
    this.#words = words;
    this.what = what;
    this.named = named;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#words === none;
  }

  /** Whether it was closed, or its memory is gone. */
  get isGone(): boolean {
    return this.#words.length === 0;
  }

  /** Throws if it was closed, or its memory is gone. */
  check(): void {
    if (this.#words.length === 0) throw this.gone();
  }

  /** The error for that. */
  gone(): Error {
    return new Deno.errors.BadResource(
      `Cannot use ${this.what}: ${
        this.#words === none ? "it is closed" : "its memory is closed"
      }`,
    );
  }

  /** Removes the name. */
  unlink(): void {
    if (this.named === undefined) {
      throw new TypeError(
        `Cannot unlink ${this.what}: it is in memory of its user's`,
      );
    }
    shmUnlink(this.named.name);
  }

  /**
   * Closes it.
   *
   * @returns Whether it was open.
   */
  close(): boolean {
    if (this.#words === none) return false;
    this.#words = none;
    return true;
  }
}
