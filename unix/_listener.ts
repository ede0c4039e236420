/** What the listeners of both kinds of connections share. */

import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { Acceptor, SocketDescriptor } from "@ipc/libc/sockets";
import type { SyncWaitOptions } from "@ipc/libc/sockets";
import { describe } from "./_address.ts";
import { peerCredentials } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";

/**
 * Who may connect: the numbers of users, or a function that looks at who it
 * is. Others are closed before anybody sees them.
 */
export type Allow = readonly number[] | ((peer: Credentials) => boolean);

/** What a listener has to know. */
export interface ListenerParts {
  /** How to wait. */
  readonly wait: WaitStrategy;
  /** Who may connect; all, without it. */
  readonly allow?: Allow | undefined;
  /** Removes the file, if it is still the one that was made. */
  remove(): void;
}

/** A Unix socket that listens for connections. */
export abstract class UnixSocketListener<S extends { close(): void }>
  implements AsyncIterable<S>, Disposable {
  /** Where it listens: a path, or a NUL and an abstract name. */
  readonly path: string | null;
  readonly #acceptor: Acceptor;
  readonly #parts: ListenerParts;

  /**
   * Takes over a socket that listens.
   *
   * @ignore
   */
  constructor(fd: number, path: string | null, parts: ListenerParts) {
    const action = `accept a connection at ${describe(path)}`;
    this.path = path;
    this.#parts = parts;
    this.#acceptor = new Acceptor(fd, action, parts.wait);
  }

  /** @ignore */
  protected abstract adopt(
    descriptor: SocketDescriptor,
    wait: WaitStrategy,
  ): S;

  /**
   * Accepts a connection, and waits until there is one. It does not block the
   * event loop. Those who may not connect are passed over.
   *
   * `accept4(2)`, on macOS `accept(2)`.
   *
   * @param options When to give up.
   * @returns The connection. Close it.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed, now or meanwhile.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   * @throws {unknown} The signal's reason, if it is aborted. Nothing is lost.
   */
  async accept(options?: WaitOptions): Promise<S> {
    for (;;) {
      const connection = this.#admit(await this.#acceptor.run(options));
      if (connection !== undefined) return connection;
    }
  }

  /**
   * Accepts a connection, and blocks the thread until there is one.
   *
   * `accept4(2)`, on macOS `accept(2)`; `poll(2)`.
   *
   * @param options When to give up.
   * @returns The connection. Close it.
   * @throws {Deno.errors.TimedOut} If none comes in time.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   */
  acceptSync(options?: SyncWaitOptions): S {
    for (;;) {
      const connection = this.#admit(this.#acceptor.runSync(options));
      if (connection !== undefined) return connection;
    }
  }

  /**
   * Accepts a connection that waits now.
   *
   * `accept4(2)`, on macOS `accept(2)`.
   *
   * @returns The connection; `undefined` if there is none.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {Error} With code `EMFILE` or `ENFILE` if there are too many open
   * descriptors; the connection waits for another try.
   */
  tryAccept(): S | undefined {
    for (;;) {
      const fd = this.#acceptor.runNow();
      if (fd === undefined) return undefined;
      const connection = this.#admit(fd);
      if (connection !== undefined) return connection;
    }
  }

  /** The connections as they come, until this is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<S, void, void> {
    for (;;) {
      let connection: S;
      try {
        connection = await this.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource && this.fd === -1) return;
        throw error;
      }
      yield connection;
    }
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#acceptor.fd;
  }

  /**
   * Processes that have it accept at the same time, so that none of them sets
   * it to wait: see `spawnWith`.
   *
   * @ignore
   */
  readonly isShared: boolean = true;

  /**
   * Told that a child process has it.
   *
   * @ignore
   */
  inherited(): void {
    this.#acceptor.inherited();
  }

  /**
   * Stops listening; waits that are pending reject with
   * `Deno.errors.BadResource`. The file is removed, if it is still the one
   * that this made: a child that has the listener should have it by `fromFd`,
   * and then leaves the file. Doing so again does nothing.
   *
   * `unlink(2)`, `close(2)`.
   */
  close(): void {
    if (this.fd === -1) return;
    try {
      // While it still listens, so that nobody takes the path in between.
      this.#parts.remove();
    } finally {
      this.#acceptor.close();
    }
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The connection, if who made it may. */
  #admit(fd: number): S | undefined {
    using undo = new DisposableStack();
    const descriptor = undo.use(new SocketDescriptor(fd));
    const { allow, wait } = this.#parts;
    if (allow !== undefined && !isAllowed(allow, fd)) return undefined;
    const connection = this.adopt(descriptor, wait);
    undo.move();
    return connection;
  }
}

function isAllowed(allow: Allow, fd: number): boolean {
  const peer = peerCredentials(fd);
  return typeof allow === "function"
    ? allow(peer) === true
    : allow.includes(peer.uid);
}
