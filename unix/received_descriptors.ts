import type { Credentials } from "./credentials.ts";
import type { OwnedDescriptor } from "./owned_descriptor.ts";

/**
 * What came in one message: bytes, descriptors, and who sent it. The
 * descriptors are close-on-exec, and belong to this process: take them, or
 * close this, which closes those that nobody has taken.
 *
 * @see {@link https://man7.org/linux/man-pages/man7/unix.7.html | unix(7)}
 */
export class ReceivedDescriptors
  implements Iterable<OwnedDescriptor>, Disposable {
  /** How many bytes were put into the buffer; `null` at the end. */
  readonly size: number | null;
  /** The descriptors, in the order in which they were sent. */
  readonly descriptors: readonly OwnedDescriptor[];
  /** Where the sender of a datagram is bound; `null` if it is not. */
  readonly address: string | null;
  /**
   * Who sent it, if the socket was opened with `credentials`: Linux only. The
   * system has checked it.
   */
  readonly credentials: Credentials | undefined;

  /**
   * Made by what receives.
   *
   * @ignore
   */
  constructor(
    size: number | null,
    descriptors: readonly OwnedDescriptor[],
    address: string | null,
    credentials?: Credentials,
  ) {
    this.size = size;
    this.descriptors = descriptors;
    this.address = address;
    this.credentials = credentials;
  }

  /**
   * Gives one of the descriptors away.
   *
   * @param index Which, from 0.
   * @returns The descriptor, which is the caller's from now on.
   * @throws {RangeError} If there are not so many.
   * @throws {Deno.errors.BadResource} If it is closed, or was taken.
   */
  take(index = 0): number {
    const descriptor = this.descriptors[index];
    if (descriptor !== undefined) return descriptor.take();
    throw new RangeError(
      `Cannot take descriptor ${index}: the message carried ${this.descriptors.length}`,
    );
  }

  /** The descriptors, in the order in which they were sent. */
  [Symbol.iterator](): Iterator<OwnedDescriptor> {
    return this.descriptors[Symbol.iterator]();
  }

  /** Closes the descriptors that nobody has taken. */
  close(): void {
    for (const descriptor of this.descriptors) descriptor.close();
  }

  /** Closes the descriptors that nobody has taken. */
  [Symbol.dispose](): void {
    this.close();
  }
}
