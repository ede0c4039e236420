import { FileDescriptor } from "@ipc/libc";
import type { WaitOptions } from "@ipc/libc";
import {
  mqAttributes,
  mqCancelNotify,
  mqNotify,
  newCookie,
  notificationSocket,
  POLLIN,
  readNotification,
  Transfers,
} from "@ipc/libc/queues";

/** A request to be told when a message comes to the empty queue. */
export class Registration implements Disposable {
  readonly #fd: number;
  readonly #what: string;
  readonly #socket: FileDescriptor;
  readonly #cookie = newCookie();
  readonly #arrivals: Transfers<null, true>;
  #isArmed = false;

  /**
   * Makes the request.
   *
   * @param fd The queue, open until this is disposed of.
   * @param what What it is called in messages.
   * @throws {Deno.errors.Busy} If somebody else has made one.
   */
  constructor(fd: number, what: string) {
    this.#fd = fd;
    this.#what = what;
    using undo = new DisposableStack();
    this.#socket = undo.use(new FileDescriptor(notificationSocket()));
    this.#arrivals = new Transfers<null, true>(this.#socket, {
      action: `wait for a notification of ${what}`,
      check: () => {},
      event: POLLIN,
      attempt: () => this.#attempt(),
    }, "block");
    this.arm();
    undo.move();
  }

  /** Makes the request anew: it holds for one notification. */
  arm(): void {
    mqNotify(this.#fd, this.#socket.fd, this.#cookie, this.#what);
    this.#isArmed = true;
  }

  /** Makes the request anew, if its notification has come. */
  rearm(): void {
    if (this.#arrivals.runNow(null)) this.arm();
  }

  /**
   * Waits for the notification.
   *
   * @param options When to give up.
   */
  async wait(options: WaitOptions | undefined): Promise<void> {
    await this.#arrivals.run(null, options);
  }

  /** Takes the request back; what waits rejects with `BadResource`. */
  [Symbol.dispose](): void {
    if (this.#arrivals.fd === -1) return;
    // If the notification has come, another request may hold by now.
    const came = readNotification(this.#socket.fd, this.#cookie);
    this.#arrivals.close();
    if (this.#isArmed && came === undefined) mqCancelNotify(this.#fd);
  }

  #attempt(): true | undefined {
    const came = readNotification(this.#socket.fd, this.#cookie);
    if (came === undefined) return undefined;
    this.#isArmed = false;
    if (came === "message") return true;
    // This process closed the queue elsewhere, which removes every request
    // that it made. A message may have come before the new one.
    this.arm();
    return mqAttributes(this.#fd)!.currentMessages > 0 || undefined;
  }
}
