import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Conversation, outcome } from "../_util/child.ts";
import { test } from "../_util/test.ts";
import { namesIn } from "../unix/_sockets.ts";

function script(name: string): string {
  return fromFileUrl(new URL(`../../examples/${name}.ts`, import.meta.url));
}

function deno(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

test("pass_file: a process reads a file that it may not open", {
  needs: ["run", "read", "write"],
  deadline: 20_000,
}, async (t) => {
  const folder = t.folder();
  const [path, file] = [`${folder}/socket`, `${folder}/secret`];
  Deno.writeTextFileSync(file, "for your eyes only\n".repeat(10_000));
  const server = new Conversation(Deno.execPath(), [
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-ffi",
    script("pass_file_server"),
    path,
    file,
  ]);
  assertEquals(
    await server.hear(),
    `Passing ${file} to who connects to ${path}`,
  );
  for (let i = 0; i < 2; i++) {
    const client = deno("--allow-ffi", script("pass_file_client"), path);
    const { code, stdout, stderr } = await outcome(client);
    assertEquals(code, 0, stderr);
    assertEquals(stdout, Deno.readTextFileSync(file));
    assertEquals(stderr.trim(), `${file}, 190000 bytes:`);
    assertMatch(await server.hear(), /^Passed it to process \d+ of user \d+$/);
  }
  Deno.kill(server.pid, "SIGINT");
  assert((await server.end()).success);
  assertEquals(namesIn(folder), ["secret"]);
});
