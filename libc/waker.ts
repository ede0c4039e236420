/** What wakes the async transfers of one descriptor. */

import { whenReady } from "./reactor.ts";
import type { Interest } from "./reactor.ts";

/** Tells when another try of what waits is worth it. */
export interface Waker {
  /** Tells it once, from now on. */
  arm(): void;
  /** Nothing waits any more. */
  disarm(): void;
  /**
   * Called once in 32 transfers that need no sleep: what watches may let go
   * until it is armed again.
   */
  rest?(): void;
  /** Lets go of everything, before the descriptor is closed. */
  close(): void;
}

/** Has the descriptor watched while something waits. */
export class Watch implements Waker {
  readonly #descriptor: { readonly fd: number };
  readonly #interest: Interest;
  readonly #serve: () => void;
  #takeBack: (() => void) | undefined;

  /**
   * Watches nothing yet.
   *
   * @param descriptor What to watch.
   * @param interest What for.
   * @param serve Called when it is ready.
   */
  constructor(
    descriptor: { readonly fd: number },
    interest: Interest,
    serve: () => void,
  ) {
    this.#descriptor = descriptor;
    this.#interest = interest;
    this.#serve = serve;
  }

  arm(): void {
    this.#takeBack ??= whenReady(this.#descriptor.fd, this.#interest, () => {
      this.#takeBack = undefined;
      this.#serve();
    });
  }

  disarm(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
  }

  close(): void {
    this.disarm();
  }
}
