/** Structs made up by chance, and what C has to say of them. */

import {
  array,
  atomic,
  bool,
  bytes,
  chars,
  f32,
  f64,
  type FieldType,
  i16,
  i32,
  i64,
  i8,
  type Struct,
  struct,
  type StructFields,
  u16,
  u32,
  u64,
  u8,
} from "@ipc/struct";
import { generator } from "../_util/random.ts";

type Random = (below: number) => number;

/** A place in a struct that holds one value. */
export interface Leaf {
  /** The arguments of `printf` that print it as JSON, if `s` is the struct. */
  readonly print: string;
  /** Assigns it something, and returns that, as JSON has it. */
  write(): unknown;
  /** The value, as JSON has it. */
  read(): unknown;
}

/** Where a value is: in a field, or in an element of an array. */
interface Place {
  get(): unknown;
  set(value: unknown): void;
}

/** A type made up by chance. */
interface Model {
  readonly type: FieldType;
  /** Whether a packed struct can have it. */
  readonly packable: boolean;
  /** All leaves below a place, which is `c` in C. */
  leaves(place: Place, c: string): Leaf[];
}

/** A struct made up by chance. */
export interface RandomStruct {
  readonly type: Struct<StructFields>;
  /** The leaves of a view of it. */
  leaves(view: unknown): Leaf[];
}

const integers = [u8, u16, u32, u64, i8, i16, i32, i64] as const;
const signed: readonly FieldType[] = [i8, i16, i32, i64];

/** A whole number of a type: every bit of it by chance. */
function integer(random: Random, type: FieldType): number | bigint {
  const bits = type.byteLength * 8;
  let value = 0n;
  for (let i = 0; i < 64; i += 16) value = value << 16n | BigInt(random(65536));
  const wrapped = signed.includes(type)
    ? BigInt.asIntN(bits, value)
    : BigInt.asUintN(bits, value);
  return bits === 64 ? wrapped : Number(wrapped);
}

function leaf(
  print: string,
  place: Place,
  make: () => unknown,
  show: (value: unknown) => unknown,
): Leaf[] {
  return [{
    print,
    write: () => {
      const value = make();
      place.set(value);
      return show(value);
    },
    read: () => show(place.get()),
  }];
}

function integerModel(random: Random): Model {
  const type = integers[random(integers.length)]!;
  const [format, cast] = signed.includes(type)
    ? ["lld", "long long"]
    : ["llu", "unsigned long long"];
  return {
    type,
    packable: true,
    leaves: (place, c) =>
      leaf(
        String.raw`"\"%${format}\"", (${cast})${c}`,
        place,
        () => integer(random, type),
        String,
      ),
  };
}

function floatModel(random: Random): Model {
  const type = [f32, f64][random(2)]!;
  // What a float of 32 bits can hold, too.
  const make = () => Math.fround((random(9) - 4) * 2 ** (random(99) - 50) / 3);
  return {
    type,
    packable: true,
    leaves: (place, c) => leaf(`"%.17g", (double)${c}`, place, make, Number),
  };
}

function boolModel(random: Random): Model {
  return {
    type: bool,
    packable: true,
    leaves: (place, c) =>
      leaf(`"%s", ${c} ? "true" : "false"`, place, () => !random(2), Boolean),
  };
}

/** A string that fits into a size with a NUL behind it. */
function text(random: Random, size: number): string {
  let text = "";
  while (random(8) > 0) {
    const longer = text + ["a", "Z", "é", "€", "😀"][random(5)];
    if (new TextEncoder().encode(longer).length >= size) break;
    text = longer;
  }
  return text;
}

function charsModel(random: Random): Model {
  const size = 1 + random(9);
  return {
    type: chars(size),
    packable: true,
    leaves: (place, c) =>
      leaf(
        String.raw`"\"%s\"", ${c}`,
        place,
        () => text(random, size),
        String,
      ),
  };
}

function bytesModel(random: Random): Model {
  const size = 1 + random(5);
  return {
    type: bytes(size),
    packable: true,
    leaves: (place, c) =>
      elements(place, size).flatMap((element, i) =>
        leaf(`"%d", ${c}[${i}]`, element, () => random(256), Number)
      ),
  };
}

/** The elements of something that is indexed. */
function elements(place: Place, length: number): Place[] {
  return Array.from({ length }, (_, i) => ({
    get: () => (place.get() as Record<number, unknown>)[i],
    set: (value) => (place.get() as Record<number, unknown>)[i] = value,
  }));
}

/** The elements of a `ViewArray` or `ValueArray`. */
function items(place: Place, length: number): Place[] {
  interface Items {
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  }
  return Array.from({ length }, (_, i) => ({
    get: () => (place.get() as Items).get(i),
    set: (value) => (place.get() as Items).set(i, value),
  }));
}

function atomicModel(random: Random): Model {
  interface Cell {
    load(): unknown;
    store(value: unknown): void;
  }
  const { type, leaves } = integerModel(random);
  return {
    type: atomic(type as typeof u32),
    packable: type.byteLength === 1,
    leaves: (place, c) =>
      leaves({
        get: () => (place.get() as Cell).load(),
        set: (value) => (place.get() as Cell).store(value),
      }, c),
  };
}

function arrayModel(random: Random, depth: number): Model {
  const length = 1 + random(4);
  const element = model(random, depth - 1);
  const numbers = (element.type as Partial<typeof u32>).Items !== undefined;
  return {
    type: array(element.type as typeof u32, length),
    packable: element.packable && !(numbers && element.type.byteLength > 1),
    leaves: (place, c) =>
      (numbers ? elements : items)(place, length).flatMap((item, i) =>
        element.leaves(item, `${c}[${i}]`)
      ),
  };
}

function structModel(random: Random, depth: number): Model {
  const members = Array.from(
    { length: 1 + random(7) },
    (_, i) => [`m${i}`, model(random, depth - 1)] as const,
  );
  const packed = random(3) === 0 &&
    members.every(([, { packable }]) => packable);
  const types = members.map(([name, { type }]) => [name, type]);
  return {
    type: struct(Object.fromEntries(types), { packed }),
    packable: members.every(([, { packable }]) => packable),
    leaves: (place, c) =>
      members.flatMap(([name, member]) =>
        member.leaves({
          get: () => (place.get() as Record<string, unknown>)[name],
          set: (value) =>
            (place.get() as Record<string, unknown>)[name] = value,
        }, `${c}.${name}`)
      ),
  };
}

const simple = [integerModel, integerModel, floatModel, boolModel, charsModel];
const deep = [bytesModel, atomicModel, arrayModel, arrayModel, structModel];

function model(random: Random, depth: number): Model {
  const choices = depth > 0 ? [...simple, ...deep] : simple;
  return choices[random(choices.length)]!(random, depth);
}

/**
 * Makes up a struct.
 *
 * @param seed What chance begins with.
 */
export function randomStruct(seed: number): RandomStruct {
  const random = generator(seed);
  const { type, leaves } = structModel(random, 3);
  return {
    type: type as Struct<StructFields>,
    leaves: (view) => leaves({ get: () => view, set: () => {} }, "(*s)"),
  };
}
