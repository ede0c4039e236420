/** What is held to be true of waiting, signals and time. */

import * as epoll from "../../libc/epoll.ts";
import * as futex from "../../libc/futex.ts";
import { ITIMERSPEC, SIGEV_THREAD_ID, SIGEVENT } from "../../libc/alarm.ts";
import * as ring from "../../libc/io_uring.ts";
import * as notify from "../../libc/mqueue_notify.ts";
import * as poll from "../../libc/poll.ts";
import * as signal from "../../libc/signal.ts";
import * as time from "../../libc/time.ts";
import { pick } from "./header.ts";
import type { Header } from "./header.ts";

/** The headers of waiting, signals and time. */
export const waitHeaders: readonly Header[] = [
  {
    include: "poll.h",
    constants: pick(poll, "POLLIN", "POLLOUT", "POLLHUP"),
    structs: { "struct pollfd": poll.POLLFD },
  },
  { include: "poll.h", on: "linux", constants: pick(poll, "POLLRDHUP") },
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
    include: "signal.h",
    on: "linux",
    constants: pick(notify, "SIGEV_THREAD"),
    structs: { "struct sigevent": notify.SIGEVENT },
  },
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
];
