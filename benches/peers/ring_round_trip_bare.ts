/**
 * What C does with the memory of two rings, access for access, in a loop that
 * has no library, no sleep and no check: the least that JavaScript takes.
 */

import { openSharedMemory, unlinkSharedMemory } from "@ipc/shm";
import {
  answerRoundTrips,
  measureRoundTrips,
  numberOption,
  option,
  ready,
} from "./peer.ts";

const size = numberOption("size", 64);
const capacity = numberOption("capacity", 262_144);
const isFirst = option("role") === "server";
const name = `/${option("name")}_bare`;

/** A lane, as `ring/LAYOUT.md` has it. */
const CONTROL = 256;
const TAIL = 0;
const HEAD = 16;
const RECORD = 8;
const record = (size + RECORD + 7) & ~7;

using memory = openSharedMemory(name, {
  createNew: isFirst,
  size: 2 * (CONTROL + capacity),
});
const own = new Int32Array(size / 4);
const bytes = new Uint8Array(own.buffer);

/** One lane, from one side. */
class Lane {
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  #position = 0;

  constructor(index: number) {
    const { buffer } = memory as { buffer: ArrayBuffer };
    const at = index * (CONTROL + capacity);
    this.#control = new Int32Array(buffer, at, CONTROL / 4);
    this.#words = new Int32Array(buffer, at + CONTROL, capacity / 4);
  }

  send(): void {
    const words = this.#words;
    const at = this.#room() >> 2;
    for (let i = 0; i < own.length; i++) words[at + 2 + i] = own[i]!;
    words[at] = size;
    words[at + 1] = this.#position;
    this.#position = (this.#position + record) | 0;
    Atomics.exchange(this.#control, TAIL, this.#position);
  }

  receive(): void {
    while (Atomics.load(this.#control, TAIL) === this.#position) {
      Atomics.pause();
    }
    const at = this.#room() >> 2;
    const words = this.#words;
    for (let i = 0; i < own.length; i++) own[i] = words[at + 2 + i]!;
    this.#position = (this.#position + record) | 0;
    Atomics.exchange(this.#control, HEAD, this.#position);
  }

  /** Where the next record is; the rest of the lane is left out. */
  #room(): number {
    const at = this.#position & (capacity - 1);
    if (at + record <= capacity) return at;
    this.#position = (this.#position + capacity - at) | 0;
    return 0;
  }
}

const there = new Lane(0);
const back = new Lane(1);

if (isFirst) {
  ready();
  answerRoundTrips(() => {
    there.receive();
    const phase = bytes[0]!;
    back.send();
    return phase;
  });
  unlinkSharedMemory(name);
} else {
  measureRoundTrips((phase) => {
    bytes[0] = phase;
    there.send();
    back.receive();
  });
}
