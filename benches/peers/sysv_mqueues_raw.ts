/**
 * What C does with System V queues, call for call, from JavaScript: the least
 * that a library over FFI can cost.
 */

import { numberOption } from "./peer.ts";
import { errno, goOn, isFirst, libcName, spins } from "./raw_calls.ts";
import { keyOf } from "./sysv_key.ts";

const isDarwin = Deno.build.os === "darwin";
const IPC_CREAT = 0o1000;
const IPC_EXCL = 0o2000;
const IPC_NOWAIT = 0o4000;
const IPC_RMID = 0;
const EINTR = 4;
const EAGAIN = isDarwin ? 35 : 11;
const ENOMSG = isDarwin ? 91 : 42;

const { msgctl, msgget, msgrcv, msgsnd } = Deno.dlopen(libcName, {
  msgctl: { parameters: ["i32", "i32", "pointer"], result: "i32" }, // int msgctl(int, int, struct msqid_ds *)
  msgget: { parameters: ["i32", "i32"], result: "i32" }, // int msgget(key_t, int)
  msgrcv: {
    parameters: ["i32", "buffer", "usize", "i64", "i32"],
    result: "i32",
  }, // ssize_t msgrcv(int, void *, size_t, long, int)
  msgsnd: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" }, // int msgsnd(int, const void *, size_t, int)
}).symbols;

const size = numberOption("size", 64);
const sizeOfMessage = BigInt(size);
const packet = new Uint8Array(8 + 8192);
const sizeOfPacket = BigInt(packet.byteLength - 8);
const flags = spins ? IPC_NOWAIT : 0;

/** One message. */
export const own: Uint8Array<ArrayBuffer> = packet.subarray(8, 8 + size);

/** A queue, which one side creates. */
export class RawQueue {
  readonly #id: number;

  constructor(suffix: string) {
    packet[0] = 1;
    const create = isFirst ? IPC_CREAT | IPC_EXCL : 0;
    this.#id = msgget(keyOf(suffix), 0o600 | create);
    if (this.#id === -1) throw new Error(`Cannot open ${suffix}`);
  }

  #send(flags: number): number {
    const result = msgsnd(this.#id, packet, sizeOfMessage, flags);
    if (result === -1) check("send");
    return result;
  }

  #receive(flags: number): number {
    const result = msgrcv(this.#id, packet, sizeOfPacket, 0n, flags);
    if (result === -1) check("receive");
    return result;
  }

  readonly #trySend = () => this.#send(IPC_NOWAIT);
  readonly #sleepToSend = () => this.#send(0);
  readonly #tryReceive = () => this.#receive(IPC_NOWAIT);
  readonly #sleepToReceive = () => this.#receive(0);

  /** Sends the message. */
  send(): void {
    if (this.#send(flags) === -1) goOn(this.#trySend, this.#sleepToSend);
  }

  /** Receives the message. */
  receive(): void {
    if (this.#receive(flags) === -1) {
      goOn(this.#tryReceive, this.#sleepToReceive);
    }
  }

  /** Removes it, and the messages in it. */
  remove(): void {
    msgctl(this.#id, IPC_RMID, null);
  }
}

/** That it would have to wait, or was interrupted, is no failure. */
function check(what: string): void {
  const number = errno[0];
  if (number !== EAGAIN && number !== ENOMSG && number !== EINTR) {
    throw new Error(`Cannot ${what}: errno ${number}`);
  }
}
