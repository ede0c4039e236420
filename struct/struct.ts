import { declaration } from "./_c.ts";
import { checkFields, layOut } from "./_layout.ts";
import { viewClass } from "./_view_class.ts";
import { ViewType } from "./field_type.ts";
import type { StructFields, StructView } from "./struct_view.ts";

/** Options of {@linkcode struct}. */
export interface StructOptions {
  /**
   * Leaves out all padding, as `__attribute__((packed))` does. Atomic numbers
   * and arrays of numbers cannot be packed, unless they are of single bytes.
   *
   * @default {false}
   */
  packed?: boolean;
}

/** A type of several fields, laid out as C does. */
export class Struct<Fields extends StructFields>
  extends ViewType<StructView<Fields>> {
  /** Where each field begins, in bytes: `offsetof` in C. */
  readonly offsets: { readonly [Name in keyof Fields]: number };
  /** The type of each field. */
  readonly fields: Fields;
  /** Whether it has no padding. */
  readonly packed: boolean;

  /** @ignore */
  constructor(fields: Fields, { packed = false }: StructOptions) {
    checkFields(fields);
    const own = Object.freeze({ ...fields });
    const { offsets, ...layout } = layOut(own, packed);
    const { byteLength } = layout;
    const View = viewClass(own, offsets);
    super({
      ...layout,
      show: (buffer, byteOffset) =>
        new View(new DataView(buffer, byteOffset, byteLength)),
      declare: (declarator) => declaration(this, "", declarator),
    });
    this.offsets = Object.freeze(offsets);
    this.fields = own;
    this.packed = packed;
  }

  /**
   * The same struct in C.
   *
   * It needs `<stdint.h>`, and `<stdbool.h>` before C23. Structs in it have no
   * names of their own. C++ has no `_Atomic` before C++23.
   *
   * @param name The name that it gets, such as `"frame"`.
   * @returns The declaration of `struct frame`.
   * @throws {TypeError} If the name, or that of a field, is none in C.
   *
   * @example Usage
   * ```ts
   * import { array, atomic, f64, struct, u32 } from "@ipc/struct";
   * import { assertEquals } from "@std/assert";
   *
   * const Frame = struct({ seq: atomic(u32), place: array(f64, 3) });
   * assertEquals(
   *   Frame.toC("frame"),
   *   `struct frame {
   *   _Atomic uint32_t seq;
   *   double place[3];
   * };
   * `,
   * );
   * ```
   */
  toC(name: string): string {
    return `${declaration(this, name, "")};\n`;
  }
}

/**
 * Names the fields of a struct in memory, in the order of C, for views of it.
 *
 * Fields lie where C puts them, on Linux and macOS, x86-64 and arm64: each at
 * a multiple of its own alignment, with padding before it and at the end of
 * the struct. Numbers are little-endian, as on all these systems. Field names
 * are those that C allows, at most once each.
 *
 * A view reads and writes the memory itself, at once, and copies nothing. It
 * is bound to its buffer: when that is detached, as by `SharedMemory.close()`
 * or `resize()`, what is read or assigned throws a `TypeError`, and typed
 * arrays that it gave are empty. A field costs what a `DataView` costs. A
 * struct in another struct, an array and an atomic number is made when it is
 * first read, and is then the same; hold it in a variable where every
 * nanosecond counts.
 *
 * Reading and writing a field are no atomic steps, and have no order that
 * other processes could rely on: use {@linkcode atomic}, or hold a lock.
 *
 * @param fields The types of the fields, by name.
 * @param options How to lay them out.
 * @returns The type, whose `view` shows memory as this struct.
 * @throws {TypeError} If there is no field, if a name is none in C, if a value
 * is no type, or if a field cannot be packed.
 * @throws {RangeError} If it is larger than 2 ** 53 - 1 bytes.
 * @see {@link https://gitlab.com/x86-psABIs/x86-64-ABI | System V ABI, 3.1.2}
 *
 * @example Usage
 * ```ts
 * import { array, atomic, chars, f32, f64, struct, u32 } from "@ipc/struct";
 * import { assertEquals } from "@std/assert";
 *
 * const Position = struct({ x: f32, y: f32 });
 * const Frame = struct({
 *   seq: atomic(u32),
 *   stamp: f64,
 *   name: chars(16),
 *   position: Position,
 *   values: array(f32, 8),
 * });
 * assertEquals(Frame.offsets.stamp, 8);
 *
 * // Of shared memory, or any other.
 * const buffer = new ArrayBuffer(Frame.byteLength);
 * const frame = Frame.view(buffer);
 * frame.stamp = 0.5;
 * frame.name = "left";
 * frame.position.x = 3;
 * frame.values.fill(1);
 * frame.seq.add(1);
 * ```
 *
 * @example In shared memory
 * ```ts
 * import { openSharedMemory } from "@ipc/shm";
 * import { array, f64, struct, u32 } from "@ipc/struct";
 *
 * const Sample = struct({ id: u32, value: f64 });
 * const Samples = array(Sample, 100);
 *
 * using memory = openSharedMemory(null, { size: Samples.byteLength });
 * const samples = Samples.view(memory.buffer);
 * samples.get(3).value = 0.5; // seen by every process that opens the name
 * memory.unlink();
 * ```
 */
export function struct<const Fields extends StructFields>(
  fields: Fields,
  options: StructOptions = {},
): Struct<Fields> {
  return new Struct(fields, options);
}
