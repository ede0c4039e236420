/**
 * The only reader of `Deno.build`: every difference between the systems is a
 * value with two columns, or a capability with a name.
 */

/** One value for each system that the library runs on. */
export interface PlatformColumns<T> {
  /** The value on Linux, from glibc's and the kernel's headers. */
  readonly linux: T;
  /** The value on macOS, from Apple's public headers. */
  readonly darwin: T;
}

/** Whether this is macOS. */
const isDarwin: boolean = Deno.build.os === "darwin";

/** Whether the C library can be bound on this system at all. */
export const isSupported: boolean = isDarwin || Deno.build.os === "linux";

/** The name of this system, for messages. */
export const systemName: string = Deno.build.os;

/**
 * Picks this system's column.
 *
 * On a system that the library does not support, such as Windows, it picks
 * the Linux column: importing must not fail, and every call does.
 *
 * @param columns The value for each system.
 * @returns The value for this one.
 */
export function perPlatform<T>(columns: PlatformColumns<T>): T {
  return isDarwin ? columns.darwin : columns.linux;
}

/**
 * Picks this processor's column, where Linux has more than one layout.
 *
 * @param columns The value for each processor.
 * @returns The value for this one.
 */
export function perProcessor<T>(
  columns: { readonly x86_64: T; readonly aarch64: T },
): T {
  return Deno.build.arch === "aarch64" ? columns.aarch64 : columns.x86_64;
}

/**
 * Whether variadic arguments travel on the stack even where registers are
 * free, which is so on Apple's arm64 and nowhere else.
 *
 * @see {@link https://developer.apple.com/documentation/xcode/writing-arm64-code-for-apple-platforms | Apple}
 */
export const hasStackVariadics: boolean = isDarwin &&
  Deno.build.arch === "aarch64";

/** What this system can do; a missing ability has a way round, or says so. */
export interface Capabilities {
  /** `sem_getvalue(3)` works: macOS has the symbol, and it fails. */
  semaphoreValue: boolean;
  /** `statx(2)` exists, whose layout is the same on every processor. */
  statx: boolean;
  /**
   * `posix_fallocate(3)` exists, which sets a size and reserves the memory in
   * one step. Without it `ftruncate(2)` sets the size and reserves nothing.
   */
  fallocate: boolean;
  /**
   * A named semaphore is a file that `shm_open(3)` can look at: glibc keeps
   * `/name` in `/dev/shm/sem.name`.
   */
  semaphoreFiles: boolean;
  /**
   * `sem_clockwait(3)` or `sem_timedwait(3)` exists. Without them a timed
   * wait polls.
   */
  timedSemaphores: boolean;
  /**
   * `sem_clockwait(3)` is used where libc has it: glibc before 2.30 has not.
   * Without it a timed wait is on the clock that may be set.
   */
  monotonicSemaphores: boolean;
  /**
   * Shared memory can be mapped privately. Without it, memory that is opened
   * for reading only would kill the process that writes to a view of it.
   */
  privateMapping: boolean;
  /** `epoll(7)` exists. Without it, `poll(2)` and a bell take its place. */
  epoll: boolean;
  /**
   * `io_uring(7)` may exist, by which the event loop is told of what it cannot
   * watch itself. Without it, another thread waits for it.
   */
  ioUring: boolean;
  /** `pipe2(2)` exists. Without it, flags are set after `pipe(2)`. */
  pipe2: boolean;
  /** The capacity of a pipe can be read and set. */
  pipeCapacity: boolean;
  /** `mq_open(3)` exists: POSIX message queues. */
  messageQueues: boolean;
  /**
   * A thread that sleeps in a call can be found and interrupted. Without it,
   * async waits for System V queues look again by a timer, and sync waits with
   * a timeout by short naps.
   */
  interruptibleCalls: boolean;
  /** `MSG_COPY` exists, which looks at a message and leaves it. */
  messageCopy: boolean;
  /** `MSG_EXCEPT` exists, which receives what is not of a type. */
  messageExcept: boolean;
  /**
   * A thread can sleep on a word of shared memory: `futex(2)`, and on macOS
   * 14.4 `os_sync_wait_on_address`. Without it, it naps.
   */
  futex: boolean;
  /** `socket(2)` takes `SOCK_CLOEXEC` and `SOCK_NONBLOCK` with the type. */
  socketFlags: boolean;
  /** `accept4(2)` exists, whose sockets are close-on-exec from the start. */
  accept4: boolean;
  /** `MSG_NOSIGNAL` exists. Without it, an option of the socket does that. */
  noSignal: boolean;
  /** `MSG_DONTWAIT` keeps a send from waiting, and not only a receive. */
  dontWaitSends: boolean;
  /** `MSG_CMSG_CLOEXEC` exists: received descriptors are close-on-exec. */
  closeOnReceive: boolean;
  /** A receive that is given `MSG_TRUNC` returns the size of the message. */
  messageSizes: boolean;
  /**
   * A datagram for a Unix socket whose queue is full waits. Without it, it is
   * refused with `ENOBUFS`, and has to be tried again after a while.
   */
  datagramRoom: boolean;
  /** Unix sockets may have abstract names. */
  abstractNames: boolean;
  /** Unix sockets of the type seqpacket exist. */
  seqpacket: boolean;
  /** `SO_PEERCRED` exists. Without it, `LOCAL_PEERCRED` does. */
  peerCredentials: boolean;
  /** `SO_PASSCRED` exists: who sent a message is said with it. */
  messageCredentials: boolean;
  /** A socket can be told not to get what is for the groups of others. */
  multicastAll: boolean;
  /** `fchmod(2)` of a socket sets the mode that its file will have. */
  socketModes: boolean;
  /**
   * `semtimedop(2)` exists. Without it, a sync wait for a System V semaphore
   * that has a timeout is made of short naps.
   */
  timedSemop: boolean;
  /**
   * System V shared memory can be of huge pages (`SHM_HUGETLB`), not reserved
   * (`SHM_NORESERVE`), and kept in memory (`SHM_LOCK`).
   */
  segmentFlags: boolean;
}

/**
 * What this system can do. Only tests change it, to walk on Linux the way
 * round that macOS takes.
 */
export const capabilities: Capabilities = {
  semaphoreValue: !isDarwin,
  statx: !isDarwin,
  fallocate: !isDarwin,
  semaphoreFiles: !isDarwin,
  timedSemaphores: !isDarwin,
  monotonicSemaphores: !isDarwin,
  privateMapping: !isDarwin,
  epoll: !isDarwin,
  ioUring: !isDarwin,
  pipe2: !isDarwin,
  pipeCapacity: !isDarwin,
  messageQueues: !isDarwin,
  interruptibleCalls: !isDarwin,
  messageCopy: !isDarwin,
  messageExcept: !isDarwin,
  futex: true,
  socketFlags: !isDarwin,
  accept4: !isDarwin,
  noSignal: !isDarwin,
  dontWaitSends: !isDarwin,
  closeOnReceive: !isDarwin,
  messageSizes: !isDarwin,
  datagramRoom: !isDarwin,
  abstractNames: !isDarwin,
  seqpacket: !isDarwin,
  peerCredentials: !isDarwin,
  messageCredentials: !isDarwin,
  multicastAll: !isDarwin,
  socketModes: !isDarwin,
  timedSemop: !isDarwin,
  segmentFlags: !isDarwin,
};
