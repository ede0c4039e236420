/**
 * Receives that can be given up, from connections whose reads cannot.
 *
 * A read of a `Deno.Conn` goes on when nobody waits for it any more, and what
 * it gets would be lost. So it reads into memory of its own, and what it got
 * comes first in the next receive of this connection.
 */

import type { GiveUp } from "./_give_up.ts";
import { Turns } from "./_turns.ts";
import type { Receivable } from "./connection.ts";

/** The most bytes that a read that may be given up gets. */
const MAX_SIZE = 65_536;

/** The receiving side of one connection. */
export class Receiver {
  readonly #turns = new Turns();
  readonly #source: Receivable;
  /** Bytes that were received, and belong to nobody. */
  #kept = new Uint8Array(0);
  /** A read that nobody may wait for any more. */
  #reading: Promise<Uint8Array | null> | undefined;

  constructor(source: Receivable) {
    this.#source = source;
  }

  /**
   * Receives bytes, in turn with the other receives of the connection.
   *
   * @param p Where to put them.
   * @param least How many to wait for.
   * @param giveUp When to give up; what was received until then comes first
   * in the next receive.
   * @returns How many there were; `null` if the connection ends before the
   * first.
   * @throws {Deno.errors.UnexpectedEof} If it ends in between.
   */
  async receive(
    p: Uint8Array,
    least: number,
    giveUp: GiveUp,
  ): Promise<number | null> {
    const turn = this.#turns.take(giveUp);
    if (turn !== undefined) await turn;
    let count = 0;
    try {
      while (count < least) {
        const rest = count === 0 ? p : p.subarray(count);
        const part = giveUp.isNever && this.#owesNothing
          ? await this.#source.read(rest)
          : await this.#some(rest, giveUp);
        if (part === null) break;
        count += part;
      }
    } catch (error) {
      this.#keep(p.subarray(0, count));
      throw error;
    } finally {
      this.#turns.end();
    }
    if (count >= least) return count;
    if (count === 0) return null;
    throw new Deno.errors.UnexpectedEof(
      `Cannot receive ${least} bytes: the connection ends after ${count} of ` +
        "them",
    );
  }

  get #owesNothing(): boolean {
    return this.#kept.byteLength === 0 && this.#reading === undefined;
  }

  /** Gives bytes back, to be received first. */
  #keep(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    const all = new Uint8Array(bytes.byteLength + this.#kept.byteLength);
    all.set(bytes);
    all.set(this.#kept, bytes.byteLength);
    this.#kept = all;
  }

  /** Receives some bytes: how many, or `null` at the end. */
  async #some(p: Uint8Array, giveUp: GiveUp): Promise<number | null> {
    if (this.#kept.byteLength > 0) {
      const count = copy(this.#kept, p);
      this.#kept = this.#kept.subarray(count);
      return count;
    }
    // A connection of our own takes back a read that is given up.
    const isOwn = this.#source.tryRead !== undefined;
    return await (isOwn ? this.#own(p, giveUp) : this.#late(p, giveUp));
  }

  async #own(p: Uint8Array, giveUp: GiveUp): Promise<number | null> {
    try {
      return await this.#source.read(p, giveUp.options);
    } catch (error) {
      throw giveUp.explain(error);
    }
  }

  async #late(p: Uint8Array, giveUp: GiveUp): Promise<number | null> {
    const reading = this.#reading ??= this.#readApart(p.byteLength);
    this.#source.ref?.();
    let isSettled = false;
    let failure: unknown;
    reading.then(() => isSettled = true, (error) => {
      isSettled = true;
      failure = error;
    });
    let bytes: Uint8Array | null;
    try {
      bytes = await giveUp.race(reading);
    } catch (error) {
      if (isSettled && error === failure) this.#reading = undefined;
      // Nobody waits for it now, so it keeps no process alive.
      else if (!isSettled) this.#source.unref?.();
      throw error;
    }
    this.#reading = undefined;
    if (bytes === null) return null;
    const count = copy(bytes, p);
    this.#kept = bytes.slice(count);
    return count;
  }

  async #readApart(size: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(Math.min(size, MAX_SIZE));
    const count = await this.#source.read(bytes);
    return count === null ? null : bytes.subarray(0, count);
  }
}

function copy(from: Uint8Array, to: Uint8Array): number {
  const count = Math.min(from.byteLength, to.byteLength);
  to.set(from.subarray(0, count));
  return count;
}

const receivers = new WeakMap<Receivable, Receiver>();

/**
 * The receiving side of a connection.
 *
 * @param source The connection.
 * @returns The same each time.
 */
export function receiverOf(source: Receivable): Receiver {
  let receiver = receivers.get(source);
  if (receiver === undefined) {
    receivers.set(source, receiver = new Receiver(source));
  }
  return receiver;
}
