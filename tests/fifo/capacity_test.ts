import { mkfifo, openFifoSync } from "@ipc/fifo";
import { assertEquals, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";

test("Fifo.capacity is what the kernel holds when it is set", {
  needs: ["write"],
  ignore: notLinux,
}, (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  using fifo = openFifoSync(path, { read: true, write: true });
  assertEquals(fifo.capacity, 65_536);
  fifo.capacity = 8_192;
  assertEquals(fifo.capacity, 8_192);
  assertEquals(fifo.tryWrite(new Uint8Array(10_000)), 8_192);
  assertThrows(() => fifo.capacity = 4_096, Deno.errors.Busy, "holds more");
  assertThrows(() => fifo.capacity = 0, RangeError);
  fifo.close();
  assertThrows(() => fifo.capacity, Deno.errors.BadResource);
});
