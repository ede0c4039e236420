/**
 * Makes one attempt after another with System V queues and prints, as JSON,
 * the outcome of each: the name, code and message of the error, or `"done"`.
 *
 * The first argument is the user to become, if this is root; `-` stays. The
 * rest are attempts: an operation, a colon, a key or an id.
 */

import {
  isOsError,
  openSysvMessageQueue,
  removeSysvMessageQueue,
  SysvMessageQueue,
} from "@ipc/mqueue";

const operations: Record<string, (number: number) => void> = {
  new: () => openSysvMessageQueue(null).close(),
  open: (key) => openSysvMessageQueue(key).close(),
  read: (key) => openSysvMessageQueue(key, { write: false }).close(),
  write: (key) => openSysvMessageQueue(key, { read: false }).close(),
  create: (key) => openSysvMessageQueue(key, { create: true }).close(),
  remove: removeSysvMessageQueue,
  send: (id) => SysvMessageQueue.fromId(id).sendSync(new Uint8Array(8)),
  receive: (id) => void SysvMessageQueue.fromId(id).receiveSync(),
  stat: (id) => void SysvMessageQueue.fromId(id).stat(),
  chmod: (id) => SysvMessageQueue.fromId(id).set({ mode: 0o777 }),
  grow: (id) => SysvMessageQueue.fromId(id).set({ maxSize: 100_000_000 }),
};

/** `setgid(2)` and `setuid(2)`: glibc changes all threads. */
function become(user: number): void {
  // deno-lint-ignore ipc/unsafe -- not a call that the library has
  const { symbols } = Deno.dlopen("libc.so.6", {
    getuid: { parameters: [], result: "u32" },
    setgroups: { parameters: ["usize", "pointer"], result: "i32" },
    setgid: { parameters: ["u32"], result: "i32" },
    setuid: { parameters: ["u32"], result: "i32" },
  });
  if (symbols.getuid() !== 0) return;
  symbols.setgroups(0n, null);
  symbols.setgid(user);
  symbols.setuid(user);
  if (symbols.getuid() !== user) throw new Error("It is still root");
}

function attempt(text: string): string {
  const [operation, number] = text.split(":") as [string, string];
  try {
    operations[operation]!(Number(number));
    return "done";
  } catch (error) {
    const { name, message } = error as Error;
    return `${name} ${isOsError(error) ? error.code : ""} ${message}`;
  }
}

const [user, ...texts] = Deno.args as [string, ...string[]];
if (user !== "-") become(Number(user));
console.log(JSON.stringify(texts.map(attempt)));
