/** Both directions of descriptor passing over one socket. */

import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import { SCM_MAX_FD } from "@ipc/libc/sockets";
import type {
  SocketAddress,
  SocketDescriptor,
  SyncWaitOptions,
  Transfers,
} from "@ipc/libc/sockets";
import {
  descriptorReceiver,
  descriptorSender,
  descriptorsOf,
} from "./_passing.ts";
import type {
  DescriptorReceiverOptions,
  DescriptorSource,
  IncomingDescriptors,
  OutgoingDescriptors,
} from "./_passing.ts";
import type { ReceivedDescriptors } from "./received_descriptors.ts";

export type { DescriptorSource };

/** Options of `tryReceiveDescriptors`. */
export interface TryReceiveDescriptorsOptions {
  /**
   * The most descriptors that are wanted in one message. If more come, all
   * are closed, and the receive fails.
   *
   * @default {253}
   */
  maxDescriptors?: number;
}

/** Options of `receiveDescriptors`. */
export interface ReceiveDescriptorsOptions
  extends TryReceiveDescriptorsOptions, WaitOptions {}

/** Options of `receiveDescriptorsSync`. */
export interface ReceiveDescriptorsSyncOptions
  extends TryReceiveDescriptorsOptions, SyncWaitOptions {}

/** Sends and receives descriptors over a socket. */
export class DescriptorPort {
  readonly #action: string;
  readonly #sending: Transfers<OutgoingDescriptors, number>;
  readonly #receiving: Transfers<IncomingDescriptors, ReceivedDescriptors>;

  /**
   * @param socket The socket, which others close as well.
   * @param object What it is called in messages.
   * @param wait How to wait.
   * @param options How it receives.
   */
  constructor(
    socket: SocketDescriptor,
    object: string,
    wait: WaitStrategy,
    options: DescriptorReceiverOptions,
  ) {
    this.#action = `send descriptors to ${object}`;
    const [reading, writing] = [socket.reading.share(), socket.writing.share()];
    const needsByte = !options.hasMessages;
    this.#sending = descriptorSender(writing, object, wait, needsByte);
    this.#receiving = descriptorReceiver(reading, object, wait, options);
  }

  /** Sends, and lets the event loop run while it waits. */
  async send(
    bytes: Uint8Array,
    sources: Iterable<DescriptorSource>,
    address: SocketAddress | undefined,
    options: WaitOptions | undefined,
  ): Promise<number> {
    const fds = descriptorsOf(sources, this.#action);
    return await this.#sending.run({ bytes, fds, address }, options);
  }

  /** Sends, and blocks the thread until there is room. */
  sendSync(
    bytes: Uint8Array,
    sources: Iterable<DescriptorSource>,
    address: SocketAddress | undefined,
    options: SyncWaitOptions | undefined,
  ): number {
    const fds = descriptorsOf(sources, this.#action);
    return this.#sending.runSync({ bytes, fds, address }, options);
  }

  /** Sends if there is room now. */
  sendNow(
    bytes: Uint8Array,
    sources: Iterable<DescriptorSource>,
    address: SocketAddress | undefined,
  ): number | undefined {
    const fds = descriptorsOf(sources, this.#action);
    return this.#sending.runNow({ bytes, fds, address });
  }

  /** Receives, and lets the event loop run while it waits. */
  receive(
    bytes: Uint8Array,
    options: ReceiveDescriptorsOptions | undefined,
  ): Promise<ReceivedDescriptors> {
    return this.#receiving.run({ bytes, max: mostOf(options) }, options);
  }

  /** Receives, and blocks the thread until there is something. */
  receiveSync(
    bytes: Uint8Array,
    options: ReceiveDescriptorsSyncOptions | undefined,
  ): ReceivedDescriptors {
    return this.#receiving.runSync({ bytes, max: mostOf(options) }, options);
  }

  /** Receives what is there now. */
  receiveNow(
    bytes: Uint8Array,
    options: TryReceiveDescriptorsOptions | undefined,
  ): ReceivedDescriptors | undefined {
    return this.#receiving.runNow({ bytes, max: mostOf(options) });
  }

  /** Told that a child process has the socket. */
  inherited(): void {
    this.#sending.forgetMode();
    this.#receiving.forgetMode();
  }

  /** Rejects what waits. The socket is closed after it. */
  close(): void {
    this.#sending.close();
    this.#receiving.close();
  }
}

function mostOf(options: TryReceiveDescriptorsOptions | undefined): number {
  return options?.maxDescriptors ?? SCM_MAX_FD;
}
