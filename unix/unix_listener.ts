import { removeIfOurs } from "./_claim.ts";

/**
 * What {@linkcode listenUnix} returns: a `Deno.UnixListener` that knows which
 * file it made. Whatever takes a listener of Deno takes it.
 *
 * @see {@link https://docs.deno.com/api/deno/~/Deno.UnixListener | Deno.UnixListener}
 */
export class UnixListener
  implements
    AsyncIterable<Deno.UnixConn>,
    Deno.Listener<Deno.UnixConn, Deno.UnixAddr> {
  /** Where it listens. */
  readonly addr: Deno.UnixAddr;
  readonly #listener: Deno.UnixListener;
  readonly #ino: number | undefined;
  #isOpen = true;

  /**
   * Use {@linkcode listenUnix}.
   *
   * @ignore
   */
  constructor(
    listener: Deno.UnixListener,
    addr: Deno.UnixAddr,
    ino: number | undefined,
  ) {
    this.#listener = listener;
    this.addr = addr;
    this.#ino = ino;
  }

  /**
   * Waits for a connection.
   *
   * @returns The connection. Close it.
   * @throws {Deno.errors.BadResource} If this is closed, now or meanwhile.
   */
  accept(): Promise<Deno.UnixConn> {
    return this.#listener.accept();
  }

  /** The connections as they come, until this is closed. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Deno.UnixConn> {
    return this.#listener[Symbol.asyncIterator]();
  }

  /** Has the process stay alive while this listens, as it does at first. */
  ref(): void {
    this.#listener.ref();
  }

  /** Lets the process end while this listens. */
  unref(): void {
    this.#listener.unref();
  }

  /**
   * Stops listening, and removes the file if it is still the one that this
   * made. Doing so again does nothing.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // While it still listens, so that nobody takes the path in between.
      if (this.#ino !== undefined) removeIfOurs(this.addr.path, this.#ino);
    } finally {
      this.#listener.close();
    }
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }
}
