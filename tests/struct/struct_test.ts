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
  i64,
  struct,
  u16,
  u32,
  u64,
  u8,
} from "@ipc/struct";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { test } from "../_util/test.ts";

/** Calls with what types forbid. */
const unchecked = { struct, array, chars, bytes, atomic } as unknown as Record<
  string,
  (...args: unknown[]) => FieldType
>;

test("Struct.view() shows the bytes of the buffer when they change", {}, () => {
  const Pair = struct({ a: u16, b: u32 });
  const buffer = new ArrayBuffer(24);
  const bytes = new Uint8Array(buffer);
  const pair = Pair.view(buffer, 8);
  pair.b = 0x01020304;
  assertEquals([...bytes.subarray(8, 16)], [0, 0, 0, 0, 4, 3, 2, 1]);
  bytes[9] = 1;
  assertEquals(pair.a, 256);
  assertEquals(Pair.view(buffer, 8).a, 256);
  assertEquals(Pair.view(buffer, 16).a, 0);
});

test("Struct.view() shows memory that threads share", {}, () => {
  const Pair = struct({ a: u16, b: atomic(u64) });
  const shared = new SharedArrayBuffer(16);
  const pair = Pair.view(shared);
  pair.a = 7;
  pair.b.add(5n);
  assertEquals(new Uint16Array(shared)[0], 7);
  assertEquals(new BigUint64Array(shared)[1], 5n);
});

test("Struct.view() throws when the place is wrong", {}, () => {
  const Pair = struct({ a: u16, b: f64 });
  const buffer = new ArrayBuffer(40);
  Pair.view(buffer, 24);
  for (
    const offset of [1, 4, 25, 32, 40, 48, -8, 0.5, NaN, Infinity, 2 ** 53]
  ) {
    const error = assertThrows(() => Pair.view(buffer, offset), RangeError);
    assertStringIncludes(error.message, `${offset}`);
  }
  const { view } = Pair as unknown as { view: (...args: unknown[]) => void };
  for (const wrong of ["8", 8n, null]) {
    assertThrows(() => view.call(Pair, buffer, wrong), TypeError);
  }
  for (const wrong of [undefined, null, 8, new Uint8Array(16), {}]) {
    assertThrows(() => view.call(Pair, wrong), TypeError, "ArrayBuffer");
  }
  assertThrows(() => array(Pair, 3).view(buffer), RangeError, "40 bytes");
});

test("Struct.view() of a packed struct begins anywhere", {}, () => {
  const Packed = struct({ a: u8, b: f64, c: struct({ d: u32 }) }, {
    packed: true,
  });
  assertEquals([Packed.byteLength, Packed.alignment], [13, 1]);
  assertEquals(Packed.offsets, { a: 0, b: 1, c: 9 });
  const view = Packed.view(new ArrayBuffer(16), 3);
  view.b = Math.PI;
  view.c.d = 0xffffffff;
  assertEquals([view.a, view.b, view.c.d], [0, Math.PI, 0xffffffff]);
  assertThrows(() => Packed.view(new ArrayBuffer(16), 4), RangeError);
});

test("StructView converts numbers as typed arrays do", {}, () => {
  const Numbers = struct({ a: u8, b: i16, c: u64, d: i64, e: f32, f: bool });
  const view = Numbers.view(new ArrayBuffer(Numbers.byteLength));
  view.a = 257.9;
  view.b = 40_000;
  view.c = -1n;
  view.d = 2n ** 63n;
  view.e = 0.1;
  view.f = true;
  assertEquals([view.a, view.b], [1, -25_536]);
  assertEquals([view.c, view.d], [2n ** 64n - 1n, -(2n ** 63n)]);
  assertEquals([view.e, view.f], [Math.fround(0.1), true]);
  const loose = view as unknown as Record<string, unknown>;
  assertThrows(() => loose["c"] = 1, TypeError);
  assertThrows(() => loose["a"] = 1n, TypeError);
});

test("bool reads true when the byte is not 0", {}, () => {
  const buffer = new Uint8Array([2]).buffer;
  assertEquals(struct({ flag: bool }).view(buffer).flag, true);
});

test("StructView gives the same view of a part every time", {}, () => {
  const Inner = struct({ x: f32 });
  const Outer = struct({
    inner: Inner,
    many: array(Inner, 3),
    points: array(f32, 2),
    raw: bytes(3),
    count: atomic(u32),
  });
  const view = Outer.view(new ArrayBuffer(Outer.byteLength));
  assert(view.inner === view.inner);
  assert(view.many === view.many && view.many.get(2) === view.many.get(2));
  assert(view.points === view.points && view.points instanceof Float32Array);
  assert(view.raw === view.raw && view.raw.length === 3);
  assert(view.count === view.count);
  assertEquals([...view.many].length, 3);
  const loose = view as unknown as Record<string, unknown>;
  const error = assertThrows(() => loose["inner"] = {}, TypeError);
  assertEquals(
    error.message,
    "Cannot assign field inner: it is a view, which is written to",
  );
});

test("StructView refuses names that are no fields", {}, () => {
  const view = struct({ a: u8 }).view(new ArrayBuffer(1));
  const loose = view as unknown as Record<string, unknown>;
  assertThrows(() => loose["b"] = 1, TypeError);
  assertEquals(loose["b"], undefined);
});

test("StructView shows its fields when it is printed", {}, () => {
  const Pair = struct({ a: u8, b: struct({ c: f64 }) });
  const view = Pair.view(new ArrayBuffer(16));
  assertEquals(Deno.inspect(view), "{ a: 0, b: { c: 0 } }");
});

