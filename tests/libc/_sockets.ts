/** Sockets of the floor, for its tests. */

import { AF_UNIX, socketpair } from "../../libc/socket.ts";
import { SocketDescriptor } from "../../libc/socket_descriptor.ts";
import { StreamSocket } from "../../libc/stream_socket.ts";
import { MessageReceiver } from "../../libc/message_receiver.ts";
import { MessageSender } from "../../libc/message_sender.ts";
import type { WaitStrategy } from "../../libc/wait_strategy.ts";

/** Two stream sockets that are connected to each other. */
export function streamPair(
  wait: WaitStrategy = "adaptive",
): [StreamSocket, StreamSocket] {
  return socketpair(AF_UNIX, 1).map((fd) =>
    new StreamSocket(new SocketDescriptor(fd), "socket", wait)
  ) as [StreamSocket, StreamSocket];
}

/** A socket for whole messages. */
export class MessageEnd implements Disposable {
  readonly receiver: MessageReceiver<string>;
  readonly sender: MessageSender;
  readonly descriptor: SocketDescriptor;

  /** Takes over a socket of a type. */
  constructor(fd: number, isConnection: boolean, messageSize = 1024) {
    this.descriptor = new SocketDescriptor(fd);
    const { reading, writing } = this.descriptor;
    this.receiver = new MessageReceiver(reading, "socket", "adaptive", {
      isConnection,
      messageSize,
      ...!isConnection && { decode: (address) => String(address.byteLength) },
    });
    this.sender = new MessageSender(writing, "socket", "adaptive", String);
  }

  close(): void {
    this.descriptor.beginClose();
    this.receiver.close();
    this.sender.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Two sockets for whole messages that are connected to each other. */
export function messagePair(
  type: number,
  messageSize?: number,
): [MessageEnd, MessageEnd] {
  return socketpair(AF_UNIX, type).map((fd) =>
    new MessageEnd(fd, type === 5, messageSize)
  ) as [MessageEnd, MessageEnd];
}
