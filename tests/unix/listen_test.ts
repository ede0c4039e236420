import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Conversation, peerPath } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { sleep } from "../_util/wait.ts";
import { modeOf, namesIn, pathOfLength, ways } from "./_sockets.ts";

const { AddrInUse, BadResource, NotFound } = Deno.errors;
const needs = ["net", "read", "write"] as const;
const buffer = new Uint8Array(64);

for (const { name, listen, connect } of ways) {
  test(
    `${name} serves, and removes its file and nothing else`,
    { needs },
    async (t) => {
      const folder = t.folder();
      const path = `${folder}/tea`;
      Deno.writeTextFileSync(`${folder}/other`, "");
      using listener = listen(path);
      assertEquals(namesIn(folder), ["other", "tea"]);
      assertEquals(listener.addr, { transport: "unix", path });
      using client = await connect(path);
      using server = await listener.accept();
      await client.write(bytes("two teas"));
      assertEquals(text(buffer, await server.read(buffer)), "two teas");
      const pending = listener.accept();
      listener.close();
      listener.close();
      await assertRejects(() => pending, BadResource);
      assertEquals(namesIn(folder), ["other"]);
    },
  );

  test(`${name} gives the file exactly the mode that is asked`, {
    needs: ["all"],
  }, (t) => {
    const path = `${t.folder()}/tea`;
    const before = Deno.umask();
    t.defer(() => {
      Deno.umask(before);
    });
    for (const mask of [0o000, 0o022, 0o077, 0o177]) {
      Deno.umask(mask);
      for (const mode of [undefined, 0o600, 0o660, 0o666, 0o777, 0o000]) {
        using _listener = listen(path, mode === undefined ? {} : { mode });
        assertEquals(modeOf(path), mode ?? 0o600);
      }
      assertEquals(Deno.umask(), mask);
    }
    assertThrows(() => listen(path, { mode: 0o1000 }), RangeError, "0o777");
  });

  test(`${name} takes the path of a process that was killed`, {
    needs: [...needs, "run"],
  }, async (t) => {
    const folder = t.folder();
    const path = `${folder}/tea`;
    for (const way of ["own", "deno"]) {
      await killed(path, way);
      assertEquals(namesIn(folder), ["tea"]);
      const error = assertOsError(
        () => listen(path, { reclaim: false }),
        AddrInUse,
        "EADDRINUSE",
      );
      assert(error.message.includes("nobody has"), error.message);
      using listener = listen(path);
      using _client = await connect(path);
      using _server = await listener.accept();
      listener.close();
      assertEquals(namesIn(folder), []);
    }
  });

  test(
    `${name} never takes the path of a process that lives`,
    { needs },
    async (t) => {
      const folder = t.folder();
      const path = `${folder}/tea`;
      for (const other of ways) {
        using first = other.listen(path);
        const { ino } = Deno.lstatSync(path);
        for (const options of [{}, { reclaim: true }, { reclaim: false }]) {
          const error = assertOsError(
            () => listen(path, options),
            AddrInUse,
            "EADDRINUSE",
          );
          assert(
            error.message.startsWith(`Cannot listen on Unix socket "${path}"`),
          );
          assert(error.message.includes("a process has a socket there"));
        }
        assertEquals(Deno.lstatSync(path).ino, ino);
        assertEquals(namesIn(folder), ["tea"]);
        // The server saw nothing of it: its first connection is this.
        using client = await connect(path);
        using server = await first.accept();
        await client.write(bytes("real"));
        assertEquals(text(buffer, await server.read(buffer)), "real");
      }
    },
  );

  test(`${name} leaves what is no socket`, { needs: ["all"] }, (t) => {
    const folder = t.folder();
    const path = `${folder}/tea`;
    const made: [string, () => void][] = [
      ["file", () => Deno.writeTextFileSync(path, "precious")],
      ["folder", () => Deno.mkdirSync(path)],
      ["link", () => Deno.symlinkSync("/etc/passwd", path)],
      ["dead link", () => Deno.symlinkSync("/nowhere/at/all", path)],
    ];
    for (const [what, make] of made) {
      make();
      const before = Deno.lstatSync(path);
      const error = assertOsError(() => listen(path), AddrInUse, "EADDRINUSE");
      assert(error.message.includes("else than a socket"), what);
      assertEquals(Deno.lstatSync(path), before);
      assertEquals(namesIn(folder), ["tea"]);
      Deno.removeSync(path);
    }
  });

  test(
    `${name} does not remove a file that is another's by now`,
    { needs },
    (t) => {
      const path = `${t.folder()}/tea`;
      for (const other of ways) {
        using first = listen(path);
        Deno.removeSync(path);
        using second = other.listen(path);
        const { ino } = Deno.lstatSync(path);
        first.close();
        assertEquals(Deno.lstatSync(path).ino, ino);
        second.close();
        assertThrows(() => Deno.lstatSync(path), NotFound);
      }
    },
  );

  test(`${name} takes paths up to what sun_path holds`, {
    needs,
    ignore: notLinux,
  }, async (t) => {
    const folder = t.folder();
    const longest = pathOfLength(folder, 107);
    {
      using listener = listen(longest);
      using _client = await connect(longest);
      using _server = await listener.accept();
    }
    for (
      const call of [() => listen(longest + "x"), () => connect(longest + "x")]
    ) {
      const error = await assertRejects(async () => await call(), RangeError);
      assert(error.message.includes("has 108 bytes"), error.message);
      assert(error.message.includes("holds 107"), error.message);
    }
    const wide = pathOfLength(folder, 105) + "é";
    using listener = listen(wide);
    assertEquals(listener.addr.path, wide);
    assertThrows(() => listen(wide + "x"), RangeError, "108 bytes");
    listener.close();
    assertEquals(namesIn(folder), []);
  });

  test(
    `${name} refuses wrong paths before it does anything`,
    { needs },
    async (t) => {
      const folder = t.folder();
      for (const path of ["", `${folder}/a\0b`, 1, null, undefined]) {
        for (const call of [listen, connect]) {
          await assertRejects(
            async () => await call(path as string),
            TypeError,
          );
        }
      }
      assertThrows(() => listen(`${folder}/a\ud800`), TypeError, "surrogate");
      assertThrows(() => listen(`${folder}/no/such`), NotFound);
      assertEquals(namesIn(folder), []);
    },
  );

  test(
    `${name} has abstract names`,
    { needs: ["all"], ignore: notLinux },
    async () => {
      const path = `\0tea ☕ ${crypto.randomUUID()}`;
      using listener = listen(path);
      assertEquals(listener.addr.path, path);
      assertThrows(() => listen(path), AddrInUse, "has the name");
      using client = await connect(path);
      using server = await listener.accept();
      await client.write(bytes("hello"));
      assertEquals(text(buffer, await server.read(buffer)), "hello");
      listener.close();
      using _again = listen(path);
      assertThrows(
        () => listen("\0".padEnd(109, "x")),
        RangeError,
        "108 bytes",
      );
    },
  );
}

