/**
 * `mq_notify(3)`: to be told when a message comes to an empty queue, by a
 * descriptor instead of a signal or a thread.
 *
 * The kernel offers a signal, or to send 32 bytes of the caller's choice to a
 * netlink socket. C libraries read that socket on a thread of their own, for
 * `SIGEV_THREAD`. Here it is the caller's, and can be waited for like any
 * descriptor. That takes the system call itself, which is not in the libc.
 *
 * @see {@link https://github.com/torvalds/linux/blob/master/ipc/mqueue.c | ipc/mqueue.c}
 * @see {@link https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/unix/sysv/linux/mq_notify.c | glibc}
 */

import { Errno } from "./errno.ts";
import { osError } from "./error.ts";
import { errno, library } from "./library.ts";
import { perProcessor } from "./platform.ts";
import { lseek, tryRead, WOULD_BLOCK } from "./unistd.ts";

const { EBUSY } = Errno;

const libnotify = library({
  mq_notify: { parameters: ["i32", "pointer"], result: "i32" }, // int mq_notify(mqd_t, const struct sigevent *)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" }, // int socket(int, int, int)
  // Variadic in C. Linux passes such arguments as it passes fixed ones.
  syscall: { parameters: ["i64", "i64", "buffer"], result: "i32" }, // long syscall(long, ...)
});

/** The number of the system call. */
export const SYS_mq_notify: number = perProcessor({
  x86_64: 244,
  aarch64: 184,
});
/** Asks for a notification by a socket, in the system call. */
export const SIGEV_THREAD = 2;
export const AF_NETLINK = 16;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const SOCK_NONBLOCK = 0o4000;

/** Offsets in `struct sigevent`, in bytes. */
export const SIGEVENT = {
  size: 64,
  sigev_value: 0, // union sigval: the address of the cookie
  sigev_signo: 8, // int: the socket
  sigev_notify: 12, // int
} as const;

/** What the kernel sends: the caller's bytes, the last one changed. */
const COOKIE_SIZE = 32;
/** The last byte: a message came to the empty queue. */
const NOTIFY_WOKENUP = 1;

/**
 * Makes the socket to which notifications are sent. It does not wait.
 *
 * @returns Its descriptor, close-on-exec.
 * @see {@link https://man7.org/linux/man-pages/man7/netlink.7.html | netlink(7)}
 */
export function notificationSocket(): number {
  const type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
  const fd = libnotify.socket()(AF_NETLINK, type, 0);
  if (fd === -1) {
    throw osError(errno[0], "socket", "create a socket for notifications");
  }
  return fd;
}

/** The bytes that the kernel sends back; it tells by the last one why. */
export type Cookie = Uint8Array<ArrayBuffer>;

/** Makes a cookie that nobody else sends. */
export function newCookie(): Cookie {
  const cookie = new Uint8Array(new ArrayBuffer(COOKIE_SIZE));
  return crypto.getRandomValues(cookie);
}

/**
 * Asks to be told once when a message comes to the empty queue.
 *
 * @param fd The queue.
 * @param socket Where to send it.
 * @param cookie What to send.
 * @param what What the queue is called in messages.
 * @see {@link https://man7.org/linux/man-pages/man3/mq_notify.3.html | mq_notify(3)}
 */
export function mqNotify(
  fd: number,
  socket: number,
  cookie: Cookie,
  what: string,
): void {
  const event = new DataView(new ArrayBuffer(SIGEVENT.size));
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(cookie));
  event.setBigUint64(SIGEVENT.sigev_value, address, true);
  event.setInt32(SIGEVENT.sigev_signo, socket, true);
  event.setInt32(SIGEVENT.sigev_notify, SIGEV_THREAD, true);
  const call = libnotify.syscall();
  if (call(BigInt(SYS_mq_notify), BigInt(fd), event) !== 0) {
    const number = errno[0];
    const hint = number === EBUSY ? registrant(fd) : undefined;
    throw osError(
      number,
      "mq_notify",
      `ask for a notification of ${what}`,
      hint,
    );
  }
}

/**
 * Takes the request of this process back.
 *
 * @param fd The queue.
 */
export function mqCancelNotify(fd: number): void {
  if (libnotify.mq_notify()(fd, null) === -1) {
    throw osError(errno[0], "mq_notify", "cancel the notification");
  }
}

/** What came from the kernel. */
export type Notification = "message" | "removed";

/**
 * Reads what came.
 *
 * @param socket The socket.
 * @param cookie What was asked to be sent.
 * @returns A message came to the empty queue, or the request was removed, as
 * it is when this process closes the queue elsewhere; `undefined` if nothing
 * came.
 */
export function readNotification(
  socket: number,
  cookie: Cookie,
): Notification | undefined {
  const bytes = new Uint8Array(COOKIE_SIZE);
  const last = COOKIE_SIZE - 1;
  for (;;) {
    const count = tryRead(socket, bytes);
    if (count === WOULD_BLOCK) return undefined;
    const isOurs = count === COOKIE_SIZE &&
      bytes.every((byte, index) => index === last || byte === cookie[index]);
    if (isOurs) return bytes[last] === NOTIFY_WOKENUP ? "message" : "removed";
  }
}

/** Who has asked for the notification, which a queue tells who reads it. */
function registrant(fd: number): string {
  const rule = "one process at a time may ask";
  try {
    const text = new Uint8Array(256);
    lseek(fd, 0, Deno.SeekMode.Start);
    const count = tryRead(fd, text);
    const [, pid] = /NOTIFY_PID:(\d+)/.exec(
      new TextDecoder().decode(text.subarray(0, count)),
    ) ?? [];
    if (pid === undefined || pid === "0") return rule;
    const who = Number(pid) === Deno.pid ? "this process" : `process ${pid}`;
    return `${rule}, and ${who} has`;
  } catch {
    return rule; // it is open for sending only
  }
}
