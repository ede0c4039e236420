import { mkfifo } from "@ipc/fifo";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";

const { AlreadyExists, NotADirectory, NotFound } = Deno.errors;
const needs = ["read", "write"] as const;

/** The permission bits that the system has of a path. */
function modeOf(path: string): number {
  return Deno.lstatSync(path).mode! & 0o7777;
}

test("mkfifo() makes a FIFO that only its owner may use", { needs }, (t) => {
  const path = `${t.folder()}/fifo`;
  mkfifo(path);
  assert(Deno.lstatSync(path).isFifo);
  assertEquals(modeOf(path), 0o600);
});

test("mkfifo() takes the umask from the mode that is asked for", {
  needs: ["run", "read", "write"],
}, async (t) => {
  const folder = t.folder();
  for (
    const [umask, mode, expected] of [
      ["022", 0o666, 0o644],
      ["000", 0o666, 0o666],
      ["077", 0o777, 0o700],
      ["777", 0o600, 0o000],
      ["000", 0o240, 0o240],
    ] as const
  ) {
    const path = `${folder}/${umask}_${mode}`;
    const peer = denoPeer("make_fifo.ts", [path, String(mode)], {
      through: ["sh", "-c", `umask ${umask}; exec "$0" "$@"`],
    });
    await output(peer);
    assertEquals(modeOf(path), expected);
  }
});

for (
  const name of ["plain", "with space", "ünï☕𝄞", "-n", "a\nb", "\u{feff}bom"]
) {
  test(`mkfifo() makes ${JSON.stringify(name)}, and Deno.remove() removes it`, {
    needs,
  }, (t) => {
    const folder = t.folder();
    mkfifo(`${folder}/${name}`);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [name]);
    Deno.removeSync(`${folder}/${name}`);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
}

test(
  "mkfifo() throws AlreadyExists for whatever has the name, and leaves it alone",
  { needs },
  (t) => {
    const folder = t.folder();
    const path = (name: string) => `${folder}/${name}`;
    mkfifo(path("fifo"), { mode: 0o600 });
    Deno.writeTextFileSync(path("file"), "kept", { mode: 0o640 });
    Deno.mkdirSync(path("folder"));
    Deno.symlinkSync(path("nowhere"), path("dangling"));
    Deno.symlinkSync(path("file"), path("link"));
    const before = [...Deno.readDirSync(folder)].map((
      { name },
    ) => [name, describe(path(name))]);
    for (const [name] of before) {
      assertOsError(
        () => mkfifo(path(name!), { mode: 0o666 }),
        AlreadyExists,
        "EEXIST",
        "mkfifo",
      );
    }
    const after = [...Deno.readDirSync(folder)].map((
      { name },
    ) => [name, describe(path(name))]);
    assertEquals(after, before);
    assertEquals(Deno.readTextFileSync(path("file")), "kept");
  },
);

/** What the system says of a path, in one line. */
function describe(path: string): string {
  const { mode, ino, size } = Deno.lstatSync(path);
  return `${mode} ${ino} ${size}`;
}

test("mkfifo() throws NotFound when there is no such folder, or no name", {
  needs,
}, (t) => {
  const folder = t.folder();
  assertOsError(() => mkfifo(`${folder}/missing/fifo`), NotFound, "ENOENT");
  assertOsError(() => mkfifo(""), NotFound, "ENOENT");
  Deno.writeTextFileSync(`${folder}/file`, "");
  assertOsError(() => mkfifo(`${folder}/file/fifo`), NotADirectory, "ENOTDIR");
});

test("mkfifo() names the path when the name is too long", { needs }, (t) => {
  const name = "n".repeat(256);
  const error = assertOsError(
    () => mkfifo(`${t.folder()}/${name}`),
    Error,
    "ENAMETOOLONG",
  );
  assert(error.message.includes(name));
});

test("mkfifo() throws PermissionDenied when the folder cannot be written", {
  needs: ["run", "read", "write"],
  ignore: notLinux,
}, async (t) => {
  const folder = t.folder();
  Deno.chmodSync(folder, 0o555);
  const peer = denoPeer("fifo_attempts.ts", [
    "65534",
    `mkfifo:${folder}/fifo`,
  ]);
  assertEquals(JSON.parse(await output(peer)), ["PermissionDenied EACCES"]);
  assertEquals([...Deno.readDirSync(folder)], []);
});

for (
  const path of [
    "a\0b",
    "\0",
    "lone \ud800 surrogate",
    1,
    null,
    undefined,
    new URL("file:///tmp/x"),
  ]
) {
  test(
    `mkfifo() throws TypeError for the path ${JSON.stringify(path)}`,
    {},
    () => {
      assertThrows(() => mkfifo(path as string), TypeError, "path");
    },
  );
}

for (
  const [mode, Class] of [
    [-1, RangeError],
    [0o10000, RangeError],
    [1.5, RangeError],
    [NaN, RangeError],
    ["600", TypeError],
    [null, TypeError],
  ] as [number, typeof RangeError][]
) {
  test(
    `mkfifo() throws ${Class.name} for the mode ${
      JSON.stringify(mode)
    } before it makes anything`,
    { needs },
    (t) => {
      const folder = t.folder();
      assertThrows(() => mkfifo(`${folder}/fifo`, { mode }), Class);
      assertEquals([...Deno.readDirSync(folder)], []);
    },
  );
}
