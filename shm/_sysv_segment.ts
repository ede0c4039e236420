/** What the class and the functions of System V shared memory both need. */

import { checkInteger, Errno, osError, pageSize } from "@ipc/libc";
import { Attachment, describeSysv, sysvFailure } from "@ipc/libc/sysv";
import { sysvLimits } from "./sysv_limits.ts";

const { EACCES, EINVAL, EMFILE, ENOMEM, ENOSPC, EPERM } = Errno;

/** Names the memory in messages. */
export function describeSegment(
  id: number | undefined,
  key: number | undefined,
): string {
  return describeSysv("shared memory", id, key);
}

/**
 * Attaches memory.
 *
 * @param id The memory.
 * @param writable Whether it is to be written.
 * @param what What it is called in messages.
 * @returns The attachment.
 */
export function attachSegment(
  id: number,
  writable: boolean,
  what: string,
): Attachment {
  const attachment = Attachment.attach(id, writable);
  if (typeof attachment !== "number") return attachment;
  const hint = attachment === ENOMEM || attachment === EMFILE
    ? "this process has no room for it among its addresses, or too many " +
      "mappings (vm.max_map_count)"
    : undefined;
  const permission = writable
    ? "to read and write; set write to false to ask for less"
    : "to read";
  throw sysvFailure(attachment, "shmat", `attach ${what}`, permission, hint);
}

/**
 * Makes the error of memory that could not be made.
 *
 * @param error What the system said.
 * @param number Its error number.
 * @param action What could not be done.
 * @param size How many bytes it was to have.
 * @param hugePages Whether it was to be of huge pages.
 * @returns The error, which names the limit that was met.
 */
export function creationFailure(
  error: Error,
  number: number,
  action: string,
  size: number,
  hugePages: boolean,
): Error {
  const limits = sysvLimits().sharedMemory;
  if (number === EINVAL) {
    const most = limits?.maxSize ?? "less";
    return new RangeError(
      `Cannot ${action} of ${size} bytes: the system allows ${most} ` +
        `(SHMMAX); raise it: sysctl kernel.shmmax=${size}`,
    );
  }
  let hint: string | undefined;
  if (hugePages && (number === ENOMEM || number === EPERM)) {
    hint = number === ENOMEM
      ? "there are not so many huge pages free; make some: sysctl " +
        "vm.nr_hugepages"
      : "huge pages are for root, or the group of vm.hugetlb_shm_group";
  } else if (number === ENOSPC && limits !== undefined) {
    const { maxPages, maxSegments } = limits;
    const pages = Math.ceil(size / pageSize());
    hint = `there are ${maxSegments} already, which kernel.shmmni allows ` +
      `(SHMMNI), or all together would have more than the ${maxPages} pages ` +
      `of kernel.shmall (SHMALL), ${pages} of them new; raise them: sysctl ` +
      `kernel.shmmni=${2 * maxSegments} kernel.shmall=${maxPages + pages}, ` +
      "or remove some: ipcs -m, ipcrm -m";
  } else if (number === ENOMEM) {
    hint = `${size} bytes are more than the system can promise`;
  } else if (number === EACCES) {
    hint = "its mode gives this user no permission";
  }
  return hint === undefined ? error : osError(number, "shmget", action, hint);
}

/**
 * Checks where to read or write.
 *
 * @param offset The first byte.
 * @param size How many bytes there are.
 * @returns The same.
 */
export function checkOffset(offset: number, size: number): number {
  return checkInteger(offset, "offset", 0, size);
}
