/**
 * What joins the two processes of a row: the harness makes it, so that peers
 * in every language get the same, with the same capacity.
 */

import { setPipeCapacity } from "@ipc/libc";
import { mkfifo, openFifoSync } from "@ipc/fifo";
import { duplexPipe } from "@ipc/pipe";
import type { Inheritable } from "@ipc/pipe";
import { openTcpListener, openTcpStreamSync } from "@ipc/socket";
import { socketpair } from "@ipc/unix";
import type { Options } from "./bench.ts";

/** Two streams of bytes, one each way. */
export interface Channel {
  /** Descriptors that are inherited, or names that are opened. */
  readonly kind: "pipe" | "fifo" | "tcp" | "unix";
  /** The type of a pair of Unix sockets, if it is no stream. */
  readonly type?: "datagram" | "seqpacket";
  /** How many bytes each way holds, if it is not what the system gives. */
  readonly capacity?: number;
}

/** What one of the two processes gets. */
export interface ChannelEnd {
  /**
   * `from` and `to`: descriptors, or paths. With `socket`, both are the same
   * connection.
   */
  readonly options: Options;
  /** What it inherits. */
  readonly inherited: readonly Inheritable[];
}

/** A channel that is there. */
export class OpenChannel {
  /** What each process gets, in the order in which they start. */
  readonly ends: readonly [ChannelEnd, ChannelEnd];
  readonly #stack = new DisposableStack();

  /**
   * Makes a channel.
   *
   * @param channel Its kind.
   * @param path The beginning of its names, if it has any.
   */
  constructor(channel: Channel, path: string) {
    this.ends = channel.kind === "pipe"
      ? this.#pipes(channel)
      : channel.kind === "fifo"
      ? this.#fifos(channel, path)
      : this.#sockets(
        channel.kind === "tcp" ? connectedTcp() : socketpair(channel),
      );
  }

  #sockets(
    sides: readonly (Inheritable & { fd: number })[],
  ): [ChannelEnd, ChannelEnd] {
    const ends = sides.map((side): ChannelEnd => {
      this.#stack.defer(() => side.close());
      const { fd } = side;
      return {
        options: { from: fd, to: fd, socket: "yes" },
        inherited: [side],
      };
    });
    return [ends[0]!, ends[1]!];
  }

  #pipes({ capacity }: Channel): [ChannelEnd, ChannelEnd] {
    const sides = duplexPipe({ ...capacity && { capacity } });
    const ends = sides.map((side): ChannelEnd => {
      const [from, to] = this.#stack.use(side).fds;
      return { options: { from, to }, inherited: [side] };
    });
    return [ends[0]!, ends[1]!];
  }

  #fifos({ capacity }: Channel, path: string): [ChannelEnd, ChannelEnd] {
    const [there, back] = [`${path}_there`, `${path}_back`];
    for (const name of [there, back]) {
      mkfifo(name);
      this.#stack.defer(() => Deno.removeSync(name));
      if (capacity === undefined) continue;
      // As long as somebody has it open, it keeps its capacity.
      const kept = openFifoSync(name, { read: true, write: true });
      setPipeCapacity(this.#stack.use(kept).fd, capacity);
    }
    return [
      { options: { from: there, to: back }, inherited: [] },
      { options: { from: back, to: there }, inherited: [] },
    ];
  }

  /** Closes what nobody inherited, and removes the names. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** Both ends of a connection. */
function connectedTcp(): (Inheritable & { fd: number })[] {
  using listener = openTcpListener();
  const client = openTcpStreamSync({ port: listener.addr.port });
  return [client, listener.acceptSync()];
}
