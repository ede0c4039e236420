/** Accepts connections until it is stopped, whatever comes in between. */

import { errorCode } from "./_deno_error.ts";
import type { Closable, ConnectionListener } from "./connection.ts";

/** What is done with what the loop finds. */
export interface AcceptLoopParts {
  /** Takes a connection. */
  accepted(connection: Closable): void;
  /** Whether no more connections are wanted for the moment. */
  isFull(): boolean;
  /** Told that connections cannot be accepted for the moment. */
  report(error: unknown): void;
}

/** What a connection died of before it was accepted: the next one is fine. */
const LOST = new Set<string | undefined>([
  "ECONNABORTED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EINTR",
  "ENETDOWN",
  "ENETUNREACH",
  "ENONET",
  "ENOPROTOOPT",
  "EOPNOTSUPP",
  "EPERM",
  "EPROTO",
  "ETIMEDOUT",
]);

/** What there is too little of: it may get better. */
const SHORTAGES = new Set<string | undefined>([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
]);

/** The times between two tries while something is short, in milliseconds. */
const SHORTEST_REST = 5;
const LONGEST_REST = 1000;

/** Accepts connections of one listener. */
export class AcceptLoop {
  /** Resolves when it has stopped; rejects if it can accept no more. */
  readonly finished: Promise<void>;
  readonly #listener: ConnectionListener;
  readonly #parts: AcceptLoopParts;
  #isStopped = false;
  #failure: { readonly cause: unknown } | undefined;
  #wake: () => void = () => {};

  /** Begins to accept. */
  constructor(listener: ConnectionListener, parts: AcceptLoopParts) {
    this.#listener = listener;
    this.#parts = parts;
    this.finished = this.#run();
  }

  /** Accepts no more, and closes the listener. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    try {
      this.#listener.close();
    } catch {
      // Somebody else has closed it.
    }
    this.#wake();
  }

  /** Stops for a reason. */
  fail(cause: unknown): void {
    this.#failure ??= { cause };
    this.stop();
  }

  /** Says that a connection was closed: there is room for another. */
  wake(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    // The caller has yet to get what it is part of.
    await null;
    for (let rest = 0; !this.#isStopped;) {
      if (this.#parts.isFull()) {
        await this.#sleep(Infinity);
        continue;
      }
      try {
        this.#parts.accepted(await this.#listener.accept());
        rest = 0;
      } catch (error) {
        if (this.#isStopped || error instanceof Deno.errors.BadResource) break;
        const code = errorCode(error);
        if (LOST.has(code)) {
          await this.#sleep(SHORTEST_REST);
        } else if (SHORTAGES.has(code)) {
          if (rest === 0) this.#parts.report(error);
          rest = Math.min(Math.max(2 * rest, SHORTEST_REST), LONGEST_REST);
          await this.#sleep(rest);
        } else {
          this.fail(error);
        }
      }
    }
    this.stop();
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** Lets time pass, or a connection be closed. */
  async #sleep(milliseconds: number): Promise<void> {
    if (this.#isStopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = milliseconds === Infinity
      ? undefined
      : setTimeout(resolve, milliseconds);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = () => {};
  }
}