test("listeners wait for the lock, and go round one that was left", {
  needs: ["all"],
  ignore: notLinux,
}, async (t) => {
  const folder = t.folder();
  const path = `${folder}/tea`;
  // A process that was killed left it: nobody holds it.
  Deno.writeTextFileSync(`${folder}/.tea.lock`, "");
  for (const { listen } of ways) {
    using _listener = listen(path);
    assertEquals(namesIn(folder), ["tea"]);
  }
  using lock = await Deno.open(`${folder}/.tea.lock`, {
    create: true,
    write: true,
  });
  await lock.lock(true);
  const peer = Conversation.withDeno("unix_hold.ts", [path, "own"]);
  await sleep(300);
  assertEquals(namesIn(folder), [".tea.lock"]);
  Deno.removeSync(`${folder}/.tea.lock`);
  lock.unlockSync();
  assertEquals(await peer.hear(), "listening");
  assertEquals(namesIn(folder), ["tea"]);
  peer.kill();
  await peer.end();
});

/** A process that listened on a path and was killed. */
async function killed(path: string, way: string): Promise<void> {
  const flags = ["net", "read", "write", "ffi"].map((name) =>
    `--allow-${name}`
  );
  const peer = new Conversation(Deno.execPath(), [
    "run",
    "--quiet",
    ...flags,
    peerPath("unix_hold.ts"),
    path,
    way,
  ]);
  assertEquals(await peer.hear(), "listening");
  peer.kill();
  await peer.end();
}
