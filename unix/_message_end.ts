/** What both kinds of Unix sockets that carry whole messages share. */

import type { WaitStrategy } from "@ipc/libc";
import { MessageReceiver, MessageSender, socketName } from "@ipc/libc/sockets";
import type { SocketDescriptor } from "@ipc/libc/sockets";
import { decodePath, describe } from "./_address.ts";
import { DescriptorPort } from "./_descriptor_port.ts";

/** The longest message that is received without a buffer, in bytes. */
const MESSAGE_SIZE = 212_992;

/** How a socket for messages is. */
export interface MessageEndOptions {
  /** How to wait. */
  readonly wait: WaitStrategy;
  /** Whether it is a connection, which has an end. */
  readonly isConnection: boolean;
  /** Removes the file, if it is still the one that was made. */
  remove?(): void;
}

/** One Unix socket that carries whole messages. */
export class MessageEnd {
  readonly receiver: MessageReceiver<string | null>;
  readonly sender: MessageSender;
  readonly #descriptor: SocketDescriptor;
  readonly #object: string;
  readonly #options: MessageEndOptions;
  #port: DescriptorPort | undefined;

  /**
   * @param descriptor The socket, which is closed with this.
   * @param object What it is called in messages.
   * @param options How it is.
   */
  constructor(
    descriptor: SocketDescriptor,
    object: string,
    options: MessageEndOptions,
  ) {
    const { wait, isConnection } = options;
    const { reading, writing } = descriptor;
    this.#descriptor = descriptor;
    this.#object = object;
    this.#options = options;
    this.receiver = new MessageReceiver(reading, object, wait, {
      isConnection,
      messageSize: MESSAGE_SIZE,
      ...!isConnection && { decode: decodePath },
    });
    this.sender = new MessageSender(
      writing,
      object,
      wait,
      (address) => describe(decodePath(address)),
    );
  }

  /** The descriptor, or −1 once it is closed. */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** The descriptor, which has to be open. */
  get openFd(): number {
    if (this.fd !== -1) return this.fd;
    throw new Deno.errors.BadResource(
      `Cannot use the ${this.#object}: it is closed`,
    );
  }

  /** Where it is bound; `null` if it is not. */
  get path(): string | null {
    return decodePath(socketName(this.openFd));
  }

  /** Descriptors, in both directions. */
  get descriptors(): DescriptorPort {
    return this.#port ??= new DescriptorPort(
      this.#descriptor,
      this.#object,
      this.#options.wait,
      { isConnection: this.#options.isConnection, hasMessages: true },
    );
  }

  /** Told that a child process has it. */
  inherited(): void {
    this.receiver.inherited();
    this.sender.inherited();
    this.#port?.inherited();
  }

  /** Sends no more: the other side sees the end. */
  closeWrite(): void {
    this.sender.close();
  }

  /** Closes it. Doing so again does nothing. */
  close(): void {
    if (this.fd === -1) return;
    try {
      this.#options.remove?.();
    } finally {
      this.#descriptor.beginClose();
      this.#port?.close();
      this.receiver.close();
      this.sender.close();
    }
  }
}
