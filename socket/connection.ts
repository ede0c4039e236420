import type { WaitOptions } from "@ipc/libc";

/**
 * What bytes can be received from: a `Deno.Conn`, a connection of this
 * project's own, a pipe, or anything that reads as they do.
 */
export interface Receivable {
  /** Reads bytes, at least one; `null` at the end. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /**
   * Reads bytes that are there now; `undefined` if there are none. What has
   * it can give up a `read`, too.
   */
  tryRead?(p: Uint8Array): number | null | undefined;
  /** Has a read that waits keep the process alive. */
  ref?(): void;
  /** Has a read that waits not keep the process alive. */
  unref?(): void;
}

/**
 * What bytes can be sent to: a `Deno.Conn`, a connection of this project's
 * own, a pipe, or anything that writes as they do.
 */
export interface Sendable {
  /** Writes bytes, at least one. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number>;
  /**
   * Writes bytes for which there is room now; `undefined` if there is none.
   * What has it can give up a `write`, too.
   */
  tryWrite?(p: Uint8Array): number | undefined;
}

/** What connections come from: a `Deno.Listener`, or one of our own. */
export interface ConnectionListener<C extends Closable = Closable> {
  /** Waits for a connection. */
  accept(): Promise<C>;
  /** Stops listening. A wait for a connection rejects. */
  close(): void;
}

/** What can be closed. */
export interface Closable {
  /** Closes it. */
  close(): void;
}
