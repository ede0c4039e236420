import { ViewType } from "./field_type.ts";
import { IntegerType } from "./number_type.ts";

/**
 * A whole number in memory that several processes or threads change.
 *
 * Every method is one indivisible step, and all of them see all such steps in
 * one order: that of C's `memory_order_seq_cst`, on the `_Atomic` type of the
 * same size. Numbers are converted as in a typed array. Once the memory is
 * closed, every method throws a `TypeError`.
 *
 * It has no `wait`: that of `Atomics` does not reach other processes. A
 * semaphore waits.
 *
 * @see {@link https://en.cppreference.com/w/c/atomic | C's atomic operations}
 */
export class Atomic<Value extends number | bigint> {
  // An array of any integers: `Atomics` tells them apart.
  readonly #cell: Int32Array;

  /** @ignore */
  constructor(cell: Int32Array) {
    this.#cell = cell;
  }

  /**
   * Reads it.
   *
   * @returns The value.
   */
  load(): Value {
    return Atomics.load(this.#cell, 0) as Value;
  }

  /**
   * Writes it.
   *
   * @param value The value.
   */
  store(value: Value): void {
    Atomics.store(this.#cell, 0, value as number);
  }

  /**
   * Adds to it.
   *
   * @param value What is added.
   * @returns What it was before.
   */
  add(value: Value): Value {
    return Atomics.add(this.#cell, 0, value as number) as Value;
  }

  /**
   * Subtracts from it.
   *
   * @param value What is subtracted.
   * @returns What it was before.
   */
  sub(value: Value): Value {
    return Atomics.sub(this.#cell, 0, value as number) as Value;
  }

  /**
   * Keeps the bits that another number has, too.
   *
   * @param value The other number.
   * @returns What it was before.
   */
  and(value: Value): Value {
    return Atomics.and(this.#cell, 0, value as number) as Value;
  }

  /**
   * Sets the bits that another number has.
   *
   * @param value The other number.
   * @returns What it was before.
   */
  or(value: Value): Value {
    return Atomics.or(this.#cell, 0, value as number) as Value;
  }

  /**
   * Turns round the bits that another number has.
   *
   * @param value The other number.
   * @returns What it was before.
   */
  xor(value: Value): Value {
    return Atomics.xor(this.#cell, 0, value as number) as Value;
  }

  /**
   * Writes it, and reads what it was.
   *
   * @param value The value.
   * @returns What it was before.
   */
  exchange(value: Value): Value {
    return Atomics.exchange(this.#cell, 0, value as number) as Value;
  }

  /**
   * Writes it if it has the value that is expected.
   *
   * @param expected The value that it must have.
   * @param replacement The value that it gets.
   * @returns What it was before: the expected value if it was written.
   */
  compareExchange(expected: Value, replacement: Value): Value {
    return Atomics.compareExchange(
      this.#cell,
      0,
      expected as number,
      replacement as number,
    ) as Value;
  }
}

/**
 * A whole number that is read and changed in one indivisible step, `_Atomic`
 * in C. The field is an {@linkcode Atomic}, whose methods do that: `n += 1`
 * would be two steps, and lose what another process does in between.
 *
 * @param type The number: {@linkcode u32} or another integer, of 8 to 64 bits.
 * @returns The type.
 * @throws {TypeError} If it is no integer.
 *
 * @example Usage
 * ```ts
 * import { atomic, struct, u32 } from "@ipc/struct";
 * import { assertEquals } from "@std/assert";
 *
 * const Counter = struct({ users: atomic(u32) });
 * const counter = Counter.view(new ArrayBuffer(4));
 * counter.users.add(2);
 * assertEquals(counter.users.compareExchange(2, 5), 2);
 * assertEquals(counter.users.load(), 5);
 * ```
 */
export function atomic<Value extends number | bigint>(
  type: IntegerType<Value, unknown>,
): ViewType<Atomic<Value>> {
  if (!(type instanceof IntegerType)) {
    throw new TypeError(
      "Cannot make it atomic: only u8 to u64 and i8 to i64 can be",
    );
  }
  const { byteLength, alignment, codec, Items } = type;
  return new ViewType({
    byteLength,
    alignment,
    accessAlignment: alignment,
    show: (buffer, byteOffset) =>
      new Atomic(new Items(buffer, byteOffset, 1) as Int32Array),
    declare: (declarator) => `_Atomic ${codec.declare(declarator)}`,
  });
}
