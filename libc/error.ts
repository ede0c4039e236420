/**
 * From an error number to the error that Deno throws for it.
 *
 * The classes are those of Deno's own mapping, so that code which handles
 * `Deno.errors.NotFound` from a file handles it from here.
 *
 * @see {@link https://docs.deno.com/api/deno/~/Deno.errors | Deno.errors}
 */

import { Errno, errnoName } from "./errno.ts";
import type { ErrnoName } from "./errno.ts";
import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import { resourceLimit, RLIMIT_NOFILE } from "./resource.ts";

const { errors } = Deno;

/** Where the system says how many files all processes may have open. */
const fileLimit: string = perPlatform({
  linux: "fs.file-max",
  darwin: "kern.maxfiles",
});

const libstring = library({
  strerror: { parameters: ["i32"], result: "pointer" }, // char *strerror(int)
});

/** The class for each number that has one; the rest are plain `Error`. */
const classes: ReadonlyMap<number, new (message: string) => Error> = new Map<
  number,
  new (message: string) => Error
>([
  [Errno.EACCES, errors.PermissionDenied],
  [Errno.EADDRINUSE, errors.AddrInUse],
  [Errno.EADDRNOTAVAIL, errors.AddrNotAvailable],
  [Errno.EAGAIN, errors.WouldBlock],
  [Errno.EBADF, errors.BadResource],
  [Errno.EBUSY, errors.Busy],
  [Errno.ECONNABORTED, errors.ConnectionAborted],
  [Errno.ECONNREFUSED, errors.ConnectionRefused],
  [Errno.ECONNRESET, errors.ConnectionReset],
  [Errno.EEXIST, errors.AlreadyExists],
  // Deno never meets it: a System V object that was removed.
  [Errno.EIDRM, errors.NotFound],
  [Errno.EINTR, errors.Interrupted],
  [Errno.EINVAL, TypeError],
  [Errno.EISDIR, errors.IsADirectory],
  [Errno.ELOOP, errors.FilesystemLoop],
  [Errno.ENETUNREACH, errors.NetworkUnreachable],
  [Errno.ENOENT, errors.NotFound],
  [Errno.ENOTCONN, errors.NotConnected],
  [Errno.ENOTDIR, errors.NotADirectory],
  [Errno.ENOSYS, errors.NotSupported],
  [Errno.ENOTSUP, errors.NotSupported],
  [Errno.EOPNOTSUPP, errors.NotSupported],
  [Errno.EPERM, errors.PermissionDenied],
  [Errno.EPIPE, errors.BrokenPipe],
  [Errno.ETIMEDOUT, errors.TimedOut],
]);

/** What an error that came from the system carries besides its message. */
export interface OsErrorDetails {
  /** The name of the number, such as `"ENOENT"`, if it has one here. */
  code?: string;
  /** The number, such as 2. */
  errno: number;
  /** The C call that failed, such as `"shm_open"`. */
  syscall: string;
}

/**
 * Makes the error for a failed call. Nothing may come between the call and
 * the reading of its number, so the number is the first argument:
 * `throw osError(errno[0], "close", "close the descriptor")`.
 *
 * @param number The number.
 * @param syscall The C call.
 * @param action What could not be done and to which object, after "Cannot".
 * @param hint What limit was met, its value, and what to do, if known; by
 * default, what there is to say wherever this number is met.
 * @param reason The reason, where the system's words would mislead.
 * @returns The error, to be thrown.
 */
export function osError(
  number: number,
  syscall: string,
  action: string,
  hint: string | undefined = remedy(number),
  reason: string = strerror(number),
): Error & OsErrorDetails {
  const Class = classes.get(number) ?? Error;
  const text = `${reason} (os error ${number})`;
  const error = new Class(
    `Cannot ${action}: ${text}${hint === undefined ? "" : `; ${hint}`}`,
  ) as Error & OsErrorDetails;
  const code = errnoName(number);
  if (code !== undefined) error.code = code;
  error.errno = number;
  error.syscall = syscall;
  return error;
}

/**
 * Whether an error came from a C call, and, if asked, with this number.
 *
 * @param error What was caught.
 * @param code The name of the number, such as `"EEXIST"`.
 * @returns Whether it did.
 *
 * @example Usage
 * ```ts
 * import { isOsError } from "@ipc/libc";
 * import { assert } from "@std/assert";
 *
 * const error = Object.assign(new Error("no"), {
 *   code: "ENOSPC",
 *   errno: 28,
 *   syscall: "posix_fallocate",
 * });
 * assert(isOsError(error, "ENOSPC"));
 * assert(!isOsError(new Error("no")));
 * ```
 */
export function isOsError(
  error: unknown,
  code?: string,
): error is Error & OsErrorDetails {
  return error instanceof Error && "syscall" in error && "errno" in error &&
    (code === undefined || error.errno === Errno[code as ErrnoName]);
}

/** What to do about what may happen to every call that opens something. */
function remedy(number: number): string | undefined {
  switch (number) {
    case Errno.EMFILE:
      return `RLIMIT_NOFILE allows this process ` +
        `${resourceLimit(RLIMIT_NOFILE).soft}; close some, or raise it with ` +
        "ulimit -n";
    case Errno.ENFILE:
      return "all processes together have as many as the system allows; " +
        `close some, or raise it with sysctl ${fileLimit}`;
    default:
      return undefined;
  }
}

function strerror(number: number): string {
  const text = libstring.strerror()(number);
  return text === null
    ? "Unknown error"
    : Deno.UnsafePointerView.getCString(text);
}
