import {
  fstat,
  ftruncate,
  isOsError,
  lseek,
  mkfifo,
  osError,
  reserve,
  spaceHint,
  tryRead,
  tryWrite,
} from "@ipc/libc";
import { unlink } from "@ipc/libc/rings";
import {
  BLOCK,
  byteLength,
  describe,
  HEADER,
  longestMessage,
  MAGIC,
  MOST_LANES,
  VERSION,
} from "./_layout.ts";
import type { Shape } from "./_layout.ts";
import { Ringer } from "./_bell.ts";
import { ringId } from "./_memory.ts";
import { consumerBellPath, memoryPath, producerBellPath } from "./_path.ts";

/**
 * Makes a file a ring. Whoever dies here leaves what the next one finishes:
 * the header comes first, and the word that says that it is one comes last.
 */
export function createRing(fd: number, name: string, shape: Shape): void {
  const what = describe(name);
  const header = new Int32Array(BLOCK / 4);
  const id = crypto.getRandomValues(new Int32Array(2));
  header[HEADER.version] = VERSION;
  header[HEADER.flags] = shape.flags;
  header[HEADER.lanes] = shape.lanes;
  header[HEADER.capacity] = shape.capacity;
  header[HEADER.longest] = longestMessage(shape.capacity);
  header[HEADER.idLow] = id[0]!;
  header[HEADER.idHigh] = id[1]!;
  removeBells(name, fd);
  ftruncate(fd, 0);
  lseek(fd, 0, Deno.SeekMode.Start);
  const size = byteLength(shape);
  const action = `create ${what} with ${size} bytes`;
  try {
    tryWrite(fd, new Uint8Array(header.buffer), action);
  } catch (error) {
    if (!isOsError(error)) throw error;
    const { errno, syscall } = error;
    throw osError(errno, syscall, action, spaceHint(errno, fd));
  }
  reserve(fd, size, action);
  const hex = ringId(id[0]!, id[1]!);
  const mode = fstat(fd).mode & 0o777;
  using undo = new DisposableStack();
  for (const path of bellPaths(name, hex, shape.lanes)) {
    mkfifo(path, mode);
    undo.defer(() => remove(path));
  }
  lseek(fd, 0, Deno.SeekMode.Start);
  tryWrite(fd, new Uint8Array(new Int32Array([MAGIC]).buffer));
  undo.move();
}

/** All bells of a ring. */
function* bellPaths(
  name: string,
  id: string,
  lanes: number,
): Generator<string, void, void> {
  for (let i = 0; i < lanes; i++) {
    yield consumerBellPath(name, id, i);
    yield producerBellPath(name, id, i);
  }
}

/** Removes the bells of a ring, if its header tells which they are. */
function removeBells(name: string, fd: number): void {
  const header = new Int32Array(BLOCK / 4);
  lseek(fd, 0, Deno.SeekMode.Start);
  if (tryRead(fd, new Uint8Array(header.buffer)) !== BLOCK) return;
  if (header[HEADER.version] !== VERSION) return;
  const id = ringId(header[HEADER.idLow]!, header[HEADER.idHigh]!);
  const lanes = Math.min(Math.max(header[HEADER.lanes]!, 0), MOST_LANES);
  for (const path of bellPaths(name, id, lanes)) {
    const end = ringOnce(path);
    remove(path);
    // Who waits for somebody to come learns that nobody can.
    end?.ring();
    end?.close();
  }
}

/** An end of a bell to ring before it is gone, if it is a bell. */
function ringOnce(path: string): Ringer | undefined {
  try {
    return new Ringer(path, path);
  } catch {
    return undefined;
  }
}

/**
 * Removes the name of a ring, and its bells.
 *
 * @param name The name.
 * @param fd Its memory.
 */
export function removeRing(name: string, fd: number): void {
  removeBells(name, fd);
  remove(memoryPath(name));
}

/** Removes a path, unless it is gone. */
function remove(path: string): void {
  try {
    unlink(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}
