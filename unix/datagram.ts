/** Datagrams, and options of sending them. */

import type { WaitOptions } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/sockets";

/** A datagram, and who sent it. */
export interface ReceivedUnixDatagram {
  /** The bytes, which are the caller's. */
  readonly message: Uint8Array<ArrayBuffer>;
  /**
   * Where the sender is bound, to answer there: a path, or a NUL and an
   * abstract name; `null` if it is bound nowhere.
   */
  readonly address: string | null;
}

/** Options of `trySend` of a datagram socket. */
export interface TrySendDatagramOptions {
  /**
   * Where to send it: a path, or on Linux a NUL and an abstract name. Without
   * it, to where the socket is connected.
   *
   * @default {undefined}
   */
  to?: string | undefined;
}

/** Options of `send` of a datagram socket. */
export interface SendDatagramOptions
  extends TrySendDatagramOptions, WaitOptions {}

/** Options of `sendSync` of a datagram socket. */
export interface SendDatagramSyncOptions
  extends TrySendDatagramOptions, SyncWaitOptions {}
