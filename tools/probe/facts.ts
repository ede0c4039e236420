/**
 * What `libc/` holds to be true of the C headers: one entry for each header,
 * whose values are those of the one place in `libc/` where they stand.
 */

import * as epoll from "../../libc/epoll.ts";
import { Errno } from "../../libc/errno.ts";
import { DIRENT64 } from "../../libc/dirent.ts";
import * as fcntl from "../../libc/fcntl.ts";
import * as futex from "../../libc/futex.ts";
import { ITIMERSPEC, SIGEV_THREAD_ID, SIGEVENT } from "../../libc/alarm.ts";
import * as lock from "../../libc/file_lock.ts";
import * as mode from "../../libc/file_mode.ts";
import * as ring from "../../libc/io_uring.ts";
import * as ipc from "../../libc/ipc.ts";
import * as mman from "../../libc/mman.ts";
import * as msg from "../../libc/msg.ts";
import { systemName } from "../../libc/platform.ts";
import * as mqueue from "../../libc/mqueue.ts";
import * as notify from "../../libc/mqueue_notify.ts";
import * as poll from "../../libc/poll.ts";
import * as recordLock from "../../libc/record_lock.ts";
import * as resource from "../../libc/resource.ts";
import * as sem from "../../libc/sem.ts";
import * as semaphore from "../../libc/semaphore.ts";
import * as shm from "../../libc/shm.ts";
import * as signal from "../../libc/signal.ts";
import * as inet from "../../libc/in.ts";
import * as group from "../../libc/in_multicast.ts";
import * as netdb from "../../libc/netdb.ts";
import * as socket from "../../libc/socket.ts";
import * as message from "../../libc/socket_message.ts";
import * as option from "../../libc/socket_option.ts";
import * as transfer from "../../libc/socket_transfer.ts";
import * as stat from "../../libc/stat.ts";
import { STATVFS } from "../../libc/statvfs.ts";
import * as time from "../../libc/time.ts";
import * as un from "../../libc/un.ts";
import * as unistd from "../../libc/unistd.ts";

/** What is held to be true of one header. */
export interface Header {
  /** Its name between angle brackets. */
  include: string;
  /** The only system that has it, or has what follows. */
  on?: "linux" | "darwin";
  /** Values, by the C expression for each; `undefined` is left out. */
  constants?: Readonly<Record<string, number | bigint | undefined>>;
  /** Tables of `size` and of the offset of each field, by C type. */
  structs?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Some constants of a file of `libc/`, which bear the names they have in C. */
function pick<T, const N extends keyof T>(file: T, ...names: N[]): Pick<T, N> {
  return Object.fromEntries(
    names.map((name) => [name, file[name]]),
  ) as Pick<T, N>;
}

/** A table of offsets, with the names that some fields have in C. */
function named<T extends Readonly<Record<string, number>>>(
  offsets: T,
  names: Readonly<Record<string, string>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(offsets).map(([name, at]) => [names[name] ?? name, at]),
  );
}

