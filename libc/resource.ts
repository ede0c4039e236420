/**
 * `<sys/resource.h>`: what a process may use.
 *
 * Linux from `asm-generic/resource.h`; macOS from `bsd/sys/resource.h` of xnu.
 *
 * @see {@link https://man7.org/linux/man-pages/man2/getrlimit.2.html | getrlimit(2)}
 */

import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";

const libresource = library({
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" }, // int getrlimit(int, struct rlimit *)
});

/** How many descriptors a process may have open. */
export const RLIMIT_NOFILE: number = perPlatform({ linux: 7, darwin: 8 });
/** How many bytes the POSIX message queues of a user may take; Linux only. */
export const RLIMIT_MSGQUEUE = 12;
/** There is no limit. */
export const RLIM_INFINITY: bigint = perPlatform({
  linux: 0xffff_ffff_ffff_ffffn,
  darwin: 0x7fff_ffff_ffff_ffffn,
});

/** Offsets in `struct rlimit`, in bytes; both fields have 64 bits. */
export const RLIMIT = {
  size: 16,
  rlim_cur: 0, // rlim_t
  rlim_max: 8, // rlim_t
} as const;

/** A limit: what holds now, and up to what a process may raise it. */
export interface ResourceLimit {
  /** What holds; `Infinity` if nothing does. */
  readonly soft: number;
  /** Up to what it may be raised; `Infinity` if there is no bound. */
  readonly hard: number;
}

/**
 * Reads a limit of this process.
 *
 * @param resource Which, such as {@linkcode RLIMIT_NOFILE}.
 * @returns The limit.
 * @throws {RangeError} If there is no such limit.
 */
export function resourceLimit(resource: number): ResourceLimit {
  const view = new DataView(new ArrayBuffer(RLIMIT.size));
  // It fails only for a limit that does not exist.
  if (libresource.getrlimit()(resource, view) === -1) {
    throw new RangeError(`Cannot read resource limit ${resource}: unknown`);
  }
  return {
    soft: amount(view.getBigUint64(RLIMIT.rlim_cur, true)),
    hard: amount(view.getBigUint64(RLIMIT.rlim_max, true)),
  };
}

function amount(value: bigint): number {
  return value === RLIM_INFINITY ? Infinity : Number(value);
}
