import { FileDescriptor } from "./file_descriptor.ts";
import { setNonblocking } from "./fcntl.ts";
import { POLLIN } from "./poll.ts";
import { accept } from "./socket.ts";
import { Transfers } from "./transfers.ts";
import type { SyncWaitOptions } from "./transfers.ts";
import type { WaitOptions } from "./wait_queue.ts";
import type { WaitStrategy } from "./wait_strategy.ts";

/** Accepts the connections that wait for a socket that listens. */
export class Acceptor {
  readonly #descriptor: FileDescriptor;
  readonly #transfers: Transfers<null, number>;

  /**
   * Takes a socket over.
   *
   * @param fd The socket, which listens and is this object's from now on.
   * @param action What accepting is called in messages.
   * @param wait How to wait.
   */
  constructor(fd: number, action: string, wait: WaitStrategy) {
    const descriptor = this.#descriptor = new FileDescriptor(fd);
    this.#transfers = new Transfers<null, number>({
      fd,
      close: () => descriptor.close(),
      setBlocking(on) {
        // Processes that share it must not stop each other's event loops.
        if (!on) setNonblocking(fd, true);
      },
    }, {
      action,
      check() {},
      event: POLLIN,
      givesWork: true,
      attempt: () => accept(fd, action),
    }, wait);
  }

  /** The socket, or −1 once it is closed. */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** Accepts, and lets the event loop run while it waits. */
  run(options?: WaitOptions): Promise<number> {
    return this.#transfers.run(null, options);
  }

  /** Accepts, and blocks the thread until there is a connection. */
  runSync(options?: SyncWaitOptions): number {
    return this.#transfers.runSync(null, options);
  }

  /** Accepts a connection that waits now. */
  runNow(): number | undefined {
    return this.#transfers.runNow(null);
  }

  /** Told that a child process has the socket. */
  inherited(): void {
    this.#transfers.forgetMode();
  }

  /** Closes it, and rejects what waits. Doing so again does nothing. */
  close(): void {
    this.#transfers.close();
  }
}
