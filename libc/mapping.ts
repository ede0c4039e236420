/** One owner for one mapping. */

import { mmap, munmap } from "./mman.ts";

/** Owns mapped memory, and the buffer that shows it. */
export class Mapping {
  readonly #pointer: Deno.PointerObject;
  readonly #buffer: ArrayBuffer;
  readonly #size: number;
  #mapped = true;

  /**
   * Maps bytes of a descriptor.
   *
   * @param fd The descriptor.
   * @param size How many bytes.
   * @param writable Whether what is written reaches the object. If not, the
   * mapping is private: a write changes a copy of the page, and no process
   * crashes for it, as it would on a page that refuses to be written.
   * @param offset Where the first of them is, in bytes.
   */
  constructor(fd: number, size: number, writable: boolean, offset = 0) {
    this.#pointer = mmap(fd, size, writable, offset);
    this.#buffer = Deno.UnsafePointerView.getArrayBuffer(this.#pointer, size);
    this.#size = size;
  }

  /** The memory. It has no bytes once it is unmapped. */
  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  /** Where the memory is, for structs that C reads. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.#pointer);
  }

  /** How many bytes there are. */
  get byteLength(): number {
    return this.#size;
  }

  /**
   * Unmaps the memory; doing so again does nothing.
   *
   * The buffer is detached first, so that views which are kept have no bytes
   * and reach nothing. If somebody has moved the bytes elsewhere, with
   * `buffer.transfer()` or by posting them to a worker, they may be in use
   * there, out of reach: then the memory stays mapped until the process ends.
   */
  unmap(): void {
    if (!this.#mapped) return;
    this.#mapped = false;
    if (this.#buffer.detached) return;
    this.#buffer.transfer();
    munmap(this.#pointer, this.#size);
  }

  /** Unmaps the memory. */
  [Symbol.dispose](): void {
    this.unmap();
  }
}
