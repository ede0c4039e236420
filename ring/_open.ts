import {
  deadlineAfter,
  Errno,
  FileDescriptor,
  fstat,
  isOsError,
  lstat,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  openOrCreate,
  osError,
  S_IFMT,
  S_IFREG,
  sleepSync,
  withRandomName,
} from "@ipc/libc";
import type { WaitStrategy } from "@ipc/libc";
import { open, tryLockByte, unlockByte } from "@ipc/libc/rings";
import { createRing, removeRing } from "./_create.ts";
import { readShape } from "./_header.ts";
import { damaged, describe, LockByte } from "./_layout.ts";
import type { Shape } from "./_layout.ts";
import { RingMemory } from "./_memory.ts";
import { checkOptions, checkShape, shapeOf } from "./_options.ts";
import type { OpenRingOptions, Plan } from "./_options.ts";
import { memoryPath } from "./_path.ts";

/** How long nobody may be at work on a ring that is not ready. */
const ABANDONED = 100;

/**
 * Opens the memory of a ring.
 *
 * @param name The name, or `null` for a random one.
 * @param options How.
 * @param finish Does the rest; if it fails, a new ring is taken back.
 */
export function openRing<T>(
  name: string | null,
  options: OpenRingOptions,
  finish: (memory: RingMemory, wait: WaitStrategy) => T,
): T {
  const plan = checkOptions(name, options);
  if (name === null) {
    return withRandomName((name) => openNew(name, plan, finish));
  }
  memoryPath(name);
  if (plan.createNew) return openNew(name, plan, finish);
  if (!plan.create) return openExisting(name, plan, finish);
  return openOrCreate(
    () => openNew(name, plan, finish),
    () => openExisting(name, plan, finish),
  );
}

type Finish<T> = (memory: RingMemory, wait: WaitStrategy) => T;

/** Creates a ring; on failure it takes back what it created. */
function openNew<T>(name: string, plan: Plan, finish: Finish<T>): T {
  const what = describe(name);
  const flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  const fd = open(memoryPath(name), flags, what, undefined, plan.mode);
  using undo = new DisposableStack();
  const file = undo.use(new FileDescriptor(fd));
  // It comes before the file is closed, whose header tells of the bells.
  using removal = new DisposableStack();
  removal.defer(() => removeRing(name, fd));
  // Another, who opens it in this moment, may make it in our place.
  const shape = waitUntilReady(fd, name, { ...plan, create: true });
  const memory = undo.adopt(
    new RingMemory(name, file, shape, true),
    (memory) => memory.close(),
  );
  const ring = finish(memory, plan.wait);
  removal.move();
  undo.move();
  return ring;
}

/** Opens a ring that exists; on failure it is as it was. */
function openExisting<T>(name: string, plan: Plan, finish: Finish<T>): T {
  const what = describe(name);
  const flags = O_RDWR | O_NONBLOCK | O_NOFOLLOW;
  using undo = new DisposableStack();
  const file = undo.use(
    new FileDescriptor(open(memoryPath(name), flags, what)),
  );
  const { mode } = fstat(file.fd);
  if ((mode & S_IFMT) !== S_IFREG) {
    throw new TypeError(
      `Cannot open ${what}: what has the name is no shared memory ` +
        `(its mode is 0o${mode.toString(8)})`,
    );
  }
  const shape = waitUntilReady(file.fd, name, plan);
  checkShape(what, shape, plan);
  const memory = undo.adopt(
    new RingMemory(name, file, shape, false),
    (memory) => memory.close(),
  );
  try {
    const ring = finish(memory, plan.wait);
    undo.move();
    return ring;
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
    // It lacks a bell: it has just been unlinked, or is damaged.
    lstat(memoryPath(name));
    throw damaged(what, error.message);
  }
}

/** Waits until the creator of a ring has finished, or finishes it. */
function waitUntilReady(fd: number, name: string, plan: Plan): Shape {
  const what = describe(name);
  const deadline = deadlineAfter(plan.timeout);
  let abandonedAt = Infinity;
  for (;;) {
    const shape = readShape(fd, what);
    if (shape !== undefined) return shape;
    const now = performance.now();
    if (tryLockByte(fd, LockByte.init)) {
      // Nobody is at work. It may have been finished, or taken back, just now.
      try {
        const again = readShape(fd, what) ?? takeOver(fd, name, plan);
        if (again !== undefined) return again;
      } finally {
        unlockByte(fd, LockByte.init);
      }
      abandonedAt = Math.min(abandonedAt, now);
      if (now - abandonedAt > ABANDONED) {
        throw damaged(what, "whoever created it has died over it");
      }
    } else {
      abandonedAt = Infinity;
    }
    if (now >= deadline) {
      throw new Deno.errors.TimedOut(
        `Cannot open ${what}: its creator has not finished it within ` +
          `${plan.timeout} milliseconds`,
      );
    }
    sleepSync(0.2);
  }
}

/** With the right to make the ring: makes it, if that was asked for. */
function takeOver(fd: number, name: string, plan: Plan): Shape | undefined {
  if (fstat(fd).nlink === 0) {
    throw osError(Errno.ENOENT, "open", `open ${describe(name)}`);
  }
  if (!plan.create) return undefined;
  const shape = shapeOf(plan);
  createRing(fd, name, shape);
  return shape;
}