/** What is held to be true of every header that `libc/` uses. */
export const headers: readonly Header[] = [
  { include: "errno.h", constants: Errno },
  {
    include: "fcntl.h",
    constants: {
      ...pick(fcntl, "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"),
      ...pick(fcntl, "O_CREAT", "O_EXCL", "O_CLOEXEC", "O_NONBLOCK"),
      ...pick(fcntl, "O_NOFOLLOW", "FD_CLOEXEC", "F_GETFD", "F_SETFD"),
      ...pick(fcntl, "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC"),
      ...pick(recordLock, "F_OFD_SETLK", "F_WRLCK", "F_UNLCK", "SEEK_SET"),
    },
    structs: { "struct flock": recordLock.FLOCK },
  },
  {
    include: "fcntl.h",
    on: "linux",
    constants: {
      ...pick(fcntl, "F_SETPIPE_SZ", "F_GETPIPE_SZ"),
      ...pick(stat, "AT_EMPTY_PATH", "AT_SYMLINK_NOFOLLOW", "AT_FDCWD"),
    },
  },
  {
    include: "fcntl.h",
    constants: pick(mode, "AT_FDCWD", "AT_SYMLINK_NOFOLLOW"),
  },
  { include: "sys/file.h", constants: pick(lock, "LOCK_EX", "LOCK_NB") },
  {
    include: "limits.h",
    constants: pick(unistd, "PIPE_BUF"),
  },
  {
    include: "limits.h",
    on: "linux",
    // A slash, and "sem." in the name of the file behind a semaphore.
    constants: {
      "NAME_MAX + 1": mman.SHM_NAME_MAX,
      'NAME_MAX + 1 - (sizeof("sem.") - 1)': semaphore.SEM_NAME_MAX,
    },
  },
  {
    include: "mqueue.h",
    on: "linux",
    structs: { "struct mq_attr": mqueue.MQ_ATTR },
  },
  {
    include: "limits.h",
    on: "linux",
    constants: {
      ...pick(mqueue, "MQ_PRIO_MAX"),
      "1 + NAME_MAX": mqueue.MQ_NAME_MAX,
    },
  },
  {
    include: "poll.h",
    constants: pick(poll, "POLLIN", "POLLOUT", "POLLHUP"),
    structs: { "struct pollfd": poll.POLLFD },
  },
  { include: "poll.h", on: "linux", constants: pick(poll, "POLLRDHUP") },
  {
    include: "semaphore.h",
    constants: {
      ...pick(semaphore, "SEM_VALUE_MAX"),
      "(intptr_t)SEM_FAILED": semaphore.SEM_FAILED,
    },
  },
  {
    include: "semaphore.h",
    on: "linux",
    constants: { "sizeof(sem_t)": semaphore.SEM_SIZE },
  },
  {
    include: "sys/epoll.h",
    on: "linux",
    constants: {
      ...pick(epoll, "EPOLL_CLOEXEC", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL"),
      ...pick(epoll, "EPOLL_CTL_MOD"),
    },
    structs: { "struct epoll_event": epoll.EPOLL_EVENT },
  },
  {
    include: "linux/io_uring.h",
    on: "linux",
    constants: {
      ...pick(ring, "IORING_FEAT_SINGLE_MMAP", "IORING_FEAT_RW_CUR_POS"),
      ...pick(ring, "IORING_OFF_SQES", "IORING_OP_POLL_ADD"),
      ...pick(ring, "IORING_OP_WRITE", "IOSQE_IO_LINK"),
    },
    structs: {
      "struct io_uring_params": ring.IO_URING_PARAMS,
      "struct io_uring_sqe": ring.IO_URING_SQE,
      "struct io_uring_cqe": ring.IO_URING_CQE,
    },
  },
  {
    include: "dirent.h",
    on: "linux",
    structs: { "struct dirent64": DIRENT64 },
  },
  {
    include: "signal.h",
    on: "linux",
    constants: {
      ...pick(signal, "SA_ONSTACK", "SA_RESTART", "SIG_BLOCK", "SIGURG"),
      "(intptr_t)SIG_IGN": signal.SIG_IGN,
      SIGEV_THREAD_ID,
      "sizeof(sigset_t)": signal.SIGSET_SIZE,
    },
    structs: {
      "struct sigaction": signal.SIGACTION,
      "struct sigevent": SIGEVENT,
    },
  },
  {
    include: "sys/ipc.h",
    constants: {
      ...pick(ipc, "IPC_CREAT", "IPC_EXCL", "IPC_NOWAIT", "IPC_PRIVATE"),
      ...pick(ipc, "IPC_RMID", "IPC_SET", "IPC_STAT"),
      "sizeof(key_t)": 4,
    },
  },
  {
    include: "sys/ipc.h",
    on: "linux",
    structs: { "struct ipc_perm": named(ipc.IPC_PERM, { key: "__key" }) },
  },
  {
    include: "sys/ipc.h",
    on: "darwin",
    structs: { "struct ipc_perm": named(ipc.IPC_PERM, { key: "_key" }) },
  },
  {
    include: "sys/msg.h",
    constants: {
      ...pick(msg, "MSG_NOERROR"),
      "sizeof(((struct msgbuf *)0)->mtype)": msg.MTYPE_SIZE,
    },
  },
  {
    include: "sys/msg.h",
    on: "linux",
    constants: pick(msg, "MSG_COPY", "MSG_EXCEPT"),
    structs: {
      "struct msqid_ds": named(msg.MSQID_DS, { msg_cbytes: "__msg_cbytes" }),
    },
  },
  {
    include: "sys/msg.h",
    on: "darwin",
    structs: { "struct msqid_ds": msg.MSQID_DS },
  },
  {
    include: "sys/mman.h",
    constants: {
      ...pick(mman, "PROT_READ", "PROT_WRITE", "MAP_SHARED", "MAP_PRIVATE"),
      ...pick(mman, "MAP_NORESERVE"),
      "(intptr_t)MAP_FAILED": mman.MAP_FAILED,
    },
  },
  {
    include: "signal.h",
    on: "linux",
    constants: pick(notify, "SIGEV_THREAD"),
    structs: { "struct sigevent": notify.SIGEVENT },
  },
  {
    include: "sys/resource.h",
    constants: {
      ...pick(resource, "RLIMIT_NOFILE"),
      "(intptr_t)RLIM_INFINITY": resource.RLIM_INFINITY,
    },
    structs: { "struct rlimit": resource.RLIMIT },
  },
  {
    include: "sys/resource.h",
    on: "linux",
    constants: pick(resource, "RLIMIT_MSGQUEUE"),
  },
  {
    include: "sys/sem.h",
    constants: {
      ...pick(sem, "GETALL", "GETNCNT", "GETPID", "GETVAL", "GETZCNT"),
      ...pick(sem, "SETALL", "SETVAL", "SEM_UNDO"),
    },
    structs: {
      "struct sembuf": sem.SEMBUF,
      "struct semid_ds": sem.SEMID_DS,
    },
  },
  {
    include: "sys/sem.h",
    on: "darwin",
    constants: { MAX_SOPS: sem.SEMOPM },
  },
  {
    include: "sys/shm.h",
    constants: pick(shm, "SHM_RDONLY"),
    structs: { "struct shmid_ds": shm.SHMID_DS },
  },
  {
    include: "sys/shm.h",
    on: "linux",
    constants: {
      ...pick(shm, "SHM_DEST", "SHM_HUGETLB", "SHM_LOCK", "SHM_LOCKED"),
      ...pick(shm, "SHM_NORESERVE", "SHM_UNLOCK"),
    },
  },
  {
    include: "sys/socket.h",
    on: "linux",
    constants: {
      ...pick(notify, "AF_NETLINK", "SOCK_RAW", "SOCK_CLOEXEC"),
      ...pick(notify, "SOCK_NONBLOCK"),
      ...pick(option, "SO_PASSCRED", "SO_PEERCRED", "SO_DOMAIN"),
      ...pick(transfer, "MSG_NOSIGNAL", "MSG_CMSG_CLOEXEC"),
      ...pick(message, "SCM_CREDENTIALS"),
    },
    structs: { "struct ucred": un.UCRED },
  },
  {
    include: "sys/socket.h",
    on: "darwin",
    constants: pick(option, "SO_NOSIGPIPE", "SO_NREAD"),
  },
  {
    include: "sys/socket.h",
    constants: {
      ...pick(socket, "AF_UNIX", "AF_INET", "AF_INET6", "SOCK_STREAM"),
      ...pick(socket, "SOCK_DGRAM", "SOCK_SEQPACKET", "SHUT_RD", "SHUT_WR"),
      ...pick(socket, "SHUT_RDWR", "SOMAXCONN"),
      ...pick(option, "SOL_SOCKET", "SO_REUSEADDR", "SO_TYPE", "SO_ERROR"),
      ...pick(option, "SO_BROADCAST", "SO_SNDBUF", "SO_RCVBUF"),
      ...pick(option, "SO_KEEPALIVE", "SO_REUSEPORT", "SO_ACCEPTCONN"),
      ...pick(transfer, "MSG_PEEK", "MSG_CTRUNC", "MSG_TRUNC", "MSG_EOR"),
      ...pick(transfer, "MSG_DONTWAIT", "MSG_WAITALL"),
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
      "IPPROTO_UDP",
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
    constants: pick(netdb, "EAI_NONAME", "EAI_AGAIN", "EAI_NODATA"),
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
  {
    include: "sys/stat.h",
    constants: {
      ...pick(stat, "S_IFMT", "S_IFLNK", "S_IFIFO", "S_IFREG"),
      ...pick(stat, "S_IFSOCK"),
    },
  },
  {
    include: "sys/stat.h",
    on: "darwin",
    structs: { "struct stat": stat.STAT },
  },
  {
    include: "sys/stat.h",
    on: "linux",
    constants: pick(stat, "STATX_BASIC_STATS"),
    structs: { "struct statx": stat.STATX },
  },
  { include: "sys/statvfs.h", structs: { "struct statvfs": STATVFS } },
  {
    include: "linux/futex.h",
    on: "linux",
    constants: pick(futex, "FUTEX_WAIT", "FUTEX_WAKE"),
  },
  {
    include: "sys/syscall.h",
    on: "linux",
    constants: {
      ...pick(notify, "SYS_mq_notify"),
      ...pick(futex, "SYS_futex"),
      ...pick(ring, "SYS_io_uring_setup", "SYS_io_uring_enter"),
    },
  },
  {
    include: "time.h",
    constants: pick(time, "CLOCK_MONOTONIC", "CLOCK_REALTIME"),
    structs: { "struct timespec": time.TIMESPEC },
  },
  {
    include: "time.h",
    on: "linux",
    structs: { "struct itimerspec": ITIMERSPEC },
  },
  { include: "unistd.h", constants: pick(unistd, "_SC_PAGESIZE") },
];

/** One of the things held to be true. */
export interface Fact {
  /** A C expression. */
  expression: string;
  /** The value it is to have, as 64 bits with a sign. */
  value: number;
}

/** The headers there are on this system. */
export function includes(): string[] {
  return [...new Set(present().map(({ include }) => include))];
}

/** All that is held to be true on this system. */
export function facts(): Fact[] {
  return present().flatMap(({ constants = {}, structs = {} }) => [
    ...Object.entries(constants).map(([expression, value]) => ({
      expression,
      value,
    })),
    ...Object.entries(structs).flatMap(([type, { size, ...offsets }]) => [
      { expression: `sizeof(${type})`, value: size },
      ...Object.entries(offsets).map(([field, value]) => ({
        expression: `offsetof(${type}, ${field})`,
        value,
      })),
    ]),
  ]).flatMap(({ expression, value }) =>
    value === undefined
      ? []
      : [{ expression, value: Number(BigInt.asIntN(64, BigInt(value))) }]
  );
}

function present(): Header[] {
  return headers.filter(({ on }) => on === undefined || on === systemName);
}
