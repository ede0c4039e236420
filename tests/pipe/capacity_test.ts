import { isOsError, pipe, PIPE_BUF } from "@ipc/pipe";
import { pageSize } from "@ipc/libc";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, fill, readFull } from "./_bytes.ts";

const { BadResource, Busy } = Deno.errors;
const onLinux = { ignore: notLinux };

test(
  "capacity is what a pipe holds before a write has to wait",
  onLinux,
  () => {
    for (const capacity of [undefined, 4096, 1_048_576]) {
      using ends = pipe(capacity === undefined ? {} : { capacity });
      const { reader, writer } = ends;
      assertEquals(reader.capacity, writer.capacity);
      // Where memory for pipes is short, the system gives less by itself.
      if (capacity !== undefined) {
        assertEquals(
          writer.capacity,
          Math.max(capacity, pageSize()),
        );
      }
      assertEquals(fill(writer), writer.capacity);
    }
  },
);

test("capacity is rounded up to whole pages", onLinux, () => {
  using ends = pipe({ capacity: 1 });
  assertEquals(ends.reader.capacity, pageSize());
  ends.reader.capacity = pageSize() + 1;
  assertEquals(ends.writer.capacity, 2 * pageSize());
  ends.writer.capacity = 3 * pageSize();
  assertEquals(ends.reader.capacity, 4 * pageSize());
});

test(
  "capacity can be changed while there are bytes, and throws Busy when they do not fit",
  onLinux,
  async () => {
    using ends = pipe({ capacity: 16 * pageSize() });
    const { reader, writer } = ends;
    const held = new Uint8Array(3 * pageSize()).map((_, i) => i % 251);
    writer.writeSync(held);
    for (const end of [reader, writer]) {
      const error = assertThrows(
        () => end.capacity = pageSize(),
        Busy,
        "holds more",
      );
      assert(isOsError(error, "EBUSY"));
    }
    assertEquals(writer.capacity, 16 * pageSize());
    writer.capacity = 4 * pageSize();
    assertEquals(await readFull(reader, held.byteLength), held);
  },
);

for (
  const [capacity, Class] of [
    [0, RangeError],
    [-4096, RangeError],
    [1.5, RangeError],
    [2 ** 31, RangeError],
    ["4096", TypeError],
  ] as [number, typeof RangeError][]
) {
  test(
    `capacity throws ${Class.name} when set to ${JSON.stringify(capacity)}`,
    onLinux,
    () => {
      using ends = pipe({ capacity: 8192 });
      assertThrows(() => ends.reader.capacity = capacity, Class);
      assertThrows(() => ends.writer.capacity = capacity, Class);
      assertEquals(ends.reader.capacity, 8192);
    },
  );
}

test("capacity throws BadResource when the end is closed", onLinux, () => {
  const { reader, writer } = pipe();
  reader.close();
  assertThrows(() => reader.capacity, BadResource);
  assertThrows(() => reader.capacity = 4096, BadResource);
  writer.close();
  assertThrows(() => writer.capacity, BadResource);
});

test(
  "capacity above the limit throws PermissionDenied for an ordinary user, and leaves nothing",
  {
    needs: ["run"],
    ignore: notLinux,
  },
  async () => {
    const said = await output(
      denoPeer("over_capacity.ts", [], { flags: ["-A"] }),
    );
    assertEquals(said, "PermissionDenied PermissionDenied 65536 leaves 0");
  },
);

test(
  "write() writes the part for which there is room, and says how much",
  onLinux,
  async () => {
    using ends = pipe({ capacity: 65_536 });
    const { reader, writer } = ends;
    const large = new Uint8Array(100_000).map((_, i) => i % 251);
    const first = await writer.write(large);
    assertEquals(first, 65_536);
    await readFull(reader, 2 * 4096);
    assertEquals(writer.tryWrite(large.subarray(first)), 2 * 4096);
    await readFull(reader, 4096);
    const second = writer.writeSync(large.subarray(first + 2 * 4096));
    assertEquals(second, 4096);
    const rest = await readFull(reader, 65_536);
    assertEquals(rest, large.subarray(3 * 4096, 65_536 + 3 * 4096));
  },
);

test(
  "write() of PIPE_BUF bytes or fewer is all or nothing",
  onLinux,
  async () => {
    using ends = pipe({ capacity: 65_536 });
    const { reader, writer } = ends;
    fill(writer);
    await readFull(reader, 4096);
    assertEquals(writer.tryWrite(bytes("a")), 1);
    // There is room for a part of it now, which it does not take.
    const record = new Uint8Array(PIPE_BUF).fill(7);
    assertEquals(writer.tryWrite(record), undefined);
    const writing = writer.write(record);
    await assertRejects(
      () => writer.write(record, { timeout: 0 }),
      Deno.errors.TimedOut,
    );
    await readFull(reader, 65_536 - 4096 + 1);
    assertEquals(await writing, PIPE_BUF);
    assertEquals(await readFull(reader, PIPE_BUF), record);
  },
);
