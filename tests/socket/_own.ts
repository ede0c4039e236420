/** Connections of the library's own over loopback. */

import { openTcpListener, openTcpStreamSync } from "@ipc/socket";
import type { TcpListener, TcpStream, WaitStrategy } from "@ipc/socket";
import type { TestScope } from "../_util/test.ts";

/** Listens on a free port. */
export function listenOwn(t: TestScope, wait?: WaitStrategy): TcpListener {
  const listener = openTcpListener({ ...wait && { wait } });
  t.defer(() => listener.close());
  return listener;
}

/** Both ends of a connection. */
export function connectedOwn(
  t: TestScope,
  wait: WaitStrategy = "adaptive",
): [TcpStream, TcpStream] {
  using listener = openTcpListener({ wait });
  const client = openTcpStreamSync({ port: listener.addr.port, wait });
  const server = listener.acceptSync({ timeout: 5000 });
  for (const end of [client, server]) t.defer(() => end.close());
  return [client, server];
}
