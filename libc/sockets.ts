/**
 * The part of the floor that sockets stand on, of any family. It is apart from
 * the rest because what has no sockets starts sooner without it.
 *
 * @module
 */

export { ByteReader } from "./byte_reader.ts";
export type { ReadableDescriptor } from "./byte_reader.ts";
export { ByteWriter } from "./byte_writer.ts";
export type { WritableDescriptor } from "./byte_writer.ts";
export { Acceptor } from "./acceptor.ts";
export { interfaceIndex } from "./if.ts";
export { tryLock } from "./file_lock.ts";
export { chmodNoFollow, fchmod, mkdir, withoutModeBits } from "./file_mode.ts";
export {
  decodeInternetAddress,
  encodeInternetAddress,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  TCP_NODELAY,
} from "./in.ts";
export type { InternetAddress } from "./in.ts";
export {
  encodeMembership,
  encodeMembership6,
  multicastOptions,
} from "./in_multicast.ts";
export type { MulticastOptions } from "./in_multicast.ts";
export { MessageReceiver } from "./message_receiver.ts";
export type {
  MessageReceiverOptions,
  ReceivedFrom,
  ReceiveResult,
  ReceiveTarget,
} from "./message_receiver.ts";
export { MessageSender } from "./message_sender.ts";
export type { OutgoingMessage, SendAdvice } from "./message_sender.ts";
export { addressesOf, addressesOfSync } from "./netdb.ts";
export { POLLIN, pollNow, POLLOUT } from "./poll.ts";
export {
  accept,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  bind,
  connect,
  listen,
  peerName,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  shutdown,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  socket,
  socketFamily,
  socketName,
  socketpair,
} from "./socket.ts";
export type { SocketAddress, SocketMode } from "./socket.ts";
export { connectSocket, connectSocketSync } from "./socket_connect.ts";
export type { Connecting } from "./socket_connect.ts";
export { SocketDescriptor } from "./socket_descriptor.ts";
export type { SharedHalf, SocketHalf } from "./socket_descriptor.ts";
export {
  controlSpace,
  decodeControl,
  MessageHeader,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SCM_RIGHTS,
} from "./socket_message.ts";
export type { ControlMessage } from "./socket_message.ts";
export {
  LOCAL_PEERCRED,
  LOCAL_PEERPID,
  readSocketOption,
  setSocketOption,
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_PASSCRED,
  SO_PEERCRED,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_TYPE,
  socketOption,
  SOL_LOCAL,
  SOL_SOCKET,
} from "./socket_option.ts";
export {
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_TRUNC,
  tryReceive,
  tryReceiveFrom,
  trySend,
  trySendTo,
} from "./socket_transfer.ts";
export { spawnWith } from "./spawn_with.ts";
export type { Inheritable, SpawnWithOptions } from "./spawn_with.ts";
export { S_IFSOCK } from "./stat.ts";
export { StreamSocket } from "./stream_socket.ts";
export { Transfers } from "./transfers.ts";
export type { Descriptor, SyncWaitOptions, TransferKind } from "./transfers.ts";
export type { Waker } from "./waker.ts";
export {
  abstractAddress,
  decodeUcred,
  decodeUnixAddress,
  decodeXucred,
  pathAddress,
  UCRED,
  UNIX_ABSTRACT_MAX,
  UNIX_PATH_MAX,
  XUCRED,
} from "./un.ts";
export type { Ucred, UnixName } from "./un.ts";
export { close, link, rmdir, unlink } from "./unistd.ts";
export type { WaitOptions } from "./wait_queue.ts";