test("struct() takes names that every object has", {}, () => {
  const Names = struct({
    constructor: u8,
    ["__proto__"]: u16,
    toString: u8,
    hasOwnProperty: u8,
    then: u8,
    valueOf: u32,
    _: u8,
  });
  assertEquals(Object.entries(Names.offsets), [
    ["constructor", 0],
    ["__proto__", 2],
    ["toString", 4],
    ["hasOwnProperty", 5],
    ["then", 6],
    ["valueOf", 8],
    ["_", 12],
  ]);
  const bytes = new Uint8Array(Names.byteLength);
  const view = Names.view(bytes.buffer);
  view.constructor = 1;
  view["__proto__"] = 0x0302;
  view.toString = 4;
  view.hasOwnProperty = 5;
  view.then = 6;
  view.valueOf = 0x0c0b0a09;
  view._ = 13;
  assertEquals([view["__proto__"], view.valueOf], [0x0302, 0x0c0b0a09]);
  const expected = [1, 0, 2, 3, 4, 5, 6, 0, 9, 10, 11, 12, 13, 0, 0, 0];
  assertEquals([...bytes], expected);
  assertStringIncludes(Names.toC("names"), "  uint16_t __proto__;\n");
});

test("struct() throws when a field is wrong", {}, () => {
  const { struct } = unchecked;
  for (const fields of [undefined, null, "fields", 1]) {
    assertThrows(() => struct!(fields), TypeError, "expected its fields");
  }
  assertThrows(() => struct!({}), TypeError, "without fields");
  assertThrows(() => struct!([u8]), TypeError, "prototype");
  // This is no field, but says what it inherits.
  assertThrows(() => struct!({ __proto__: u8, a: u8 }), TypeError, "prototype");
  for (const name of ["1", "a-b", "é", "", "a b", "a;", "a\n"]) {
    const error = assertThrows(() => struct!({ [name]: u8 }), TypeError);
    assertStringIncludes(error.message, `Cannot use ${JSON.stringify(name)}`);
  }
  for (const wrong of [undefined, null, 4, "u8", {}, { byteLength: 4 }]) {
    assertThrows(() => struct!({ a: wrong }), TypeError, "Cannot use field a");
  }
});

test("struct() throws when a field cannot be packed", {}, () => {
  const packed = { packed: true };
  const error = assertThrows(
    () => struct({ a: u8, b: array(f32, 2) }, packed),
    TypeError,
  );
  assertStringIncludes(error.message, "Cannot pack field b");
  assertThrows(() => struct({ a: atomic(u16) }, packed), TypeError);
  const Aligned = struct({ a: array(u16, 2) });
  assertThrows(() => struct({ a: Aligned }, packed), TypeError);
  assertThrows(() => struct({ a: array(Aligned, 2) }, packed), TypeError);
  // As the message says.
  const Element = struct({ value: f32 }, packed);
  const Packed = struct({ a: u8, b: array(Element, 2) }, packed);
  const view = Packed.view(new ArrayBuffer(9));
  view.b.get(1).value = 0.5;
  assertEquals([Packed.byteLength, view.b.get(1).value], [9, 0.5]);
  struct({ a: atomic(u8), b: array(u8, 3), c: bytes(2), d: chars(2) }, packed);
});

test(
  "array(), chars(), bytes() and atomic() throw when arguments are wrong",
  {},
  () => {
    const { array, chars, bytes, atomic } = unchecked;
    for (const make of [(n: unknown) => array!(u8, n), chars!, bytes!]) {
      for (const size of [0, -1, 1.5, NaN, 2 ** 53]) {
        assertThrows(() => make(size), RangeError);
      }
      assertThrows(() => make("4"), TypeError);
      assertThrows(() => make(undefined), TypeError);
    }
    assertThrows(() => array!(f64, 2 ** 52), RangeError);
    assertThrows(() => array!("u8", 4), TypeError, "expected a type");
    for (const type of [f32, f64, bool, struct({ a: u8 }), undefined, "u8"]) {
      assertThrows(() => atomic!(type), TypeError, "Cannot make it atomic");
    }
  },
);

test("ViewArray and ValueArray throw when there is no such element", {}, () => {
  const views = array(struct({ a: u8 }), 3).view(new ArrayBuffer(8));
  const values = array(bool, 3).view(new ArrayBuffer(8));
  for (const index of [3, -1, 0.5, NaN]) {
    assertThrows(() => views.get(index), RangeError, "index");
    assertThrows(() => values.get(index), RangeError, "index");
    assertThrows(() => values.set(index, true), RangeError, "index");
  }
  assertThrows(() => views.get("constructor" as unknown as number), TypeError);
  assertThrows(() => values.get("0" as unknown as number), TypeError);
  values.set(2, true);
  assertEquals([...values], [false, false, true]);
  assertEquals([views.length, values.length], [3, 3]);
});

test("Struct.toC() throws when C does not take a name", {}, () => {
  for (const name of ["", "a b", "1a", "int", "struct"]) {
    assertThrows(() => struct({ a: u8 }).toC(name), TypeError, "in C");
  }
  const Keyword = struct({ inner: struct({ default: u8 }) });
  assertEquals(Keyword.view(new ArrayBuffer(1)).inner.default, 0);
  assertThrows(() => Keyword.toC("s"), TypeError, '"default"');
});

test("Struct keeps its layout when the fields change afterwards", {}, () => {
  const fields: Record<string, FieldType> = { a: u8, b: u32 };
  const Pair = struct(fields);
  fields["a"] = f64;
  delete fields["b"];
  assertEquals(Pair.toC("p"), "struct p {\n  uint8_t a;\n  uint32_t b;\n};\n");
  assertThrows(() => {
    (Pair.offsets as Record<string, number>)["a"] = 4;
  }, TypeError);
  assertEquals(Pair.byteLength, 8);
});
