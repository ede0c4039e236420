/** Connecting sockets of our own, of both types that have connections. */

import { checkWait } from "@ipc/libc";
import type { WaitOptions, WaitStrategy } from "@ipc/libc";
import {
  AF_UNIX,
  connectSocket,
  connectSocketSync,
  socket,
  SocketDescriptor,
} from "@ipc/libc/sockets";
import type { Connecting, SyncWaitOptions } from "@ipc/libc/sockets";
import { describe, encodePath } from "./_address.ts";
import { connectError } from "./_bind.ts";

/** What connecting has in common, sync or not. */
export interface OpenUnixBaseOptions {
  /**
   * How to wait: `"adaptive"` looks again for a moment before it sleeps, as
   * long as that pays; `"block"` sleeps at once.
   *
   * @default {"adaptive"}
   */
  wait?: WaitStrategy;
}

/** Options of {@linkcode openUnixStream} and {@linkcode openUnixSeqpacket}. */
export interface OpenUnixOptions extends OpenUnixBaseOptions, WaitOptions {}

/** Options of their sync forms. */
export interface OpenUnixSyncOptions
  extends OpenUnixBaseOptions, SyncWaitOptions {}

/** Makes an object of a connected socket. */
type Adopt<S> = (
  descriptor: SocketDescriptor,
  wait: WaitStrategy,
  object: string,
) => S;

/**
 * Connects, and lets the event loop run while it waits.
 *
 * @param path Where to.
 * @param type The type of the socket.
 * @param options When to give up.
 * @param adopt Makes the object.
 * @returns The object.
 */
export async function connectAt<S>(
  path: string,
  type: number,
  options: OpenUnixOptions,
  adopt: Adopt<S>,
): Promise<S> {
  options.signal?.throwIfAborted();
  const { wait, connecting, descriptor } = begin(path, type, options);
  using undo = new DisposableStack();
  undo.use(descriptor);
  await connectSocket(connecting, options);
  undo.move();
  return adopt(descriptor, wait, describe(path));
}

/**
 * Connects, and blocks the thread while it waits.
 *
 * @param path Where to.
 * @param type The type of the socket.
 * @param options When to give up.
 * @param adopt Makes the object.
 * @returns The object.
 */
export function connectAtSync<S>(
  path: string,
  type: number,
  options: OpenUnixSyncOptions,
  adopt: Adopt<S>,
): S {
  const { wait, connecting, descriptor } = begin(path, type, options);
  using undo = new DisposableStack();
  undo.use(descriptor);
  connectSocketSync(connecting, options);
  undo.move();
  return adopt(descriptor, wait, describe(path));
}

/** What a connect needs. */
interface Begun {
  readonly wait: WaitStrategy;
  readonly connecting: Connecting;
  readonly descriptor: SocketDescriptor;
}

function begin(
  path: string,
  type: number,
  { wait = "adaptive" }: OpenUnixBaseOptions,
): Begun {
  checkWait(wait);
  const action = `connect to ${describe(path)}`;
  const address = encodePath(path, action);
  const fd = socket(AF_UNIX, type, 0, { nonblocking: true });
  return {
    wait,
    connecting: {
      fd,
      address,
      action,
      fail: (number) => connectError(number, action),
    },
    descriptor: new SocketDescriptor(fd),
  };
}
