/**
 * The part of the floor that System V shared memory and semaphores stand on.
 * It is apart from the rest because what has neither starts sooner without it.
 *
 * @module
 */

export { Attachment } from "./attachment.ts";
export { ftok } from "./ftok.ts";
export {
  checkKey,
  IPC_CREAT,
  IPC_EXCL,
  IPC_NOWAIT,
  IPC_PRIVATE,
  withRandomKey,
} from "./ipc.ts";
export type { IpcPermissionChanges, IpcPermissions } from "./ipc.ts";
export { kernelSetting, kernelSettings } from "./kernel_setting.ts";
export type { OffThreadCall } from "./off_thread.ts";
export {
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  MAX_NSEMS,
  SEM_UNDO,
  semAsk,
  semGet,
  semOperate,
  semOperateFor,
  SEMOPM,
  semRemove,
  semSet,
  semSetValue,
  semSetValues,
  semStat,
  semValues,
  SEMVMX,
} from "./sem.ts";
export type { SemaphoreData, SemaphoreOperations } from "./sem.ts";
export { semOperateOffThread } from "./sem_off_thread.ts";
export {
  SHM_HUGETLB,
  SHM_NORESERVE,
  shmGet,
  shmRemove,
  shmSet,
  shmSetLocked,
  shmStat,
} from "./shm.ts";
export type { SegmentData } from "./shm.ts";
export {
  checkId,
  checkPermissions,
  describeSysv,
  momentOf,
  notFound,
  sysvFailure,
} from "./sysv_object.ts";
export type { Sleepable } from "./sleep_queue.ts";
export { SysvTransfers } from "./sysv_transfers.ts";
export type { SysvTransfer } from "./sysv_transfers.ts";
