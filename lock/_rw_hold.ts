/** What a reader-writer lock does; the class that people see has the words. */

import { timedOut } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { Drain } from "./_drain.ts";
import { deadlock, notHeld } from "./_errors.ts";
import { Handle } from "./_handle.ts";
import type { Named } from "./_handle.ts";
import { OwnerWord } from "./_owner_word.ts";
import type { Place } from "./_place.ts";
import { STATE } from "./_place.ts";
import { Reading, Writing } from "./_rw_sources.ts";
import { Slots } from "./_slots.ts";
import { Waits } from "./_waits.ts";
import { ReadLock } from "./read_lock.ts";
import { WriteLock } from "./write_lock.ts";

/** A reader-writer lock. */
export class RwHold {
  readonly handle: Handle;
  readonly #word: OwnerWord;
  readonly #reading: Reading;
  readonly #writing: Writing;
  readonly #reads: Waits;
  readonly #writes: Waits;
  /** The lock of the writer, while it writes. */
  #writeLock: WriteLock | undefined;

  /**
   * Takes part in a lock.
   *
   * @param place Where it is.
   * @param named The object that is its own, if there is one.
   * @param wait How to wait.
   */
  constructor(
    { words, what }: Place,
    named: Named | undefined,
    wait: WaitStrategy,
  ) {
    const handle = this.handle = new Handle(words, what, named);
    const word = this.#word = new OwnerWord(words, STATE);
    const drain = new Drain(words);
    const all = { word, slots: new Slots(words), drain };
    this.#reading = new Reading(all);
    this.#writing = new Writing(all);
    this.#reads = new Waits(this.#reading, wait, handle);
    this.#writes = new Waits(this.#writing, wait, handle);
  }

  tryRead(): ReadLock | undefined {
    this.handle.check();
    if (this.#reading.attempt()) return this.#read();
    if (this.#reads.isEmpty) this.#reading.leave();
    return undefined;
  }

  readSync(timeout: number): ReadLock {
    this.handle.check();
    const reading = this.#reading;
    if (!reading.join() && !reading.attempt()) {
      if (timeout !== 0 && reading.isOwnedHere) {
        reading.leave();
        throw deadlock(this.#what);
      }
      this.#takeSync(this.#reads, reading, timeout, "read");
    }
    return this.#read();
  }

  async read(
    signal: AbortSignal | undefined,
    timeout: number,
  ): Promise<ReadLock> {
    const { handle } = this;
    handle.check();
    if (this.#reads.isTurnDue()) await this.#reads.giveTurn(signal);
    if (!this.#reads.isEmpty || !this.#reading.attempt()) {
      await this.#take(this.#reads, this.#reading, signal, timeout, "read");
      handle.check();
    }
    return this.#read();
  }

  tryWrite(): WriteLock | undefined {
    this.handle.check();
    if (this.#writing.attempt(false)) return this.#written();
    if (this.#writes.isEmpty) this.#writing.idle();
    return undefined;
  }

  writeSync(timeout: number): WriteLock {
    this.handle.check();
    const writing = this.#writing;
    if (!writing.attempt(false)) {
      if (timeout !== 0 && writing.isOwnedHere) {
        writing.idle();
        throw deadlock(this.#what);
      }
      this.#takeSync(this.#writes, writing, timeout, "write");
    }
    return this.#written();
  }

  async write(
    signal: AbortSignal | undefined,
    timeout: number,
  ): Promise<WriteLock> {
    const { handle } = this;
    handle.check();
    if (this.#writes.isTurnDue()) await this.#writes.giveTurn(signal);
    if (!this.#writes.isEmpty || !this.#writing.attempt(false)) {
      await this.#take(this.#writes, this.#writing, signal, timeout, "write");
      handle.check();
    }
    return this.#written();
  }

  releaseRead(): void {
    if (this.handle.isClosed) return;
    this.handle.check();
    if (!this.#reading.release()) throw this.#overwritten();
  }

  releaseWrite(lock: WriteLock): void {
    if (this.#writeLock !== lock) return;
    this.handle.check();
    this.#writeLock = undefined;
    if (!this.#writing.release()) throw this.#overwritten();
  }

  markConsistent(lock: WriteLock): void {
    this.handle.check();
    if (this.#writeLock !== lock) {
      throw notHeld(this.#what, "the lock is released", "mark");
    }
    this.#word.markConsistent();
  }

  close(): void {
    const { handle } = this;
    const { isGone } = handle;
    if (!handle.close()) return;
    this.#writeLock = undefined;
    this.#reading.close(isGone);
    this.#writing.close(isGone);
    const closed = () => handle.gone();
    this.#reads.close(closed, () => {
      this.#writes.close(closed, () => handle.named?.mapping.unmap());
    });
  }

  #takeSync(
    waits: Waits,
    source: Reading | Writing,
    timeout: number,
    action: string,
  ): void {
    try {
      waits.takeSync(timeout, () => this.#late(timeout, action));
    } catch (error) {
      if (!this.handle.isGone && waits.isEmpty) source.idle();
      throw error;
    }
  }

  async #take(
    waits: Waits,
    source: Reading | Writing,
    signal: AbortSignal | undefined,
    timeout: number,
    action: string,
  ): Promise<void> {
    try {
      await waits.take(signal, timeout, () => this.#late(timeout, action));
    } catch (error) {
      if (!this.handle.isGone && waits.isEmpty) source.idle();
      throw error;
    }
  }

  #read(): ReadLock {
    return new ReadLock(this, this.#word.isInconsistent);
  }

  #written(): WriteLock {
    return this.#writeLock = new WriteLock(this, this.#word.ownerDied);
  }

  #overwritten(): Error {
    return notHeld(this.#what, "somebody has written over it");
  }

  get #what(): string {
    return this.handle.what;
  }

  #late(timeout: number, action: string): Error {
    return timedOut(`acquire ${this.#what} to ${action}`, timeout);
  }
}
