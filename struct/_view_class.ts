import { ValueType, type ViewType } from "./field_type.ts";
import type { StructFields, StructView } from "./struct_view.ts";

/** What every view has, out of the way of the names of its fields. */
class View {
  readonly #data: DataView;
  #parts: unknown[] | undefined;

  constructor(data: DataView) {
    this.#data = data;
    Object.preventExtensions(this);
  }

  #show(show: ViewType<unknown>["codec"]["show"], offset: number): unknown {
    const { buffer, byteOffset } = this.#data;
    return show(buffer, byteOffset + offset);
  }

  /** How a field is read and written that holds a value. */
  static valueAccessor(
    type: ValueType<unknown>,
    offset: number,
  ): PropertyDescriptor {
    // Captured, so that the optimising compiler knows what it calls.
    const { read, write } = type.codec;
    return {
      get(this: View): unknown {
        return read(this.#data, offset);
      },
      set(this: View, value: unknown): void {
        write(this.#data, offset, value);
      },
      enumerable: true,
    };
  }

  /** How a field is read that is a view: it is made once. */
  static partAccessor(
    name: string,
    type: ViewType<unknown>,
    offset: number,
    index: number,
  ): PropertyDescriptor {
    const { show } = type.codec;
    return {
      get(this: View): unknown {
        const parts = this.#parts ??= [];
        return parts[index] ??= this.#show(show, offset);
      },
      set(): void {
        throw new TypeError(
          `Cannot assign field ${name}: it is a view, which is written to`,
        );
      },
      enumerable: true,
    };
  }
}

/**
 * Makes the class of the views of a struct.
 *
 * @param fields The fields.
 * @param offsets Where they begin.
 * @returns The class.
 */
export function viewClass<Fields extends StructFields>(
  fields: Fields,
  offsets: Readonly<Record<keyof Fields, number>>,
): new (data: DataView) => StructView<Fields> {
  class FieldView extends View {
    [Symbol.for("Deno.customInspect")](
      inspect: (value: unknown, options: Deno.InspectOptions) => string,
      options: Deno.InspectOptions,
    ): string {
      const view = this as unknown as Record<string, unknown>;
      const names = Object.keys(fields);
      return inspect(
        Object.fromEntries(names.map((name) => [name, view[name]])),
        options,
      );
    }
  }
  for (const [index, [name, type]] of Object.entries(fields).entries()) {
    const offset = offsets[name]!;
    Object.defineProperty(
      FieldView.prototype,
      name,
      type instanceof ValueType
        ? View.valueAccessor(type, offset)
        : View.partAccessor(name, type as ViewType<unknown>, offset, index),
    );
  }
  return FieldView as unknown as new (data: DataView) => StructView<Fields>;
}
