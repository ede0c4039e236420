import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  currentThreadId,
  isAlive,
  mayBeAlive,
  THREAD_ID_MASK,
  threadNamespace,
} from "../../libc/thread.ts";
import { hasProgram, output } from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { sleep } from "../_util/wait.ts";

/** The number of a thread, as C would make it. */
function idOf(thread: number): number {
  const line = Deno.readTextFileSync(`/proc/${thread}/stat`);
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return thread | (1 + Number(fields[19]) % 255) << 22;
}

test("currentThreadId() is a number of 30 bits that lives", {}, () => {
  const id = currentThreadId();
  assert(id > 0 && id <= THREAD_ID_MASK);
  assertEquals(currentThreadId(), id);
  assert(mayBeAlive(id) && isAlive(id));
});

test("currentThreadId() has the thread's number and its start", {
  needs: ["all"],
  ignore: notLinux,
}, () => {
  const thread = Deno.readLinkSync("/proc/thread-self").split("/").pop();
  assertEquals(currentThreadId(), idOf(Number(thread)));
});

test("isAlive() is false for a thread that started at another time", {
  ignore: notLinux,
}, () => {
  const id = currentThreadId();
  const mark = (id >>> 22) % 255 + 1;
  const other = id & 0x3f_ffff | mark << 22;
  assertNotEquals(other, id);
  assert(mayBeAlive(other) && !isAlive(other));
  assert(isAlive(id & 0x3f_ffff), "no mark, no doubt");
});

test("isAlive() is false for no thread", {}, () => {
  for (const id of [0, 0x3fc0_0000, 0x3f_ffff]) {
    assert(!mayBeAlive(id) && !isAlive(id), `${id}`);
  }
});

test("isAlive() is false for a zombie", {
  needs: ["all"],
  ignore: notLinux || !hasProgram("sh", ["-c", ""]) && "needs sh",
}, async () => {
  // The parent becomes sleep(1), which does not ask what became of its child.
  const parent = new Deno.Command("sh", {
    args: ["-c", "sleep 0.3 & echo $!; exec sleep 60"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = parent.stdout.getReader();
  const pid = parseInt(new TextDecoder().decode((await reader.read()).value));
  const id = idOf(pid);
  assert(isAlive(id));
  while (isAlive(id)) await sleep(10);
  assert(mayBeAlive(id), "it is still there");
  parent.kill("SIGKILL");
  await reader.cancel();
  await parent.status;
});

test("isAlive() is false for a thread that has ended", {
  needs: ["read"],
  ignore: notLinux,
}, async () => {
  const url = new URL("./_thread_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const id = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  assertNotEquals(id, currentThreadId());
  assert(isAlive(id));
  worker.terminate();
  while (isAlive(id)) await sleep(5);
});

test("threadNamespace() adds up the inode numbers", {
  needs: ["all"],
  ignore: notLinux,
}, () => {
  const inode = (kind: string) =>
    Deno.statSync(`/proc/self/ns/${kind}`).ino ?? 0;
  assertEquals(threadNamespace(), (inode("pid") + 31 * inode("time")) | 0);
});

/** Whether pid namespaces can be made here. */
const canUnshare = hasProgram("unshare", ["--pid", "--fork", "true"]);

test("currentThreadId() has no mark where /proc is of another namespace", {
  needs: ["run", "read"],
  ignore: notLinux || !canUnshare && "needs the right to make pid namespaces",
}, async () => {
  const script = new URL("./_thread_namespace.ts", import.meta.url).pathname;
  const run = [Deno.execPath(), "run", "--quiet", "--allow-ffi", script];
  const args = ["--pid", "--fork", ...run];
  // Its numbers are those of other processes there, who may come and go.
  assertEquals(
    await output(new Deno.Command("unshare", { args })),
    "0 true true",
  );
  args.splice(2, 0, "--mount-proc");
  const own = await output(new Deno.Command("unshare", { args }));
  assert(/^[1-9]\d* true false$/.test(own), own);
});
