/**
 * Counts the calls whose error is not the one that they end with. Whatever the
 * runtime does for itself leaves another `errno` here.
 */

import { duplicate, setNonblocking } from "../../libc/fcntl.ts";
import { shmUnlink } from "../../libc/mman.ts";
import {
  ftruncate,
  lseek,
  pipe,
  tryRead,
  tryWrite,
  WOULD_BLOCK,
} from "../../libc/unistd.ts";

const full = pipe();
const empty = pipe();
setNonblocking(full.writer, true);
setNonblocking(empty.reader, true);
const byte = new Uint8Array(1);
while (tryWrite(full.writer, new Uint8Array(4096)) !== WOULD_BLOCK);

/** Each a call, and the code that it fails with, if it is not a plain no. */
const calls: [call: () => unknown, code?: string][] = [
  [() => tryWrite(full.writer, byte)],
  [() => tryRead(empty.reader, byte)],
  [() => duplicate(-1), "EBADF"],
  [() => setNonblocking(-1, true), "EBADF"],
  [() => lseek(empty.reader, 0, 0), "ESPIPE"],
  [() => ftruncate(-1, 1), "EBADF"],
  [() => shmUnlink("/ipc-poisoned-is-missing"), "ENOENT"],
];

const wrong: Record<string, number> = {};
const garbage: unknown[] = [];
for (let i = 0; i < 70_000; i++) {
  const [call, code] = calls[i % calls.length]!;
  let got: string | undefined;
  try {
    call();
  } catch (error) {
    got = (error as { code?: string }).code ?? String(error);
  }
  if (got !== code) wrong[`${code}: ${got}`] ??= i;
  garbage[i & 1023] = [i, { i }, `${i}`];
}
console.log(JSON.stringify(wrong));
