/**
 * What C does with POSIX queues, call for call, from JavaScript: the least
 * that a library over FFI can cost.
 */

import { numberOption, option } from "./peer.ts";
import { errno, goOn, isFirst, libcName, spins } from "./raw_calls.ts";

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NONBLOCK = 0o4000;
const POLLIN = 1;
const POLLOUT = 4;
const EINTR = 4;
const EAGAIN = 11;

const { mq_open, mq_receive, mq_send, mq_unlink, poll } = Deno.dlopen(
  libcName,
  {
    // Variadic in C. Linux passes such arguments as it passes fixed ones.
    mq_open: { parameters: ["buffer", "i32", "u32", "buffer"], result: "i32" }, // mqd_t mq_open(const char *, int, mode_t, struct mq_attr *)
    mq_receive: {
      parameters: ["i32", "buffer", "usize", "buffer"],
      result: "i32",
    }, // ssize_t mq_receive(mqd_t, char *, size_t, unsigned *)
    mq_send: { parameters: ["i32", "buffer", "usize", "u32"], result: "i32" }, // int mq_send(mqd_t, const char *, size_t, unsigned)
    mq_unlink: { parameters: ["buffer"], result: "i32" }, // int mq_unlink(const char *)
    poll: { parameters: ["buffer", "u32", "i32"], result: "i32" }, // int poll(struct pollfd *, nfds_t, int)
  },
).symbols;

const size = numberOption("size", 64);
const sizeOfMessage = BigInt(size);
const priority = new Uint32Array(1);
const watched = new Int32Array(2);

/** One message. */
export const own: Uint8Array<ArrayBuffer> = new Uint8Array(size);

/** A queue of ten messages, which one side creates. */
export class RawQueue {
  readonly #name: Uint8Array<ArrayBuffer>;
  readonly #fd: number;

  constructor(suffix: string) {
    const name = `/${option("name")}_${suffix}\0`;
    this.#name = new TextEncoder().encode(name);
    const attributes = new BigInt64Array([0n, 10n, sizeOfMessage, 0n, 0n]);
    const flags = O_RDWR | (isFirst ? O_CREAT | O_EXCL : 0) |
      (spins ? O_NONBLOCK : 0);
    this.#fd = mq_open(this.#name, flags, 0o600, attributes);
    if (this.#fd === -1) throw new Error(`Cannot open ${name}`);
  }

  readonly #trySend = () => {
    const result = mq_send(this.#fd, own, sizeOfMessage, 0);
    if (result === -1) check("send");
    return result;
  };

  readonly #tryReceive = () => {
    const result = mq_receive(this.#fd, own, sizeOfMessage, priority);
    if (result === -1) check("receive");
    return result;
  };

  #poll(event: number): void {
    if (!spins) return;
    watched[0] = this.#fd;
    watched[1] = event;
    poll(watched, 1, -1);
  }

  readonly #sleepToSend = () => (this.#poll(POLLOUT), this.#trySend());
  readonly #sleepToReceive = () => (this.#poll(POLLIN), this.#tryReceive());

  /** Sends the message. */
  send(): void {
    if (this.#trySend() === -1) goOn(this.#trySend, this.#sleepToSend);
  }

  /** Receives the message. */
  receive(): void {
    if (this.#tryReceive() === -1) {
      goOn(this.#tryReceive, this.#sleepToReceive);
    }
  }

  /** Removes its name. */
  unlink(): void {
    mq_unlink(this.#name);
  }
}

/** That it would have to wait, or was interrupted, is no failure. */
function check(what: string): void {
  const number = errno[0];
  if (number !== EAGAIN && number !== EINTR) {
    throw new Error(`Cannot ${what}: errno ${number}`);
  }
}
