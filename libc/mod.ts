/**
 * The floor of the `ipc` modules: C calls, constants and struct layouts,
 * error numbers, ownership of descriptors and mappings, and waiting.
 *
 * It serves the modules beside it. What their users need of it, such as
 * {@linkcode isOsError}, those modules export as well; the rest may change
 * from one version to the next.
 *
 * @module
 */

export { checkInteger, checkMode } from "./argument.ts";
export { checkBytes } from "./bytes.ts";
export { checkTimeout, deadlineAfter, timedOut } from "./deadline.ts";
export { descriptorFromEnv } from "./descriptor_from_env.ts";
export { Errno, errnoNumbers } from "./errno.ts";
export type { ErrnoName } from "./errno.ts";
export { isOsError, osError } from "./error.ts";
export type { OsErrorDetails } from "./error.ts";
export {
  accessMode,
  duplicate,
  isCloseOnExec,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_NONBLOCK_SHM,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  open,
  pipeCapacity,
  setCloseOnExec,
  setPipeCapacity,
} from "./fcntl.ts";
export { FileDescriptor } from "./file_descriptor.ts";
export { Futex } from "./futex.ts";
export { Mapping } from "./mapping.ts";
export { SHM_NAME_MAX, shmOpen, shmUnlink } from "./mman.ts";
export { openOrCreate, withRandomName } from "./named_object.ts";
export { nap } from "./nap.ts";
export { capabilities } from "./platform.ts";
export type { Capabilities } from "./platform.ts";
export { reserve, spaceHint } from "./reserve.ts";
export {
  SEM_SIZE,
  SEM_VALUE_MAX,
  semClose,
  semOpen,
  semPost,
  semTimedWait,
  semTimedWaitAsync,
  semTryWait,
  semUnlink,
  semValue,
  semWait,
} from "./semaphore.ts";
export type { SemaphorePointer } from "./semaphore.ts";
export { sleepSync } from "./sched.ts";
export { LONGEST_NAP, Spin } from "./spin.ts";
export {
  fstat,
  lstat,
  mkfifo,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from "./stat.ts";
export type { FileStat } from "./stat.ts";
export {
  currentThreadId,
  isAlive,
  mayBeAlive,
  THREAD_ID_MASK,
  threadNamespace,
} from "./thread.ts";
export {
  ftruncate,
  lseek,
  pageSize,
  pipe,
  PIPE_BUF,
  tryRead,
  tryWrite,
  WOULD_BLOCK,
} from "./unistd.ts";
export type { PipeDescriptors } from "./unistd.ts";
export { monotonicNow } from "./time.ts";
export { TurnsBefore } from "./event_loop_turn.ts";
export { WaitQueue } from "./wait_queue.ts";
export type { Waitable, WaitOptions } from "./wait_queue.ts";
export { checkWait } from "./wait_strategy.ts";
export type { WaitStrategy } from "./wait_strategy.ts";
