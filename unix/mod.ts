/**
 * Unix sockets: connections and datagrams between any processes of one
 * machine, under a path, and with what no other mechanism has: the other side
 * is known, and descriptors can be sent.
 *
 * Connections over Deno's own sockets, for streams of bytes:
 *
 * ```ts
 * import { connectUnix, listenUnix } from "@ipc/unix";
 *
 * const folder = await Deno.makeTempDir();
 * using listener = listenUnix(`${folder}/tea`);
 * using client = await connectUnix(`${folder}/tea`);
 * using server = await listener.accept();
 *
 * await client.write(new TextEncoder().encode("two teas"));
 * client.close();
 * console.log(await new Response(server.readable).text());
 * listener.close();
 * await Deno.remove(folder);
 * ```
 *
 * Sockets of one's own, for what those cannot do: calls that block, the
 * shortest round trips, whole messages, who the other side is, descriptors,
 * and ends that child processes inherit.
 *
 * | Socket                    | What it carries              | Open it with                                   |
 * | ------------------------- | ---------------------------- | ---------------------------------------------- |
 * | {@linkcode UnixStream}    | bytes, by a connection       | `openUnixStream`, `openUnixListener`           |
 * | {@linkcode UnixDatagram}  | messages, each to an address | `openUnixDatagram`                             |
 * | {@linkcode UnixSeqpacket} | messages, by a connection    | `openUnixSeqpacket`, `openUnixSeqpacketListener` |
 * | any of them, in pairs     | between parent and child     | `socketpair`                                   |
 *
 * A path is an address, and so is on Linux a NUL and an abstract name, such as
 * `"\0name"`, which has no file. Unix has no sockets of the types raw and rdm.
 *
 * What Python's socket calls are here:
 *
 * | Python                                 | Deno's sockets               | sockets of one's own                            |
 * | -------------------------------------- | ---------------------------- | ----------------------------------------------- |
 * | `socket(AF_UNIX, SOCK_STREAM)`         | `connectUnix`, `listenUnix`  | `openUnixStream`, `openUnixListener`            |
 * | `socket(AF_UNIX, SOCK_DGRAM)`          |                              | `openUnixDatagram(null)`                        |
 * | `socket(AF_UNIX, SOCK_SEQPACKET)`      |                              | `openUnixSeqpacket`                             |
 * | `bind`, `listen(backlog)`              | `listenUnix`                 | `openUnixListener(path, { backlog })`           |
 * | `bind` of datagrams                    |                              | `openUnixDatagram(path)`                        |
 * | `os.umask`, `os.chmod` round `bind`    | `{ mode }`                   | `{ mode }`                                      |
 * | `accept() -> (conn, address)`          | `accept()`, `.remoteAddr`    | `accept()`, `acceptSync()`, `.remoteAddr`       |
 * | `connect`                              | `connectUnix`                | `openUnixStream`, `{ connect }` of datagrams    |
 * | `connect_ex`                           | `try`, `isOsError`           | `try`, `isOsError`                              |
 * | `create_server`, `create_connection`   | `listenUnix`, `connectUnix`  | `openUnixListener`, `openUnixStream`            |
 * | `send`                                 | `write`                      | `write`, `writeSync`, `tryWrite`                |
 * | `sendall`                              | `sendAll` of `@ipc/socket`   | the same, or `writable`                         |
 * | `recv`, `recv_into`                    | `read`                       | `read`, `readSync`, `tryRead`                   |
 * | `recv(n, MSG_WAITALL)`                 | `receiveExactly` of the same | the same                                        |
 * | `send`, `recv` of messages             |                              | `send`, `receive`                               |
 * | `recv_into`, `recvfrom_into` of those  |                              | `receiveInto`, `lastAddress`                    |
 * | `sendto(bytes, address)`               |                              | `send(bytes, { to: address })`                  |
 * | `recvfrom() -> (bytes, address)`       |                              | `receive()` of datagrams                        |
 * | `sendmsg`, `socket.send_fds`           |                              | `sendDescriptors`                               |
 * | `recvmsg`, `socket.recv_fds`           |                              | `receiveDescriptors`                            |
 * | `makefile`                             | `readable`, `writable`       | the same, and `RecordReader`                    |
 * | `dup`                                  |                              | `duplicate`                                     |
 * | `fileno`                               |                              | `fd`                                            |
 * | `detach`, `fromfd`, `socket(fileno=)`  |                              | `fromFd`, `fromEnv`                             |
 * | `set_inheritable`                      |                              | `spawnWith`                                     |
 * | `shutdown(SHUT_WR)`                    | `closeWrite`                 | `closeWrite`                                    |
 * | `shutdown(SHUT_RD)`                    | `readable.cancel()`          | `readable.cancel()`                             |
 * | `close`, `with`                        | `close`, `using`             | `close`, `using`                                |
 * | `socketpair(type)`                     |                              | `socketpair({ type })`                          |
 * | `getsockname`, `getpeername`           | `localAddr`, `remoteAddr`    | `localAddr`, `remoteAddr`                       |
 * | `getsockopt(SO_PEERCRED)`              |                              | `peerCredentials`                               |
 * | `setsockopt(SO_PASSCRED)`              |                              | `openUnixDatagram(path, { credentials })`       |
 * | `setsockopt(SO_SNDBUF)`, `SO_RCVBUF`   |                              | `sendBufferSize`, `receiveBufferSize`           |
 * | `settimeout(seconds)`                  | `{ timeout }` of connecting  | `{ timeout: milliseconds }` of every wait       |
 * | `setblocking(False)`                   |                              | `tryRead`, `tryWrite`, `tryAccept`, `trySend`   |
 * | `select`, `selectors`                  | `await`                      | `await`                                         |
 * | `gethostbyname`, `getaddrinfo`         | none: Unix has no hosts      | none                                            |
 *
 * Own sockets require `--allow-ffi`, on Linux or macOS.
 *
 * @module
 */

