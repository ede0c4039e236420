/** What is held to be true of sockets, and of addresses. */

import * as notify from "../../libc/mqueue_notify.ts";
import * as inet from "../../libc/in.ts";
import * as group from "../../libc/in_multicast.ts";
import * as netdb from "../../libc/netdb.ts";
import * as socket from "../../libc/socket.ts";
import * as message from "../../libc/socket_message.ts";
import * as option from "../../libc/socket_option.ts";
import * as transfer from "../../libc/socket_transfer.ts";
import * as un from "../../libc/un.ts";
import { pick } from "./header.ts";
import type { Header } from "./header.ts";

/** The headers of sockets, and of addresses. */
export const socketHeaders: readonly Header[] = [
  {
    include: "sys/socket.h",
    on: "linux",
    constants: {
      ...pick(notify, "AF_NETLINK", "SOCK_RAW", "SOCK_CLOEXEC"),
      ...pick(notify, "SOCK_NONBLOCK"),
      ...pick(option, "SO_PASSCRED", "SO_PEERCRED"),
      ...pick(transfer, "MSG_NOSIGNAL", "MSG_CMSG_CLOEXEC"),
      ...pick(message, "SCM_CREDENTIALS"),
    },
    structs: { "struct ucred": un.UCRED },
  },
  {
    include: "sys/socket.h",
    on: "darwin",
    constants: pick(option, "SO_NOSIGPIPE"),
  },
  {
    include: "sys/socket.h",
    constants: {
      ...pick(socket, "AF_UNIX", "AF_INET", "AF_INET6", "SOCK_STREAM"),
      ...pick(socket, "SOCK_DGRAM", "SOCK_SEQPACKET", "SHUT_RD", "SHUT_WR"),
      ...pick(socket, "SHUT_RDWR"),
      ...pick(option, "SOL_SOCKET", "SO_REUSEADDR", "SO_TYPE", "SO_ERROR"),
      ...pick(option, "SO_BROADCAST", "SO_SNDBUF", "SO_RCVBUF"),
      ...pick(option, "SO_KEEPALIVE", "SO_REUSEPORT", "SO_ACCEPTCONN"),
      ...pick(transfer, "MSG_CTRUNC", "MSG_TRUNC"),
      ...pick(transfer, "MSG_DONTWAIT"),
      ...pick(message, "SCM_RIGHTS"),
    },
    structs: {
      "struct msghdr": message.MSGHDR,
      "struct iovec": message.IOVEC,
      "struct cmsghdr": message.CMSGHDR,
    },
  },
  {
    include: "netinet/in.h",
    constants: pick(
      inet,
      "IPPROTO_IP",
      "IPPROTO_TCP",
      "IPPROTO_IPV6",
      "IPV6_V6ONLY",
    ),
    structs: {
      "struct sockaddr_in": inet.SOCKADDR_IN,
      "struct sockaddr_in6": inet.SOCKADDR_IN6,
    },
  },
  {
    include: "netinet/in.h",
    constants: {
      ...pick(group, "IP_TTL", "IP_MULTICAST_IF", "IP_MULTICAST_TTL"),
      ...pick(group, "IP_MULTICAST_LOOP", "IP_ADD_MEMBERSHIP"),
      ...pick(group, "IP_DROP_MEMBERSHIP", "IPV6_UNICAST_HOPS"),
      ...pick(group, "IPV6_MULTICAST_IF", "IPV6_MULTICAST_HOPS"),
      ...pick(group, "IPV6_MULTICAST_LOOP", "IPV6_JOIN_GROUP"),
      ...pick(group, "IPV6_LEAVE_GROUP"),
    },
    structs: {
      "struct ip_mreq": group.IP_MREQ,
      "struct ipv6_mreq": group.IPV6_MREQ,
    },
  },
  {
    include: "netinet/in.h",
    on: "linux",
    constants: pick(group, "IP_MULTICAST_ALL", "IPV6_MULTICAST_ALL"),
  },
  {
    include: "netdb.h",
    constants: pick(netdb, "EAI_NONAME", "EAI_NODATA"),
    structs: { "struct addrinfo": netdb.ADDRINFO },
  },
  { include: "netinet/tcp.h", constants: pick(inet, "TCP_NODELAY") },
  { include: "sys/un.h", structs: { "struct sockaddr_un": un.SOCKADDR_UN } },
  {
    include: "sys/un.h",
    on: "darwin",
    constants: pick(option, "SOL_LOCAL", "LOCAL_PEERCRED", "LOCAL_PEERPID"),
  },
  {
    include: "sys/ucred.h",
    on: "darwin",
    constants: pick(un, "XUCRED_VERSION"),
    structs: { "struct xucred": un.XUCRED },
  },
];
