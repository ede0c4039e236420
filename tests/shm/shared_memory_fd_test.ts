/** The descriptor: closing it alone, handing it to a child, taking one. */

import { openSharedMemory, SharedMemory } from "@ipc/shm";
import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { denoPeer, outcome, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { BadResource, PermissionDenied } = Deno.errors;
const O_CLOEXEC = 0o2000000;

function flagsOf(fd: number): number {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return parseInt(/flags:\s+(\d+)/.exec(info)![1]!, 8);
}

test("SharedMemory.fd is the descriptor of the object", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 8 });
  const link = Deno.readLinkSync(`/proc/self/fd/${memory.fd}`);
  assertEquals(link, `/dev/shm${name}`);
  assertThrows(() => {
    (memory as { fd: number }).fd = 1;
  }, TypeError);
});

test("SharedMemory.closeFd() closes the descriptor and keeps the memory", {
  needs: ["all"],
  ignore: notLinux,
}, (t) => {
  const name = t.name();
  using memory = openSharedMemory(name, { create: true, size: 8 });
  using other = openSharedMemory(name);
  const view = new Uint8Array(memory.buffer);
  const { fd } = memory;
  memory.closeFd();
  assertEquals(memory.fd, -1);
  assertThrows(
    () => Deno.lstatSync(`/proc/self/fd/${fd}`),
    Deno.errors.NotFound,
  );
  view[0] = 5;
  assertEquals(new Uint8Array(other.buffer)[0], 5);
  assertEquals(memory.byteLength, 8);
  memory.closeFd();
});

test(
  "SharedMemory.closeFd() leaves alone who got the number since",
  {},
  (t) => {
    const name = t.name();
    using memory = openSharedMemory(name, { create: true, size: 8 });
    memory.closeFd();
    using next = openSharedMemory(name);
    memory.closeFd();
    memory.close();
    assertEquals(next.stat().size, 8);
  },
);

test(
  "SharedMemory throws BadResource when it needs its descriptor after closeFd",
  {},
  (t) => {
    using memory = openSharedMemory(t.name(), { create: true, size: 8 });
    memory.closeFd();
    const uses = [
      () => memory.stat(),
      () => memory.resize(16),
      () => memory.remap(),
      () => memory.readSync(new Uint8Array(1)),
      () => memory.writeSync(new Uint8Array(1)),
      () => memory.seekSync(0),
    ];
    for (const use of uses) assertThrows(use, BadResource, "descriptor");
  },
);

test("openSharedMemory() makes a descriptor that is closed on exec", {
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const name = t.name();
  using created = openSharedMemory(name, { create: true, size: 8 });
  using opened = openSharedMemory(name, { inheritable: false });
  using reader = openSharedMemory(name, { write: false });
  for (const { fd } of [created, opened, reader]) {
    assertEquals(flagsOf(fd) & O_CLOEXEC, O_CLOEXEC);
  }
  const list = await output(
    new Deno.Command("ls", { args: ["-l", "/proc/self/fd"], stdin: "null" }),
  );
  assertFalse(list.includes(name), list);
});

test(
  "openSharedMemory() makes a descriptor that a child inherits when inheritable is set",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  async (t) => {
    const name = t.name();
    for (const options of [{ createNew: true, size: 100 }, { create: false }]) {
      using memory = openSharedMemory(name, { ...options, inheritable: true });
      assertEquals(flagsOf(memory.fd) & O_CLOEXEC, 0);
      const bytes = new Uint8Array(memory.buffer);
      bytes[0] = 41;
      const peer = denoPeer("inherit.ts", [`${memory.fd}`]);
      assertEquals(await output(peer), "41 null 100 false false TypeError");
      assertEquals(bytes[1], 42);
      bytes[1] = 0;
    }
  },
);

test(
  "SharedMemory.fromFd() throws RangeError or TypeError when it is given no descriptor",
  {},
  () => {
    for (const fd of [-1, 0.5, NaN, 2 ** 31, Infinity]) {
      assertThrows(() => SharedMemory.fromFd(fd), RangeError);
    }
    for (const fd of ["3", undefined, null, 3n]) {
      assertThrows(
        () => SharedMemory.fromFd(fd as unknown as number),
        TypeError,
      );
    }
  },
);

test(
  "SharedMemory.fromFd() throws BadResource when the descriptor is not open",
  {},
  () => {
    for (const fd of [1e9, 2 ** 31 - 1]) {
      assertOsError(() => SharedMemory.fromFd(fd), BadResource, "EBADF");
    }
  },
);

test(
  "SharedMemory.fromFd() throws PermissionDenied when the descriptor is for reading only, and leaves it",
  {
    ignore: notLinux,
  },
  (t) => {
    const name = t.name();
    openSharedMemory(name, { create: true, size: 8 }).close();
    using reader = openSharedMemory(name, { write: false });
    assertOsError(
      () => SharedMemory.fromFd(reader.fd),
      PermissionDenied,
      "EACCES",
      "mmap",
    );
    assertEquals(reader.stat().size, 8);
    assertEquals(reader.readSync(new Uint8Array(8)), 8);
  },
);

/** What the shell puts on descriptor 7, and the error for it. */
const others: Record<string, [redirection: string, error: string]> = {
  "a directory": ["7</tmp", "TypeError"],
  "a device": ["7</dev/null", "TypeError"],
  "an empty file": ['7<"$EMPTY"', "TypeError"],
  "a FIFO": ['7<>"$FIFO"', "TypeError"],
};

for (const [what, [redirection, error]] of Object.entries(others)) {
  test(
    `SharedMemory.fromFd() throws ${error} when it is ${what}, and leaves it open`,
    {
      needs: ["all"],
      ignore: notLinux,
    },
    async (t) => {
      const folder = t.folder();
      const env = { EMPTY: `${folder}/empty`, FIFO: `${folder}/fifo` };
      Deno.writeTextFileSync(env.EMPTY, "");
      const make = new Deno.Command("mkfifo", { args: [env.FIFO] });
      assertEquals((await outcome(make)).code, 0);
      const peer = denoPeer("refuse.ts", ["7"], {
        flags: ["--allow-all"],
        through: ["sh", "-c", `exec "$0" "$@" ${redirection}`],
        env,
      });
      assertEquals(await output(peer), `${error} true`);
    },
  );
}

test(
  "SharedMemory.fromFd() throws TypeError when it is a pipe, and leaves it open",
  {
    needs: ["all"],
    ignore: notLinux,
  },
  async () => {
    const peer = denoPeer("refuse.ts", ["0"], {
      flags: ["--allow-all"],
      through: ["sh", "-c", 'echo | "$0" "$@"'],
    });
    assertEquals(await output(peer), "TypeError true");
  },
);

test("SharedMemory.close() unmaps the memory when its descriptor is gone", {
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const name = t.name();
  openSharedMemory(name, { create: true, size: 8 }).close();
  const peer = denoPeer("two_owners.ts", [name], { flags: ["--allow-all"] });
  assertEquals(JSON.parse(await output(peer)), {
    close: "BadResource",
    length: 0,
    mapped: false,
  });
});
