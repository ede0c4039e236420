/** Steps of a loop that ends with `null`, or with the reader. */
export class Steps<T> implements AsyncIterableIterator<T, void, void> {
  readonly #next: () => Promise<T | null>;
  readonly #isClosed: () => boolean;
  #isOver = false;

  constructor(next: () => Promise<T | null>, isClosed: () => boolean) {
    this.#next = next;
    this.#isClosed = isClosed;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (!this.#isOver && !this.#isClosed()) {
      try {
        const value = await this.#next();
        if (value !== null) return { done: false, value };
      } catch (error) {
        if (!this.#isClosed()) {
          this.#isOver = true;
          throw error;
        }
      }
    }
    this.#isOver = true;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#isOver = true;
    return Promise.resolve({ done: true, value: undefined });
  }
}
