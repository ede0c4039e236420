import { ValueType, type ViewType } from "./field_type.ts";
import type { StructFields, StructView } from "./struct_view.ts";

/** The views of its parts that an object keeps, under symbols of its own. */
type Parts = Record<symbol, unknown>;

/** What every view has, out of the way of the names of its fields. */
class View {
  readonly #data: DataView;

  /**
   * @param data The memory.
   * @param parts Under what the views of its parts are kept, once made.
   */
  constructor(data: DataView, parts: readonly symbol[]) {
    this.#data = data;
    for (const part of parts) (this as unknown as Parts)[part] = undefined;
    Object.preventExtensions(this);
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
    part: symbol,
  ): PropertyDescriptor {
    const { show } = type.codec;
    return {
      get(this: View & Parts): unknown {
        return this[part] ??= this.#show(show, offset);
      },
      set(): void {
        throw new TypeError(
          `Cannot assign field ${name}: it is a view, which is written to`,
        );
      },
      enumerable: true,
    };
  }

  #show(show: ViewType<unknown>["codec"]["show"], offset: number): unknown {
    const { buffer, byteOffset } = this.#data;
    return show(buffer, byteOffset + offset);
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
  const parts: symbol[] = [];

  class FieldView extends View {
    constructor(data: DataView) {
      super(data, parts);
    }

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

  function accessor(name: string): PropertyDescriptor {
    const [type, offset] = [fields[name], offsets[name]!];
    if (type instanceof ValueType) return View.valueAccessor(type, offset);
    const part = Symbol(name);
    parts.push(part);
    return View.partAccessor(name, type as ViewType<unknown>, offset, part);
  }

  for (const name of Object.keys(fields)) {
    Object.defineProperty(FieldView.prototype, name, accessor(name));
  }
  return FieldView as unknown as new (data: DataView) => StructView<Fields>;
}
