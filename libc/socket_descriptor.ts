/** One owner for the descriptor of a socket, which has two directions. */

import { setNonblocking } from "./fcntl.ts";
import { osError } from "./error.ts";
import { capabilities } from "./platform.ts";
import { SHUT_RD, SHUT_WR, shutdown } from "./socket.ts";
import { MSG_DONTWAIT, tryReceive, trySend } from "./socket_transfer.ts";
import type { Descriptor } from "./transfers.ts";
import { close } from "./unistd.ts";

/** Owns the descriptor of a socket, and closes it once both halves are. */
export class SocketDescriptor {
  /** For receiving. */
  readonly reading: SocketHalf;
  /** For sending. */
  readonly writing: SocketHalf;
  #fd: number;
  #isClosing = false;

  /**
   * Takes a socket over.
   *
   * @param fd The socket, which is this object's from now on.
   */
  constructor(fd: number) {
    this.#fd = fd;
    this.reading = new SocketHalf(this, SHUT_RD);
    this.writing = new SocketHalf(this, SHUT_WR);
  }

  /** The descriptor, or −1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Says that both halves are about to be closed: the connection stays open
   * for others who have it.
   */
  beginClose(): void {
    this.#isClosing = true;
  }

  /** Closes it; doing so again does nothing. */
  close(): void {
    this.beginClose();
    this.reading.close();
    this.writing.close();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Told by a half that it is closed, by {@linkcode SocketHalf.close}. */
  leave(how: number): void {
    const fd = this.#fd;
    if (fd === -1) return;
    if (this.reading.isOpen || this.writing.isOpen) {
      if (!this.#isClosing) shutdown(fd, how);
      return;
    }
    this.#fd = -1;
    close(fd);
  }
}

/** One direction of a socket. */
export class SocketHalf implements Descriptor {
  readonly #socket: SocketDescriptor;
  readonly #how: number;
  #isOpen = true;
  /** `MSG_DONTWAIT`, or 0 if a transfer may wait. */
  #flags = 0;

  /**
   * Made by its socket.
   *
   * @param socket The socket.
   * @param how `SHUT_RD` or `SHUT_WR`.
   */
  constructor(socket: SocketDescriptor, how: number) {
    this.#socket = socket;
    this.#how = how;
  }

  /** The descriptor, or −1 once this direction is closed. */
  get fd(): number {
    return this.#isOpen ? this.#socket.fd : -1;
  }

  /** Whether this direction is not closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The flags for transfers: `MSG_DONTWAIT`, or none. */
  get flags(): number {
    return this.#flags;
  }

  /** Sets whether transfers wait by themselves. */
  setBlocking(on: boolean): void {
    this.#flags = blockingFlags(this.fd, on);
  }

  /**
   * Lets others transfer in the same direction, who wait or not as they like,
   * and close nothing.
   *
   * @returns The direction, for them.
   */
  share(): SharedHalf {
    return new SharedHalf(this);
  }

  /** Reads bytes, as `tryRead` does. */
  tryRead(target: Uint8Array<ArrayBuffer>, action: string): number {
    return tryReceive(this.#socket.fd, target, this.#flags, action);
  }

  /** Writes bytes, as `tryWrite` does. */
  tryWrite(source: Uint8Array<ArrayBuffer>, action: string): number {
    return trySend(this.#socket.fd, source, this.#flags, failure, action);
  }

  /**
   * Closes this direction: the other side cannot send any more, or sees the
   * end. The descriptor is closed with the second one.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.leave(this.#how);
  }
}

/** One direction of a socket, for others than its owner. */
export class SharedHalf implements Descriptor {
  readonly #half: SocketHalf;
  #flags = 0;

  /**
   * Made by the direction.
   *
   * @param half The direction.
   */
  constructor(half: SocketHalf) {
    this.#half = half;
  }

  /** The descriptor, or −1 once this direction is closed. */
  get fd(): number {
    return this.#half.fd;
  }

  /** Whether this direction is not closed. */
  get isOpen(): boolean {
    return this.#half.isOpen;
  }

  /** The flags for transfers: `MSG_DONTWAIT`, or none. */
  get flags(): number {
    return this.#flags;
  }

  /** Sets whether transfers wait by themselves. */
  setBlocking(on: boolean): void {
    this.#flags = blockingFlags(this.fd, on);
  }

  /** Does nothing: the owner closes it. */
  close(): void {}
}

/** The flags with which a transfer waits or not. */
function blockingFlags(fd: number, on: boolean): number {
  if (capabilities.dontWaitSends) return on ? 0 : MSG_DONTWAIT;
  // It stays so: the other direction may count on it.
  if (!on) setNonblocking(fd, true);
  return 0;
}

function failure(number: number, action: string): Error {
  return osError(number, "send", action);
}
