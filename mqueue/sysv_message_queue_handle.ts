import { checkInteger } from "@ipc/libc";
import {
  checkPermissions,
  momentOf,
  msgRemove,
  msgSet,
  msgStat,
  sysvFailure,
} from "@ipc/libc/queues";
import type { MessageQueueData } from "@ipc/libc/queues";
import { copyMessage } from "./_sysv_copy.ts";
import { describeQueue } from "./_sysv_queue.ts";
import { limits } from "./limits.ts";
import type {
  ReceivedSysvMessage,
  SysvMessageQueueChanges,
  SysvMessageQueueStat,
} from "./sysv_message.ts";

/**
 * What can be done with a System V message queue besides sending and
 * receiving: the part of {@linkcode SysvMessageQueue} that is about the queue
 * and not about its messages.
 */
export abstract class SysvMessageQueueHandle {
  /** The id, by which every process can reach it. */
  readonly id: number;
  /**
   * The key, as C has it, with a sign: 0 for a private queue, or `undefined`
   * for one that came as an id and that this process may not read.
   */
  readonly key: number | undefined;
  /** Whether opening it created it. */
  readonly created: boolean;
  #isClosed = false;

  /**
   * Use {@linkcode openSysvMessageQueue}.
   *
   * @ignore
   */
  constructor(id: number, key: number | undefined, created: boolean) {
    this.id = id;
    this.key = key;
    this.created = created;
  }

  /**
   * Asks the system about the queue.
   *
   * `msgctl(2)` with `IPC_STAT`.
   *
   * @returns What it knows.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   *
   * @example Usage
   * ```ts
   * import { openSysvMessageQueue } from "@ipc/mqueue";
   * import { assertEquals } from "@std/assert";
   *
   * using queue = openSysvMessageQueue(null);
   * queue.sendSync(new Uint8Array(5));
   * const { currentMessages, currentSize, lastSendPid } = queue.stat();
   * assertEquals([currentMessages, currentSize], [1, 5]);
   * assertEquals(lastSendPid, Deno.pid);
   * queue.remove();
   * ```
   */
  stat(): SysvMessageQueueStat {
    this.checkOpen();
    const data = msgStat(this.id);
    if (typeof data === "number") {
      const action = `ask about ${this.what}`;
      throw sysvFailure(data, "msgctl", action, "to read");
    }
    return { id: this.id, ...statOf(data) };
  }

  /**
   * Changes owner, permissions or size of the queue, and nothing that is not
   * given. Messages that are in it stay, even if they have more bytes than a
   * smaller size allows.
   *
   * `msgctl(2)` with `IPC_STAT` and `IPC_SET`.
   *
   * @param changes What to change.
   * @throws {RangeError} If a number is out of range, or the system takes
   * less than `maxSize`, as macOS does above 2048 bytes.
   * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
   * creator or root, or only root may set so large a size.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it was removed.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  set(changes: SysvMessageQueueChanges): void {
    this.checkOpen();
    const { uid, gid, mode, maxSize } = changes;
    checkPermissions(changes);
    if (maxSize !== undefined) checkInteger(maxSize, "maxSize", 1);
    const number = msgSet(this.id, { uid, gid, mode, maxBytes: maxSize });
    const action = `change ${this.what}`;
    if (number !== 0) {
      const reason = sysvFailure(number, "msgctl", action, "to read");
      if (maxSize !== undefined) this.#explainSize(reason, maxSize);
      throw reason;
    }
    if (maxSize !== undefined) this.#checkSize(action, maxSize);
  }

  #explainSize(error: Error, maxSize: number): void {
    const most = limits().sysv?.maxQueueBytes;
    if (most === undefined || maxSize <= most) return;
    error.message += `; for a maxSize of ${maxSize}, which is above ` +
      `kernel.msgmnb, ${most}, it takes root`;
  }

  /** macOS cuts the size to its limit, and says nothing. */
  #checkSize(action: string, maxSize: number): void {
    const data = msgStat(this.id);
    if (typeof data === "number" || data.maxBytes >= maxSize) return;
    throw new RangeError(
      `Cannot ${action} to hold ${maxSize} bytes: the system takes ` +
        `${data.maxBytes} at most`,
    );
  }

  /**
   * Looks at a message, and leaves it in the queue.
   *
   * `msgrcv(2)` with `MSG_COPY`: Linux only, and only if the kernel was built
   * with `CONFIG_CHECKPOINT_RESTORE`. Others may receive the message or those
   * before it at any moment.
   *
   * @param index Which one, from 0, in the order in which they were sent.
   * @returns A copy and its type, or `undefined` if there are fewer messages.
   * @throws {Deno.errors.NotSupported} If the system cannot.
   * @throws {RangeError} If the index is not a whole number from 0.
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it was removed.
   * @throws {Deno.errors.PermissionDenied} If its mode forbids to read.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  peek(index: number = 0): ReceivedSysvMessage | undefined {
    this.checkOpen();
    checkInteger(index, "index", 0);
    return copyMessage(this.id, index, `look into ${this.what}`);
  }

  /**
   * Removes the queue and all its messages, at once and for everybody: who
   * waits for it anywhere gets an error. It works after `close`.
   *
   * `msgctl(2)` with `IPC_RMID`.
   *
   * @throws {Deno.errors.NotFound} With code `EIDRM` if it was removed before.
   * @throws {Deno.errors.PermissionDenied} If this user is not its owner,
   * creator or root.
   */
  remove(): void {
    const number = msgRemove(this.id);
    if (number !== 0) {
      throw sysvFailure(number, "msgctl", `remove ${this.what}`, "to write");
    }
  }

  /**
   * Ends the use of this object; waits that are pending reject with
   * `Deno.errors.BadResource`. The queue and its messages stay until it is
   * removed. Doing so again does nothing.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stop();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Ends what waits for messages.
   *
   * @ignore
   */
  protected abstract stop(): void;

  /**
   * What it is called in messages.
   *
   * @ignore
   */
  protected get what(): string {
    return describeQueue(this.id, this.key);
  }

  /**
   * Whether it is closed.
   *
   * @ignore
   */
  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Refuses to go on if it is closed.
   *
   * @ignore
   */
  protected checkOpen(): void {
    if (!this.#isClosed) return;
    throw new Deno.errors.BadResource(`Cannot use ${this.what}: it is closed`);
  }
}

function statOf(data: MessageQueueData): Omit<SysvMessageQueueStat, "id"> {
  return {
    ...data.permissions,
    maxSize: data.maxBytes,
    currentMessages: data.messages,
    currentSize: data.bytes,
    lastSendTime: momentOf(data.sendTime),
    lastReceiveTime: momentOf(data.receiveTime),
    lastChangeTime: momentOf(data.changeTime),
    lastSendPid: data.sendPid || null,
    lastReceivePid: data.receivePid || null,
  };
}
