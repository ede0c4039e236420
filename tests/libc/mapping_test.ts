import { assert, assertEquals, assertThrows } from "@std/assert";
import { isOsError } from "../../libc/error.ts";
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { Mapping } from "../../libc/mapping.ts";
import { munmap, shmOpen } from "../../libc/mman.ts";
import { capabilities } from "../../libc/platform.ts";
import { ftruncate, pageSize } from "../../libc/unistd.ts";
import { test, type TestScope } from "../_util/test.ts";

function create(t: TestScope, size: number): [string, FileDescriptor] {
  const name = t.name();
  const file = new FileDescriptor(
    shmOpen(name, O_RDWR | O_CREAT | O_EXCL, 0o600),
  );
  t.defer(() => file.close());
  ftruncate(file.fd, size);
  return [name, file];
}

test("Mapping shows what another mapping writes", {}, (t) => {
  const [, { fd }] = create(t, 16);
  using one = new Mapping(fd, 16, true);
  using other = new Mapping(fd, 16, true);
  assertEquals([one.byteLength, one.buffer.byteLength], [16, 16]);
  new Float64Array(one.buffer)[1] = Math.PI;
  assertEquals(new Float64Array(other.buffer)[1], Math.PI);
});

test("Mapping keeps writes to itself when it is not writable", {
  ignore: !capabilities.privateMapping && "there are no private mappings here",
}, (t) => {
  const [name, { fd }] = create(t, 8);
  using shared = new Mapping(fd, 8, true);
  new Uint8Array(shared.buffer)[1] = 7;
  using file = new FileDescriptor(shmOpen(name, O_RDONLY, 0));
  using own = new Mapping(file.fd, 8, false);
  const view = new Uint8Array(own.buffer);
  assertEquals(view[1], 7);
  view[0] = 1;
  assertEquals(view[0], 1);
  assertEquals(new Uint8Array(shared.buffer)[0], 0);
});

test("Mapping.unmap() leaves views without bytes", {}, (t) => {
  const [, { fd }] = create(t, 8);
  const mapping = new Mapping(fd, 8, true);
  const view = new Uint8Array(mapping.buffer);
  const words = new Int32Array(mapping.buffer, 4, 1);
  view[0] = 1;
  mapping.unmap();
  assertEquals(mapping.buffer.byteLength, 0);
  assertEquals([view.length, view[0], words[0]], [0, undefined, undefined]);
  view[0] = 2;
  assertThrows(() => Atomics.load(words, 0));
});

test(
  "Mapping.unmap() leaves another mapping when it took the place",
  {},
  (t) => {
    const [, { fd }] = create(t, pageSize());
    const mapping = new Mapping(fd, pageSize(), true);
    mapping.unmap();
    // The kernel gives the place that is free again to the first of these.
    const others = Array.from(
      { length: 8 },
      () => new Mapping(fd, pageSize(), true),
    );
    mapping.unmap();
    mapping[Symbol.dispose]();
    for (const other of others) {
      new Uint8Array(other.buffer)[0]! += 1;
      other.unmap();
    }
    using last = new Mapping(fd, pageSize(), true);
    assertEquals(new Uint8Array(last.buffer)[0], 8);
  },
);

test("Mapping.unmap() leaves the memory when its buffer was moved", {}, (t) => {
  const [, { fd }] = create(t, 8);
  const mapping = new Mapping(fd, 8, true);
  const moved = new Uint8Array(mapping.buffer.transfer());
  moved[0] = 3;
  mapping.unmap();
  assertEquals(moved[0], 3);
  using other = new Mapping(fd, 8, true);
  moved[0] = 4;
  assertEquals(new Uint8Array(other.buffer)[0], 4);
  // Here it is known that nobody uses it any more.
  const pointer = Deno.UnsafePointer.of(moved);
  moved.buffer.transfer();
  munmap(pointer!, 8);
});

test("Mapping.unmap() takes the memory from the process", {
  needs: ["run"],
  ignore: Deno.build.os !== "linux" && "needs /proc",
}, (t) => {
  const [name, { fd }] = create(t, 8);
  // Deno itself may not read this file.
  const cat = new Deno.Command("cat", { args: [`/proc/${Deno.pid}/maps`] });
  const count = () =>
    new TextDecoder().decode(cat.outputSync().stdout)
      .split(name.slice(1)).length - 1;
  const mapping = new Mapping(fd, 8, true);
  assertEquals(count(), 1);
  mapping.unmap();
  assertEquals(count(), 0);
});

test(
  "Mapping throws when the descriptor is none, or there are no bytes",
  {},
  (t) => {
    const bad = assertThrows(() => new Mapping(-1, 8, true));
    assert(isOsError(bad, "EBADF") && bad.syscall === "mmap", `${bad}`);
    const [, { fd }] = create(t, 8);
    const empty = assertThrows(() => new Mapping(fd, 0, true));
    assert(isOsError(empty, "EINVAL"), `${empty}`);
  },
);
