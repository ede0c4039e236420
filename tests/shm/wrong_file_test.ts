/** What has the name is something else: no crash, no wait, nothing removed. */

import { openSemaphore, openSharedMemory } from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { outcome } from "../_util/child.ts";
import { notLinux, test, type TestScope } from "../_util/test.ts";

const inShm = { needs: ["all"], ignore: notLinux } as const;

/** A name, and the path of the file behind it, removed at the end. */
function place(t: TestScope, kind: "shm" | "sem"): [string, string] {
  const name = t.name();
  const path = `/dev/shm/${kind === "sem" ? "sem." : ""}${name.slice(1)}`;
  t.defer(() => Deno.removeSync(path, { recursive: true }));
  return [name, path];
}

async function mkfifo(path: string): Promise<void> {
  const { code, stderr } = await outcome(
    new Deno.Command("mkfifo", { args: [path], stdin: "null" }),
  );
  assertEquals(code, 0, stderr);
}

/** Opens without and with create, and expects both to fail alike. */
function refuses(
  open: (options: { create?: boolean }) => unknown,
  Class: abstract new (message: string) => Error,
  name: string,
): void {
  for (const options of [{}, { create: true }]) {
    const { message } = assertThrows(() => open(options), Class, name);
    assert(message.startsWith("Cannot "), message);
  }
}

for (const size of [0, 1, 31, 33, 4096]) {
  test(
    `openSemaphore() throws TypeError when the file has ${size} bytes`,
    inShm,
    (t) => {
      const [name, path] = place(t, "sem");
      Deno.writeFileSync(path, new Uint8Array(size));
      refuses(
        (options) => openSemaphore(name, options),
        TypeError,
        "no semaphore",
      );
      assertEquals(Deno.statSync(path).size, size);
    },
  );
}

test(
  "openSemaphore() throws TypeError when it is a FIFO",
  inShm,
  async (t) => {
    const [name, path] = place(t, "sem");
    await mkfifo(path);
    refuses(
      (options) => openSemaphore(name, options),
      TypeError,
      "no semaphore",
    );
    assertEquals(Deno.lstatSync(path).isFifo, true);
  },
);

test("openSemaphore() throws TypeError when it is a directory", inShm, (t) => {
  const [name, path] = place(t, "sem");
  Deno.mkdirSync(path);
  refuses((options) => openSemaphore(name, options), TypeError, "no semaphore");
  assert(Deno.lstatSync(path).isDirectory);
});

test(
  "openSemaphore() throws FilesystemLoop when it is a symbolic link",
  inShm,
  (t) => {
    const [name, path] = place(t, "sem");
    const target = `${t.folder()}/target`;
    Deno.writeFileSync(target, new Uint8Array(32));
    Deno.symlinkSync(target, path);
    refuses(
      (options) => openSemaphore(name, options),
      Deno.errors.FilesystemLoop,
      name,
    );
    assertEquals(Deno.readFileSync(target), new Uint8Array(32));
  },
);

for (const write of [true, false]) {
  const how = write ? "to be written" : "for reading only";
  const create = (options: { create?: boolean }) =>
    write ? { size: 64, ...options } : { write };

  test(
    `openSharedMemory() throws TypeError when it is a FIFO, opened ${how}`,
    inShm,
    async (t) => {
      const [name, path] = place(t, "shm");
      await mkfifo(path);
      refuses(
        (options) => openSharedMemory(name, create(options)),
        TypeError,
        "no shared memory",
      );
      assertEquals(Deno.lstatSync(path).isFifo, true);
    },
  );

  test(
    `openSharedMemory() throws TypeError when it is a directory, opened ${how}`,
    inShm,
    (t) => {
      const [name, path] = place(t, "shm");
      Deno.mkdirSync(path);
      refuses(
        (options) => openSharedMemory(name, create(options)),
        TypeError,
        "no shared memory",
      );
      assert(Deno.lstatSync(path).isDirectory);
    },
  );

  test(
    `openSharedMemory() throws FilesystemLoop when it is a symbolic link, opened ${how}`,
    inShm,
    (t) => {
      const [name, path] = place(t, "shm");
      const target = `${t.folder()}/target`;
      Deno.writeFileSync(target, new Uint8Array(100));
      Deno.symlinkSync(target, path);
      refuses(
        (options) => openSharedMemory(name, create(options)),
        Deno.errors.FilesystemLoop,
        name,
      );
      assertEquals(Deno.readFileSync(target), new Uint8Array(100));
    },
  );

  test(
    `openSharedMemory() throws FilesystemLoop when the link leads nowhere, opened ${how}`,
    inShm,
    (t) => {
      const [name, path] = place(t, "shm");
      const target = `${t.folder()}/nothing`;
      Deno.symlinkSync(target, path);
      refuses(
        (options) => openSharedMemory(name, create(options)),
        Deno.errors.FilesystemLoop,
        name,
      );
      assertThrows(() => Deno.statSync(target), Deno.errors.NotFound);
    },
  );
}
