import { assert, assertEquals } from "@std/assert";
import { denoPeer, outcome, withoutProgram } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";

const options = {
  needs: ["run", "read", "write", "net"],
  ignore: notLinux || withoutProgram("prlimit"),
  deadline: 20_000,
} as const;

for (const way of ["own", "deno"] as const) {
  test(
    `a server of ${way} sockets at the descriptor limit recovers, and does not spin`,
    options,
    async (t) => {
      const { code, stdout, stderr } = await outcome(
        denoPeer("unix_at_limit.ts", [`${t.folder()}/tea`, way], {
          flags: ["--allow-all"],
          through: ["prlimit", "--nofile=64"],
        }),
      );
      assertEquals(code, 0, stderr);
      const { early, served, codes, cpu } = JSON.parse(stdout);
      assert(early < 10, `${early} at once`);
      assertEquals(served, 10);
      assertEquals(codes, ["EMFILE"]);
      assert(cpu < 100, `${cpu} ms of processor time in 300 ms`);
    },
  );
}

test(
  "a listener at the descriptor limit says so, and goes on later",
  options,
  async (t) => {
    const { code, stdout, stderr } = await outcome(
      denoPeer("unix_accept_limit.ts", [`${t.folder()}/tea`], {
        flags: ["--allow-all"],
        through: ["prlimit", "--nofile=48"],
      }),
    );
    assertEquals(code, 0, stderr);
    assertEquals(stdout.trim().split("\n"), ["EMFILE", "EMFILE", "accepted"]);
  },
);
