/** The names of semaphores and shared memory. */

import {
  openSemaphore,
  openSharedMemory,
  unlinkSemaphore,
  unlinkSharedMemory,
} from "@ipc/shm";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { notLinux, test } from "../_util/test.ts";

/** Every call that takes a name. */
const calls: Record<string, (name: string) => unknown> = {
  "openSemaphore()": (name) => openSemaphore(name),
  "openSemaphore() with create": (name) =>
    openSemaphore(name, { create: true }),
  "openSemaphore() with createNew": (name) =>
    openSemaphore(name, { createNew: true }),
  "unlinkSemaphore()": unlinkSemaphore,
  "openSharedMemory()": (name) => openSharedMemory(name),
  "openSharedMemory() with create": (name) =>
    openSharedMemory(name, { create: true, size: 1 }),
  "openSharedMemory() with createNew": (name) =>
    openSharedMemory(name, { createNew: true, size: 1 }),
  "unlinkSharedMemory()": unlinkSharedMemory,
};

/** What is no name, and what the message has to say of it. */
const wrong: [name: string, words: string][] = [
  ["", "must start with"],
  ["frames", "must start with"],
  ["frames/", "must start with"],
  ["/", "after"],
  ["/a/b", "second"],
  ["//a", "second"],
  ["/a/", "second"],
  ["/.", "directory"],
  ["/..", "directory"],
  ["/a\0b", "NUL"],
  ["/\0", "NUL"],
  ["/a\ud800", "surrogate"],
  ["/\udc00a", "surrogate"],
];

for (const [title, call] of Object.entries(calls)) {
  test(`${title} throws TypeError when the name is none`, {}, () => {
    for (const [name, words] of wrong) {
      const { message } = assertThrows(() => call(name), TypeError, words);
      assert(message.includes(JSON.stringify(name)), message);
    }
  });

  test(`${title} throws TypeError when the name is no string`, {}, () => {
    for (const name of [undefined, 5, {}, new Uint8Array(1)]) {
      const error = assertThrows(
        () => call(name as unknown as string),
        TypeError,
      );
      assert(error.message.startsWith("Cannot "), error.message);
    }
  });
}

interface Kind {
  create: (name: string) => Disposable & { name: string | null };
  open: (name: string) => Disposable;
  unlink: (name: string) => void;
  limit: number;
  file: (name: string) => string;
}

const kinds: Record<string, Kind> = {
  openSemaphore: {
    create: (name) => openSemaphore(name, { createNew: true }),
    open: openSemaphore,
    unlink: unlinkSemaphore,
    limit: Deno.build.os === "darwin" ? 31 : 252,
    file: (name) => `/dev/shm/sem.${name.slice(1)}`,
  },
  openSharedMemory: {
    create: (name) => openSharedMemory(name, { createNew: true, size: 1 }),
    open: openSharedMemory,
    unlink: unlinkSharedMemory,
    limit: Deno.build.os === "darwin" ? 31 : 256,
    file: (name) => `/dev/shm${name}`,
  },
};

/** A name of so many bytes, whose last characters take `width` each. */
function nameOf(bytes: number, width: 1 | 2 | 3 | 4): string {
  const character = { 1: "x", 2: "ä", 3: "语", 4: "𝄞" }[width];
  const start = `/t_${crypto.randomUUID().slice(0, 8)}`;
  const rest = bytes - start.length;
  return start + "y".repeat(rest % width) +
    character.repeat(Math.floor(rest / width));
}

/** Removes what a test that failed has left. */
function removed(unlink: (name: string) => void, name: string): void {
  try {
    unlink(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

for (const [title, kind] of Object.entries(kinds)) {
  const { create, open, unlink, limit, file } = kind;
  for (const width of [1, 2, 3, 4] as const) {
    test(
      `${title}() takes ${limit} bytes and no more when a character takes ${width}`,
      {},
      (t) => {
        const longest = nameOf(limit, width);
        assertEquals(new TextEncoder().encode(longest).length, limit);
        t.defer(() => removed(unlink, longest));
        using object = create(longest);
        assertEquals(object.name, longest);
        open(longest)[Symbol.dispose]();
        unlink(longest);
        for (const bytes of [limit + 1, limit + 3, limit + 4, 5000]) {
          const name = nameOf(bytes, width);
          for (const call of [create, open, unlink]) {
            const error = assertThrows(
              () => call(name),
              RangeError,
              `${limit}`,
            );
            assert(error.message.includes(`${bytes}`), error.message);
          }
        }
      },
    );
  }

  test(`${title}() gives the file the same name when it is not ASCII`, {
    needs: ["all"],
    ignore: notLinux,
  }, (t) => {
    for (const width of [2, 3, 4] as const) {
      const name = nameOf(25, width);
      t.defer(() => removed(unlink, name));
      using _object = create(name);
      assert(Deno.statSync(file(name)).isFile);
      unlink(name);
      assertThrows(() => Deno.statSync(file(name)), Deno.errors.NotFound);
    }
  });

  test(
    `${title}() takes a name when it has odd characters that are allowed`,
    {},
    (t) => {
      const end = crypto.randomUUID().slice(0, 8);
      for (const start of ["/...", "/ ", "/-", "/a.b", "/\n", "/%2F", "/\\"]) {
        const name = start + end;
        t.defer(() => removed(unlink, name));
        using object = create(name);
        assertEquals(object.name, name);
        open(name)[Symbol.dispose]();
        unlink(name);
      }
    },
  );
}
