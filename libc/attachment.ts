/** One owner for one attachment of System V shared memory. */

import {
  type SegmentData,
  SHM_RDONLY,
  shmAttach,
  shmDetach,
  shmStat,
} from "./shm.ts";

/** Owns attached memory, and the buffer that shows it. */
export class Attachment {
  readonly #pointer: Deno.PointerObject;
  readonly #buffer: ArrayBuffer;
  /** What was known of the memory when it was attached. */
  readonly data: SegmentData;
  #attached = true;

  private constructor(pointer: Deno.PointerObject, data: SegmentData) {
    this.#pointer = pointer;
    this.#buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, data.size);
    this.data = data;
  }

  /**
   * Attaches memory, and then asks how large it is: the id is this memory's as
   * long as it is attached, and could have been that of other memory before.
   *
   * @param id The memory.
   * @param writable Whether it may be written. If not, whoever writes to the
   * buffer is killed by the system: keep it from everybody, and read. There is
   * no private attachment, as there are private mappings.
   * @returns The attachment, or the error number.
   */
  static attach(id: number, writable: boolean): Attachment | number {
    const pointer = shmAttach(id, writable ? 0 : SHM_RDONLY);
    if (typeof pointer === "number") return pointer;
    const data = shmStat(id);
    if (typeof data === "object") return new Attachment(pointer, data);
    shmDetach(pointer);
    return data;
  }

  /** The memory. It has no bytes once it is detached. */
  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  /**
   * Detaches the memory; doing so again does nothing.
   *
   * The buffer is detached first, so that views which are kept have no bytes
   * and reach nothing. If somebody has moved the bytes elsewhere, with
   * `buffer.transfer()` or by posting them to a worker, they may be in use
   * there, out of reach: then the memory stays attached until the process
   * ends.
   */
  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    if (this.#buffer.detached) return;
    this.#buffer.transfer();
    shmDetach(this.#pointer);
  }
}
