import { checkTimeout } from "@ipc/libc";
import { AcceptLoop } from "./_accept_loop.ts";
import type { Closable, ConnectionListener } from "./connection.ts";
import type { ConnectionHandler } from "./serve_connections.ts";

/** What {@linkcode serveConnections} was told. */
interface Settings {
  readonly maxConnections: number;
  readonly gracePeriod: number;
  readonly onError: (error: unknown) => void;
}

/** Options of {@linkcode ConnectionServer.shutdown}. */
export interface ShutdownOptions {
  /**
   * How long to let connections finish, in milliseconds; 0 closes them at
   * once.
   *
   * @default {5000} or what the server was given
   */
  gracePeriod?: number;
}

/** A server that {@linkcode serveConnections} started. */
export class ConnectionServer implements AsyncDisposable {
  /**
   * Resolves when the server has been shut down and no handler runs any more.
   * Rejects if it cannot accept connections for good.
   */
  readonly finished: Promise<void>;
  readonly #handler: ConnectionHandler<Closable>;
  readonly #settings: Settings;
  readonly #loop: AcceptLoop;
  readonly #connections = new Set<Closable>();
  #whenIdle: () => void = () => {};
  readonly #abort = new AbortController();
  #graceTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Use {@linkcode serveConnections}.
   *
   * @ignore
   */
  constructor(
    listener: ConnectionListener,
    handler: ConnectionHandler<Closable>,
    settings: Settings,
  ) {
    this.#handler = handler;
    this.#settings = settings;
    this.#loop = new AcceptLoop(listener, {
      accepted: (connection) => this.#serve(connection),
      isFull: () => this.#connections.size >= settings.maxConnections,
      report: (error) => this.#report(error),
    });
    this.finished = this.#finish();
    // Whoever does not look at it is not to be ended by it.
    this.finished.catch(() => {});
  }

  /** How many connections are being handled. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Shuts the server down: stops listening, lets handlers finish, and after
   * the grace period aborts their signal and closes their connections. Doing
   * so again does the same, with a new grace period.
   *
   * @param options How long to let connections finish.
   * @returns When no handler runs any more: what {@linkcode finished} says.
   * @throws {RangeError} If the grace period is negative.
   */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { gracePeriod = this.#settings.gracePeriod } = options;
    checkTimeout(gracePeriod);
    this.#loop.stop();
    clearTimeout(this.#graceTimer);
    if (gracePeriod === 0) this.#giveUp();
    else if (gracePeriod !== Infinity && this.#connections.size > 0) {
      this.#graceTimer = setTimeout(() => this.#giveUp(), gracePeriod);
    }
    return this.finished;
  }

  /**
   * Has a signal shut it down.
   *
   * @ignore
   */
  shutdownOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = () => void this.shutdown();
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const stop = () => signal.removeEventListener("abort", onAbort);
    this.finished.then(stop, stop);
  }

  /** Shuts it down, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #finish(): Promise<void> {
    try {
      await this.#loop.finished;
    } finally {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle = resolve;
      if (this.#connections.size > 0) await promise;
      clearTimeout(this.#graceTimer);
    }
  }

  async #serve(connection: Closable): Promise<void> {
    this.#connections.add(connection);
    try {
      await this.#handler(connection, { signal: this.#abort.signal });
    } catch (error) {
      // What fails because it was given up is no news.
      if (!this.#abort.signal.aborted) this.#report(error);
    } finally {
      closeQuietly(connection);
      this.#connections.delete(connection);
      this.#loop.wake();
      if (this.#connections.size === 0) this.#whenIdle();
    }
  }

  /** Ends the handlers that are left. */
  #giveUp(): void {
    this.#abort.abort(
      new Deno.errors.Interrupted("Cannot go on: the server is shut down"),
    );
    for (const connection of this.#connections) closeQuietly(connection);
  }

  #report(error: unknown): void {
    try {
      this.#settings.onError(error);
    } catch (cause) {
      this.#loop.fail(cause);
    }
  }
}

/** Closes a connection that the handler may have closed already. */
function closeQuietly(connection: Closable): void {
  try {
    connection.close();
  } catch {
    // Deno's throw when they are closed a second time.
  }
}