export { isOsError } from "@ipc/libc";
export {
  ByteReader,
  ByteWriter,
  RecordBatch,
  RecordReader,
  RecordWriter,
  spawnWith,
} from "@ipc/libc/streams";
export { StreamSocket } from "@ipc/libc/sockets";
export type { OsErrorDetails, WaitOptions, WaitStrategy } from "@ipc/libc";
export type {
  BatchOptions,
  ByteSink,
  ByteSource,
  Inheritable,
  RecordOptions,
  SpawnWithOptions,
  SyncWaitOptions,
} from "@ipc/libc/streams";
export type { BindUnixOptions } from "./_bind.ts";
export type {
  OpenUnixBaseOptions,
  OpenUnixOptions,
  OpenUnixSyncOptions,
} from "./_connect.ts";
export type {
  DescriptorSource,
  ReceiveDescriptorsOptions,
  ReceiveDescriptorsSyncOptions,
  TryReceiveDescriptorsOptions,
} from "./_descriptor_port.ts";
export { UnixSocketListener } from "./_listener.ts";
export type { Allow } from "./_listener.ts";
export type { UnixSocketType } from "./_types.ts";
export { connectUnix } from "./connect_unix.ts";
export type { ConnectUnixOptions } from "./connect_unix.ts";
export { peerCredentials } from "./credentials.ts";
export type { Credentials } from "./credentials.ts";
export type {
  ReceivedUnixDatagram,
  SendDatagramOptions,
  SendDatagramSyncOptions,
  TrySendDatagramOptions,
} from "./datagram.ts";
export { listenFds } from "./listen_fds.ts";
export type { ListenFd, ListenFdsOptions } from "./listen_fds.ts";
export { listenUnix } from "./listen_unix.ts";
export { openUnixDatagram } from "./open_unix_datagram.ts";
export type { OpenUnixDatagramOptions } from "./open_unix_datagram.ts";
export { openUnixListener } from "./open_unix_listener.ts";
export type { OpenUnixListenerOptions } from "./open_unix_listener.ts";
export {
  openUnixSeqpacket,
  openUnixSeqpacketSync,
} from "./open_unix_seqpacket.ts";
export { openUnixSeqpacketListener } from "./open_unix_seqpacket_listener.ts";
export { openUnixStream, openUnixStreamSync } from "./open_unix_stream.ts";
export { OwnedDescriptor } from "./owned_descriptor.ts";
export type { OpenDescriptorOptions } from "./owned_descriptor.ts";
export { ReceivedDescriptors } from "./received_descriptors.ts";
export { sdNotify } from "./sd_notify.ts";
export type { ServiceState } from "./sd_notify.ts";
export { socketpair } from "./socketpair.ts";
export type { SocketpairOptions, UnixSockets } from "./socketpair.ts";
export { UnixDatagram } from "./unix_datagram.ts";
export { UnixListener } from "./unix_listener.ts";
export { UnixMessageSocket } from "./unix_message_socket.ts";
export { UnixSeqpacket } from "./unix_seqpacket.ts";
export { UnixSeqpacketListener } from "./unix_seqpacket_listener.ts";
export { UnixStream } from "./unix_stream.ts";
export type { UnixFromFdOptions } from "./unix_stream.ts";
export { UnixStreamListener } from "./unix_stream_listener.ts";
