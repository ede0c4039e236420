/**
 * Blocking calls on other threads that can be interrupted, although the calls
 * have no timeout, and nobody says on which thread they run.
 *
 * Linux tells what each thread of this process sleeps in: the line in
 * `/proc/self/task/<thread>/syscall` has the arguments of the call, and a call
 * whose second argument is memory of its own is known by them. Its thread gets
 * a signal that does nothing (`signal.ts`), and the call fails with `EINTR`.
 * That takes some 0.2 ms. Where it is impossible there are no such calls, and
 * whoever waits has to look again and again.
 *
 * Deno runs at most 32 calls at a time on other threads, its own work with
 * files among them. So no more than half of those may sleep here.
 *
 * @see {@link https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html | proc_pid_syscall(5)}
 */

import { listFolder } from "./dirent.ts";
import { O_RDONLY, open } from "./fcntl.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import { capabilities } from "./platform.ts";
import { sleepSync } from "./sched.ts";
import { interruptThread, prepareInterrupts } from "./signal.ts";
import { tryRead } from "./unistd.ts";

/** How many threads may sleep at a time. */
export const MOST_SLEEPERS = 16;
/** When to look again for a call that has not begun yet, in milliseconds. */
const RETRY = 1;

const TASKS = "/proc/self/task";
const decoder = new TextDecoder();

/** The calls that have not returned; what they write to stays reachable. */
const calls = new Set<OffThreadCall>();

/** A blocking call on another thread. */
export class OffThreadCall {
  /** What it returned; its error number is lost. */
  readonly result: Promise<number>;
  /** Its second argument, by which it is known. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly #arguments: string;
  #isInterrupted = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes the call.
   *
   * @param first Its first argument.
   * @param memory Its second argument, memory that no other call has.
   * @param start Makes it.
   */
  constructor(
    first: number,
    memory: Uint8Array<ArrayBuffer>,
    start: () => Promise<number>,
  ) {
    this.memory = memory;
    this.#arguments = argumentsOf(first, memory);
    this.result = this.#run(start);
  }

  async #run(start: () => Promise<number>): Promise<number> {
    calls.add(this);
    try {
      return await start();
    } finally {
      calls.delete(this);
      clearTimeout(this.#retry);
    }
  }

  /** Has it return soon, with what it has done by then. */
  interrupt(): void {
    if (this.#isInterrupted) return;
    this.#isInterrupted = true;
    this.#tryInterrupt();
  }

  /**
   * Has it return, and blocks this thread until it is seen to sleep no more.
   *
   * @param milliseconds How long to wait at most for each.
   * @returns Whether it was seen to sleep, and then not.
   */
  interruptSync(milliseconds: number): boolean {
    const end = performance.now() + 2 * milliseconds;
    let thread: number | undefined;
    while (thread === undefined && performance.now() < end - milliseconds) {
      sleepSync(0.05);
      thread = threadIn(this.#arguments);
    }
    if (thread === undefined) return false;
    interruptThread(thread);
    while (performance.now() < end) {
      if (threadIn(this.#arguments) === undefined) return true;
      sleepSync(0.05);
    }
    return false;
  }

  #tryInterrupt(): void {
    // It may not have begun, or be about to return: that is seen next time.
    if (!calls.has(this)) return;
    const thread = threadIn(this.#arguments);
    if (thread !== undefined) interruptThread(thread);
    this.#retry = setTimeout(() => this.#tryInterrupt(), RETRY);
  }
}

/**
 * Whether there is a thread to spare for another call, and calls may be
 * interrupted at all.
 *
 * @returns Whether to make an {@linkcode OffThreadCall}.
 */
function hasSpareThread(): boolean {
  return calls.size < MOST_SLEEPERS && capabilities.interruptibleCalls &&
    prepareInterrupts();
}

/** How long a trial may take, in milliseconds. */
const TRIAL = 100;

let isInterruptible: boolean | undefined;

/**
 * Whether there is a thread to sleep on, and a way to wake it. A call is
 * interrupted, once, to see that it works: some systems do not show the calls
 * of threads, and emulators show others.
 *
 * @param onTrial Hands over a call that sleeps, and ends what it was made
 * for; or does not, if nothing can be made now.
 * @returns Whether a call may be made off-thread now.
 */
export function canSleepOffThread(
  onTrial: (interrupt: (call: OffThreadCall) => void) => void,
): boolean {
  if (!hasSpareThread()) return false;
  if (isInterruptible === undefined) {
    onTrial((call) => isInterruptible = call.interruptSync(TRIAL));
  }
  return isInterruptible === true;
}

/** How a call with these arguments looks: their beginning, in hexadecimal. */
function argumentsOf(first: number, memory: Uint8Array<ArrayBuffer>): string {
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory));
  return ` 0x${first.toString(16)} 0x${address.toString(16)} `;
}

/** The thread that sleeps in a call with these arguments, if one does. */
function threadIn(callArguments: string): number | undefined {
  const bytes = new Uint8Array(256);
  for (const thread of threads()) {
    try {
      const path = `${TASKS}/${thread}/syscall`;
      using file = new FileDescriptor(open(path, O_RDONLY, path));
      const line = decoder.decode(bytes.subarray(0, tryRead(file.fd, bytes)));
      if (line.includes(callArguments)) return Number(thread);
    } catch {
      // The thread is gone.
    }
  }
  return undefined;
}

function threads(): string[] {
  try {
    return listFolder(TASKS);
  } catch {
    return []; // Some sandboxes have no /proc.
  }
}
