import { assertThrows } from "@std/assert";
import { checkBytes } from "../../libc/bytes.ts";
import { test } from "../_util/test.ts";

test(
  "checkBytes() throws at what is no bytes, or shared, every time",
  {},
  () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    for (const wrong of [undefined, null, "x", new Uint16Array(3), shared]) {
      for (let i = 0; i < 3; i++) {
        assertThrows(
          () => checkBytes(wrong as Uint8Array),
          TypeError,
          "Cannot",
        );
      }
      checkBytes(new Uint8Array(3));
    }
  },
);

test("checkBytes() takes bytes of any size, again and again", {}, () => {
  const small = new Uint8Array(3);
  const large = new Uint8Array(2 ** 21);
  for (const bytes of [small, small, large, large, small]) checkBytes(bytes);
});
