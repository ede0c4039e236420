/**
 * Threads by a number of 30 bits that fits into a word of shared memory, and
 * whether the thread with a number lives: for whatever has to be given up when
 * its owner dies.
 *
 * On Linux the number has the thread's own in bits 0 to 21, which hold every
 * thread number there is (`PID_MAX_LIMIT` is 2²²), and a mark in bits 22 to
 * 29: 1 + (the time it was started, in the ticks of `/proc`, modulo 255), or 0
 * if there is no `/proc` of this pid namespace to ask. A thread of the same
 * number that was started later has another mark, save one in 255. On macOS
 * the number has the process's own, and a mark of the thread's, so that the
 * death of a thread in a process that lives on goes unnoticed.
 *
 * Numbers mean the same to processes of one {@linkcode threadNamespace} only.
 *
 * @see {@link https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html | proc_pid_stat(5)}
 * @see {@link https://man7.org/linux/man-pages/man7/pid_namespaces.7.html | pid_namespaces(7)}
 */

import { Errno } from "./errno.ts";
import { O_RDONLY, open } from "./fcntl.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { errno, library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import { fstat } from "./stat.ts";
import { tryRead } from "./unistd.ts";

const libthread = library({
  gettid: { name: "gettid", parameters: [], result: "i32" }, // pid_t gettid(void)
  kill: { parameters: ["i32", "i32"], result: "i32" }, // int kill(pid_t, int)
  pthread_threadid_np: { parameters: ["pointer", "buffer"], result: "i32" }, // int pthread_threadid_np(pthread_t, uint64_t *)
});

/** The bits of a thread's own number. */
const NUMBER_BITS = 22;
const NUMBER_MASK = (1 << NUMBER_BITS) - 1;
/** How many marks there are besides 0. */
const MARKS = 255;

/** All bits of a thread's number. */
export const THREAD_ID_MASK = 0x3fff_ffff;

let own = 0;

/**
 * The number of this thread, never 0.
 *
 * @returns The number, of 30 bits.
 */
export function currentThreadId(): number {
  return own ||= perPlatform({ linux: linuxId, darwin: darwinId })();
}

function linuxId(): number {
  const number = libthread.gettid()();
  return number | (markOf(number) ?? 0) << NUMBER_BITS;
}

function darwinId(): number {
  const id = new BigUint64Array(1);
  libthread.pthread_threadid_np()(null, id);
  return Deno.pid | (1 + Number(id[0]! % BigInt(MARKS))) << NUMBER_BITS;
}

/**
 * Whether a thread may be alive, by its number alone: one call of the system,
 * which sees a process that has ended only once its parent has, and not that
 * a number was given to another thread.
 *
 * @param id The number, as {@linkcode currentThreadId} returns it.
 * @returns Whether it may be.
 */
export function mayBeAlive(id: number): boolean {
  const number = id & NUMBER_MASK;
  // kill(2) takes the number of any thread; 0 would be this process's group.
  return number !== 0 &&
    (libthread.kill()(number, 0) === 0 || errno[0] !== Errno.ESRCH);
}

/**
 * Whether a thread is alive: the same, and a look at its state and at the time
 * it was started, which takes some 30 microseconds.
 *
 * @param id The number, as {@linkcode currentThreadId} returns it.
 * @returns Whether it is. Where the system does not tell, it counts as alive.
 */
export function isAlive(id: number): boolean {
  if (!mayBeAlive(id)) return false;
  const mark = perPlatform({ linux: markOf, darwin: markUnknown })(
    id & NUMBER_MASK,
  );
  if (mark === undefined) return true;
  const expected = id >>> NUMBER_BITS & MARKS;
  return mark !== 0 && (expected === 0 || mark === expected);
}

function markUnknown(): undefined {
  return undefined;
}

const decoder = new TextDecoder();
/** A line of `stat`: the name may have anything in it, `)` too. */
const STAT = /^\d+ \(.*\) (?<state>\S)(?: \S+){18} (?<startTime>\d+) /s;
/** The states of a thread that has ended: a zombie, or about to be gone. */
const ENDED = /[ZXx]/;

let hasOwnProc: boolean | undefined;

/**
 * Whether `/proc` is that of this pid namespace. One that was mounted in
 * another has other numbers: there, this process has more than one.
 */
function isProcOurs(): boolean {
  return hasOwnProc ??= /^NSpid:\t\d+$/m.test(read("/proc/self/status", 4096));
}

function read(path: string, size: number): string {
  using file = new FileDescriptor(open(path, O_RDONLY, path));
  const bytes = new Uint8Array(size);
  return decoder.decode(bytes.subarray(0, tryRead(file.fd, bytes)));
}

/** The mark of a thread; 0 if it has ended, `undefined` if nobody tells. */
function markOf(number: number): number | undefined {
  try {
    if (!isProcOurs()) return undefined;
    // Not the shorter path: emulators answer that one by themselves.
    const line = read(`/proc/${number}/task/${number}/stat`, 1024);
    const { state, startTime } = STAT.exec(line)!.groups!;
    if (ENDED.test(state!)) return 0;
    return 1 + Number(BigInt(startTime!) % BigInt(MARKS));
  } catch {
    return undefined; // It is gone, or hidden.
  }
}

let namespace: number | undefined;

/**
 * Within what the numbers of threads, and the times they were started, mean
 * the same: the process's pid namespace and its time namespace. The inode
 * numbers of `/proc/self/ns/pid` and, times 31, of `/proc/self/ns/time` are
 * added up, as 32 bits; one that is not there counts as 0.
 *
 * @returns The number, of 32 bits with a sign.
 */
export function threadNamespace(): number {
  return namespace ??= perPlatform({
    linux: () => (inode("pid") + 31 * inode("time")) | 0,
    darwin: () => 0,
  })();
}

function inode(kind: string): number {
  try {
    const path = `/proc/self/ns/${kind}`;
    using file = new FileDescriptor(open(path, O_RDONLY, path));
    return fstat(file.fd).ino;
  } catch {
    return 0;
  }
}
