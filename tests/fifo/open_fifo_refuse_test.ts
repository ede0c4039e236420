import { mkfifo, openFifo, openFifoSync } from "@ipc/fifo";
import type { OpenFifoOptions, OpenFifoSyncOptions } from "@ipc/fifo";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { FilesystemLoop, NotADirectory, NotFound } = Deno.errors;
const needs = ["read", "write"] as const;

/** All ways to open. */
const ways: OpenFifoSyncOptions[] = [
  { read: true },
  { write: true },
  { read: true, write: true },
  { read: true, keepOpen: true },
];

/** Checks that opening fails at once in every way. */
async function assertRefused<E extends Error>(
  path: string,
  Class: new (message: string) => E,
  code?: string,
): Promise<void> {
  for (const options of ways) {
    const open = () => openFifoSync(path, options);
    const error: Error = code === undefined
      ? assertThrows(open, Class)
      : assertOsError(open, Class, code);
    assert(error.message.includes(JSON.stringify(path)), error.message);
    const rejected: Error = await assertRejects(
      () => openFifo(path, options),
      Class,
    );
    assertEquals(rejected.message, error.message);
  }
}

test("openFifo() throws TypeError for a regular file, and leaves it alone", {
  needs,
}, async (t) => {
  const path = `${t.folder()}/file`;
  Deno.writeTextFileSync(path, "kept");
  await assertRefused(path, TypeError);
  assertEquals(Deno.readTextFileSync(path), "kept");
});

test("openFifo() throws TypeError for a folder", { needs }, async (t) => {
  await assertRefused(t.folder(), TypeError);
});

test("openFifo() throws TypeError for a socket", { needs }, async (t) => {
  const path = `${t.folder()}/socket`;
  using _listener = Deno.listen({ transport: "unix", path });
  await assertRefused(path, TypeError);
});

test(
  "openFifo() throws TypeError for a device",
  { ignore: notLinux },
  async () => {
    await assertRefused("/dev/null", TypeError);
  },
);

test("openFifo() throws FilesystemLoop for a symbolic link, even to a FIFO", {
  needs,
}, async (t) => {
  const folder = t.folder();
  mkfifo(`${folder}/fifo`);
  Deno.symlinkSync(`${folder}/fifo`, `${folder}/link`);
  await assertRefused(`${folder}/link`, FilesystemLoop, "ELOOP");
  Deno.symlinkSync(`${folder}/nowhere`, `${folder}/dangling`);
  await assertRefused(`${folder}/dangling`, FilesystemLoop, "ELOOP");
});

test(
  "openFifo() follows a symbolic link on the way to a FIFO",
  { needs },
  async (t) => {
    const folder = t.folder();
    Deno.mkdirSync(`${folder}/real`);
    mkfifo(`${folder}/real/fifo`);
    Deno.symlinkSync(`${folder}/real`, `${folder}/link`);
    const path = `${folder}/link/fifo`;
    using fifo = await openFifo(path, { read: true, write: true });
    assertEquals(fifo.path, path);
  },
);

test("openFifo() throws NotFound when there is no such file or folder", {
  needs,
}, async (t) => {
  const folder = t.folder();
  await assertRefused(`${folder}/missing`, NotFound, "ENOENT");
  await assertRefused(`${folder}/missing/fifo`, NotFound, "ENOENT");
  await assertRefused("", NotFound, "ENOENT");
  Deno.writeTextFileSync(`${folder}/file`, "");
  await assertRefused(`${folder}/file/fifo`, NotADirectory, "ENOTDIR");
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
});

test("openFifo() throws PermissionDenied when the mode forbids it", {
  needs: ["run", "read", "write"],
  ignore: notLinux,
}, async (t) => {
  const folder = t.folder();
  Deno.chmodSync(folder, 0o755);
  const path = `${folder}/fifo`;
  mkfifo(path);
  const denied = "PermissionDenied EACCES";
  for (
    const [mode, expected] of [
      [0o000, [denied, denied, denied, denied]],
      [0o444, ["TimedOut ", denied, denied, denied]],
      [0o222, [denied, "TimedOut ", denied, denied]],
      [0o666, ["TimedOut ", "TimedOut ", "done", "done"]],
    ] as const
  ) {
    Deno.chmodSync(path, mode);
    const attempts = ["read", "write", "both", "keep"];
    const texts = attempts.map((attempt) => `${attempt}:${path}`);
    const peer = denoPeer("fifo_attempts.ts", ["65534", ...texts]);
    assertEquals(JSON.parse(await output(peer)), expected);
  }
});

for (
  const path of ["a\0b", "lone \udc00 surrogate", 1, null, undefined]
) {
  test(
    `openFifo() throws TypeError for the path ${JSON.stringify(path)}`,
    {},
    async () => {
      for (const options of ways) {
        assertThrows(
          () => openFifoSync(path as string, options),
          TypeError,
          "path",
        );
        await assertRejects(
          () => openFifo(path as string, options),
          TypeError,
          "path",
        );
      }
    },
  );
}

for (
  const [options, Class] of [
    [{}, TypeError],
    [{ read: false, write: false }, TypeError],
    [{ keepOpen: true }, TypeError],
    [{ write: true, keepOpen: true }, TypeError],
    [{ read: true, wait: "spin" }, TypeError],
    [{ read: true, timeout: -1 }, RangeError],
    [{ read: true, timeout: NaN }, RangeError],
    [{ read: true, write: true, timeout: "1" }, TypeError],
  ] as [OpenFifoOptions, typeof RangeError][]
) {
  test(`openFifo() throws ${Class.name} with ${JSON.stringify(options)}`, {
    needs,
  }, async (t) => {
    const path = `${t.folder()}/fifo`;
    mkfifo(path);
    assertThrows(() => openFifoSync(path, options), Class);
    await assertRejects(() => openFifo(path, options), Class);
  });
}
