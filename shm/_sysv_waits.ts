import { capabilities, Errno, TurnsBefore } from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import {
  IPC_NOWAIT,
  MAX_NSEMS,
  SEM_UNDO,
  semOperate,
  semOperateFor,
  semOperateOffThread,
  semValues,
  sysvFailure,
  SysvTransfers,
} from "@ipc/libc/sysv";
import type {
  OffThreadCall,
  SemaphoreOperations,
  SysvTransfer,
} from "@ipc/libc/sysv";
import { operationFailure } from "./_sysv_set.ts";

const { EAGAIN, EINTR } = Errno;

/** The numbers that an operation has in C. */
const WORDS = 3;

/** Operations, and what to call them. */
export interface Operations {
  /** What they do, such as `"acquire"`. */
  readonly verb: string;
  /** As C has them, with the flags they were asked for. */
  readonly words: SemaphoreOperations;
  /** The same, none of which waits. */
  readonly eager: SemaphoreOperations;
  /** How many of them may not wait. */
  readonly noWaits: number;
}

/** Where one operation is put that needs no wait, so that none is made. */
export function emptyOperation(): SemaphoreOperations {
  return new Int16Array(new ArrayBuffer(2 * WORDS));
}

/**
 * Makes operations of what C has.
 *
 * @param verb What they do.
 * @param words As C has them.
 * @returns The operations.
 */
export function operations(
  verb: string,
  words: ArrayLike<number>,
): Operations {
  let noWaits = 0;
  const own = new Int16Array(new ArrayBuffer(2 * words.length));
  own.set(words);
  const eager = new Int16Array(new ArrayBuffer(2 * words.length));
  eager.set(words);
  for (let i = WORDS - 1; i < words.length; i += WORDS) {
    if ((own[i]! & IPC_NOWAIT) !== 0) noWaits++;
    eager[i]! |= IPC_NOWAIT;
  }
  return { verb, words: own, eager, noWaits };
}

/** The flags of an operation. */
export function flagsOf(undo: boolean, noWait: boolean): number {
  return (undo ? SEM_UNDO : 0) | (noWait ? IPC_NOWAIT : 0);
}

/** The operations on one set, and the waits for them. */
export class SysvWaits implements SysvTransfer<Operations, true> {
  readonly transfers: SysvTransfers<Operations, true>;
  readonly turns: TurnsBefore = new TurnsBefore();
  readonly #id: number;
  readonly #what: string;
  readonly #nsems: number | undefined;

  /**
   * @param id The set.
   * @param what What it is called in messages.
   * @param nsems How many semaphores it has, if that is known.
   * @param wait How to wait.
   */
  constructor(
    id: number,
    what: string,
    nsems: number | undefined,
    wait: WaitStrategy,
  ) {
    this.#id = id;
    this.#what = what;
    this.#nsems = nsems;
    this.transfers = new SysvTransfers<Operations, true>(this, wait, false);
  }

  /** Says what operations do. */
  describe(subject: Operations | undefined): string {
    return `${subject?.verb ?? "use"} ${this.#what}`;
  }

  /**
   * Tries one operation that is in place.
   *
   * @param operation It, with `IPC_NOWAIT`.
   * @param verb What it does, for messages.
   * @returns Whether it is done.
   */
  tryOne(operation: SemaphoreOperations, verb: string): boolean {
    for (;;) {
      const number = semOperate(this.#id, operation, 1);
      if (number === 0) return true;
      if (number === EAGAIN) return false;
      if (number !== EINTR) throw this.#failure(number, verb, operation);
    }
  }

  /** Tries them. */
  attempt(subject: Operations): true | undefined {
    const { eager, noWaits } = subject;
    const number = semOperate(this.#id, eager, eager.length / WORDS);
    if (number === 0) return true;
    if (number === EAGAIN && noWaits > 0) this.#checkWaits(subject);
    if (number === EAGAIN || number === EINTR) return undefined;
    throw this.#failure(number, subject.verb, eager);
  }

  /** Makes them, and sleeps until that is possible. */
  block(subject: Operations): true | undefined {
    const { words } = subject;
    const count = words.length / WORDS;
    return this.#blocked(subject, semOperate(this.#id, words, count));
  }

  /** The same, however often it is interrupted. */
  blockUntilDone(subject: Operations): void {
    while (this.block(subject) === undefined);
  }

  /** The same for some time at most, where there is such a call. */
  get blockFor():
    | ((subject: Operations, milliseconds: number) => true | undefined)
    | undefined {
    return capabilities.timedSemop ? this.#blockFor : undefined;
  }

  #blockFor(subject: Operations, milliseconds: number): true | undefined {
    const { words } = subject;
    const count = words.length / WORDS;
    const number = semOperateFor(this.#id, words, count, milliseconds);
    return this.#blocked(subject, number);
  }

  #blocked(subject: Operations, number: number): true | undefined {
    if (number === 0) return true;
    // One that may not wait has come to its turn, or the time is over.
    if (number === EAGAIN || number === EINTR) {
      return number === EAGAIN ? this.attempt(subject) : undefined;
    }
    throw this.#failure(number, subject.verb, subject.words);
  }

  /** Nothing that was checked waits for ever. */
  refuse(): void {}

  /** It is its own already. */
  keep(subject: Operations): Operations {
    return subject;
  }

  /**
   * The same operations are made in one order. Others are not held up by
   * them, as in the kernel: they may be what is waited for.
   */
  lane({ words }: Operations): string {
    return words.join();
  }

  /** Has another thread make them. */
  sleep({ words }: Operations): OffThreadCall | undefined {
    return semOperateOffThread(this.#id, words);
  }

  /** The other thread has made them. */
  outcome(): true {
    return true;
  }

  /**
   * Refuses to wait if the first operation that cannot be made may not wait.
   * The system does not say which one it was, so the values are looked at:
   * what they are now is what the operations meet now.
   */
  #checkWaits(subject: Operations): void {
    const { words, noWaits } = subject;
    if (noWaits * WORDS === words.length) throw this.#wouldBlock(subject);
    const values = semValues(this.#id, this.#nsems ?? MAX_NSEMS);
    if (typeof values === "number") {
      const action = this.describe(subject);
      throw sysvFailure(values, "semctl", action, "to read");
    }
    for (let i = 0; i < words.length; i += WORDS) {
      const index = words[i]!;
      const value = values[index]! + words[i + 1]!;
      const isBlocked = words[i + 1] === 0 ? value !== 0 : value < 0;
      if (isBlocked && (words[i + 2]! & IPC_NOWAIT) === 0) return;
      if (isBlocked) throw this.#wouldBlock(subject);
      values[index] = value;
    }
  }

  #wouldBlock(subject: Operations): Error {
    return new Deno.errors.WouldBlock(
      `Cannot ${this.describe(subject)}: an operation that may not wait ` +
        `would have to`,
    );
  }

  #failure(
    number: number,
    verb: string,
    words: SemaphoreOperations,
  ): Error {
    return operationFailure(number, {
      id: this.#id,
      action: `${verb} ${this.#what}`,
      indices: [...words].filter((_, i) => i % WORDS === 0),
    });
  }
}
