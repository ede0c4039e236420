import type { WaitOptions } from "@ipc/libc";
import type { SyncWaitOptions } from "@ipc/libc/streams";

/** Where a datagram goes. A `Deno.NetAddr` is one. */
export interface UdpAddress {
  /**
   * An address in numbers, which is fast. A name is looked up the first time,
   * which blocks the thread: see {@linkcode resolveHost}.
   */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** A datagram that was received. */
export interface ReceivedDatagram {
  /**
   * The bytes, which nobody changes any more. Their buffer is shared with
   * other messages: to transfer them to a worker, transfer `message.slice()`.
   */
  readonly message: Uint8Array<ArrayBuffer>;
  /** Who sent it. */
  readonly address: Deno.NetAddr;
}

/** Options of {@linkcode UdpSocket.trySend}. */
export interface UdpTrySendOptions {
  /**
   * Where to. Without it, to where the socket is connected.
   *
   * @default {undefined}
   */
  to?: UdpAddress | undefined;
}

/** Options of {@linkcode UdpSocket.sendSync}. */
export interface UdpSendSyncOptions
  extends UdpTrySendOptions, SyncWaitOptions {}

/** Options of {@linkcode UdpSocket.send}. */
export interface UdpSendOptions extends UdpTrySendOptions, WaitOptions {}
