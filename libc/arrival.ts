/**
 * Bytes that the event loop brings: the fastest way to wait for a pipe, a
 * FIFO or a stream socket without blocking, since Deno's own loop watches the
 * descriptor, and no other thread is involved.
 *
 * The loop reads some bytes when it sees that there are any; they wait here
 * until they are taken, before any other. It reads once for each wait, unless
 * nobody else reads there, so that it may go on between waits, which is cheaper.
 */

import type { Socket } from "node:net";
import { duplicate } from "./fcntl.ts";
import { WAIT_ACTION } from "./pending.ts";

/** How many bytes the loop reads when it sees that there are any. */
const BUFFER_SIZE = 4096;

/** The part of Node's options that its types leave out. */
interface SocketOptions {
  fd: number;
  readable: boolean;
  writable: boolean;
  onread: {
    buffer: Uint8Array;
    callback: (count: number) => boolean;
  };
}

/** Waits for bytes of one descriptor, and keeps those that were read. */
export class Arrival {
  readonly #fd: number;
  readonly #onArrival: () => void;
  readonly #isSole: boolean;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  #start = 0;
  #end = 0;
  #isArmed = false;
  #isReading = false;
  #isArriving = false;
  /** Whether the loop has been told to read, and has not stopped by itself. */
  #isPending = false;
  #socket: Socket | undefined;
  #failure: string | undefined;

  /**
   * Watches nothing yet.
   *
   * @param fd The descriptor. It stays the caller's: the event loop, which
   * closes what it watches, gets a duplicate.
   * @param onArrival Called when there is something to read, or its end.
   * @param isSole Whether nobody else needs what is read: then it is called
   * between waits as well, once there was one.
   */
  constructor(fd: number, onArrival: () => void, isSole = false) {
    this.#fd = fd;
    this.#onArrival = onArrival;
    this.#isSole = isSole;
  }

  /** How many bytes wait to be taken. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether they were as many as are read at once, so that more may follow. */
  get isFull(): boolean {
    return this.length === BUFFER_SIZE;
  }

  /**
   * Whether closing it loses nothing: the loop reads nothing now, and nothing
   * that it has met waits here.
   */
  get isIdle(): boolean {
    return !this.#isPending && this.length === 0 &&
      this.#failure === undefined;
  }

  /**
   * Takes bytes that have been read.
   *
   * @param target Where to put them.
   * @returns How many there were.
   */
  take(target: Uint8Array): number {
    const count = Math.min(this.length, target.byteLength);
    const from = this.#start;
    target.set(this.#buffer.subarray(from, from + count));
    this.#start += count;
    return count;
  }

  /**
   * The name of the error that ended it, such as `"ECONNRESET"`, once: the
   * system has told the loop, and tells nobody else.
   *
   * @returns The name, or `undefined`.
   */
  takeFailure(): string | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** Starts to wait; the process does not exit meanwhile. */
  arm(): void {
    this.#isArmed = true;
    const socket = this.#socket ??= this.#open();
    socket.ref();
    this.#isPending = true;
    if (this.#isReading) return;
    this.#isReading = this.#isSole;
    socket.resume();
  }

  /**
   * Stops to wait, and to read, unless it is the only one who does: what comes
   * later may be for somebody else who reads from the same pipe.
   */
  disarm(): void {
    this.#isArmed = false;
    this.#socket?.unref();
    // In an arrival, what it returns does the same for less.
    if (!this.#isArriving && !this.#isSole) this.#socket?.pause();
  }

  /** Lets go of the event loop. What was read can still be taken. */
  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#isReading = false;
  }

  #open(): Socket {
    const options: SocketOptions = {
      fd: duplicate(this.#fd, WAIT_ACTION),
      readable: true,
      writable: false,
      onread: {
        buffer: this.#buffer,
        callback: (count) => {
          this.#start = 0;
          this.#end = count;
          this.#isArriving = true;
          this.#onArrival();
          this.#isArriving = false;
          return this.#isPending = this.#isArmed || this.#isSole;
        },
      },
    };
    // Loading it takes some 20 ms, which programs that never wait here save.
    // deno-lint-ignore no-process-global
    const { Socket: NodeSocket } = process.getBuiltinModule("node:net");
    const socket: Socket = new NodeSocket(
      options as ConstructorParameters<typeof NodeSocket>[0],
    );
    const over = () => {
      this.close();
      this.#onArrival();
    };
    // The end: the next read of the descriptor tells. An error: it does not.
    return socket.once("end", over).once("error", (error: unknown) => {
      this.#failure = (error as { code?: string }).code;
      over();
    });
  }
}
