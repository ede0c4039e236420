/**
 * `<errno.h>`: the numbers, in two columns.
 *
 * Linux from `asm-generic/errno-base.h` and `asm-generic/errno.h`, which
 * x86-64 and arm64 share; macOS from `bsd/sys/errno.h` of Apple's xnu.
 *
 * @see {@link https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/errno.h | xnu}
 */

import { perPlatform } from "./platform.ts";

/**
 * The numbers of each name, in two columns; `undefined` where a system does
 * not know the name. Of names with one number, the first is its name.
 */
export const errnoNumbers = {
  EPERM: { linux: 1, darwin: 1 },
  ENOENT: { linux: 2, darwin: 2 },
  ESRCH: { linux: 3, darwin: 3 },
  EINTR: { linux: 4, darwin: 4 },
  EIO: { linux: 5, darwin: 5 },
  ENXIO: { linux: 6, darwin: 6 },
  E2BIG: { linux: 7, darwin: 7 },
  ENOEXEC: { linux: 8, darwin: 8 },
  EBADF: { linux: 9, darwin: 9 },
  ECHILD: { linux: 10, darwin: 10 },
  EAGAIN: { linux: 11, darwin: 35 },
  EWOULDBLOCK: { linux: 11, darwin: 35 },
  ENOMEM: { linux: 12, darwin: 12 },
  EACCES: { linux: 13, darwin: 13 },
  EFAULT: { linux: 14, darwin: 14 },
  ENOTBLK: { linux: 15, darwin: 15 },
  EBUSY: { linux: 16, darwin: 16 },
  EEXIST: { linux: 17, darwin: 17 },
  EXDEV: { linux: 18, darwin: 18 },
  ENODEV: { linux: 19, darwin: 19 },
  ENOTDIR: { linux: 20, darwin: 20 },
  EISDIR: { linux: 21, darwin: 21 },
  EINVAL: { linux: 22, darwin: 22 },
  ENFILE: { linux: 23, darwin: 23 },
  EMFILE: { linux: 24, darwin: 24 },
  ENOTTY: { linux: 25, darwin: 25 },
  ETXTBSY: { linux: 26, darwin: 26 },
  EFBIG: { linux: 27, darwin: 27 },
  ENOSPC: { linux: 28, darwin: 28 },
  ESPIPE: { linux: 29, darwin: 29 },
  EROFS: { linux: 30, darwin: 30 },
  EMLINK: { linux: 31, darwin: 31 },
  EPIPE: { linux: 32, darwin: 32 },
  EDOM: { linux: 33, darwin: 33 },
  ERANGE: { linux: 34, darwin: 34 },
  EDEADLK: { linux: 35, darwin: 11 },
  EDEADLOCK: { linux: 35, darwin: undefined },
  ENAMETOOLONG: { linux: 36, darwin: 63 },
  ENOLCK: { linux: 37, darwin: 77 },
  ENOSYS: { linux: 38, darwin: 78 },
  ENOTEMPTY: { linux: 39, darwin: 66 },
  ELOOP: { linux: 40, darwin: 62 },
  ENOMSG: { linux: 42, darwin: 91 },
  EIDRM: { linux: 43, darwin: 90 },
  ECHRNG: { linux: 44, darwin: undefined },
  EL2NSYNC: { linux: 45, darwin: undefined },
  EL3HLT: { linux: 46, darwin: undefined },
  EL3RST: { linux: 47, darwin: undefined },
  ELNRNG: { linux: 48, darwin: undefined },
  EUNATCH: { linux: 49, darwin: undefined },
  ENOCSI: { linux: 50, darwin: undefined },
  EL2HLT: { linux: 51, darwin: undefined },
  EBADE: { linux: 52, darwin: undefined },
  EBADR: { linux: 53, darwin: undefined },
  EXFULL: { linux: 54, darwin: undefined },
  ENOANO: { linux: 55, darwin: undefined },
  EBADRQC: { linux: 56, darwin: undefined },
  EBADSLT: { linux: 57, darwin: undefined },
  EBFONT: { linux: 59, darwin: undefined },
  ENOSTR: { linux: 60, darwin: 99 },
  ENODATA: { linux: 61, darwin: 96 },
  ETIME: { linux: 62, darwin: 101 },
  ENOSR: { linux: 63, darwin: 98 },
  ENONET: { linux: 64, darwin: undefined },
  ENOPKG: { linux: 65, darwin: undefined },
  EREMOTE: { linux: 66, darwin: 71 },
  ENOLINK: { linux: 67, darwin: 97 },
  EADV: { linux: 68, darwin: undefined },
  ESRMNT: { linux: 69, darwin: undefined },
  ECOMM: { linux: 70, darwin: undefined },
  EPROTO: { linux: 71, darwin: 100 },
  EMULTIHOP: { linux: 72, darwin: 95 },
  EDOTDOT: { linux: 73, darwin: undefined },
  EBADMSG: { linux: 74, darwin: 94 },
  EOVERFLOW: { linux: 75, darwin: 84 },
  ENOTUNIQ: { linux: 76, darwin: undefined },
  EBADFD: { linux: 77, darwin: undefined },
  EREMCHG: { linux: 78, darwin: undefined },
  ELIBACC: { linux: 79, darwin: undefined },
  ELIBBAD: { linux: 80, darwin: undefined },
  ELIBSCN: { linux: 81, darwin: undefined },
  ELIBMAX: { linux: 82, darwin: undefined },
  ELIBEXEC: { linux: 83, darwin: undefined },
  EILSEQ: { linux: 84, darwin: 92 },
  ERESTART: { linux: 85, darwin: undefined },
  ESTRPIPE: { linux: 86, darwin: undefined },
  EUSERS: { linux: 87, darwin: 68 },
  ENOTSOCK: { linux: 88, darwin: 38 },
  EDESTADDRREQ: { linux: 89, darwin: 39 },
  EMSGSIZE: { linux: 90, darwin: 40 },
  EPROTOTYPE: { linux: 91, darwin: 41 },
  ENOPROTOOPT: { linux: 92, darwin: 42 },
  EPROTONOSUPPORT: { linux: 93, darwin: 43 },
  ESOCKTNOSUPPORT: { linux: 94, darwin: 44 },
  ENOTSUP: { linux: 95, darwin: 45 },
  EOPNOTSUPP: { linux: 95, darwin: 102 },
  EPFNOSUPPORT: { linux: 96, darwin: 46 },
  EAFNOSUPPORT: { linux: 97, darwin: 47 },
  EADDRINUSE: { linux: 98, darwin: 48 },
  EADDRNOTAVAIL: { linux: 99, darwin: 49 },
  ENETDOWN: { linux: 100, darwin: 50 },
  ENETUNREACH: { linux: 101, darwin: 51 },
  ENETRESET: { linux: 102, darwin: 52 },
  ECONNABORTED: { linux: 103, darwin: 53 },
  ECONNRESET: { linux: 104, darwin: 54 },
  ENOBUFS: { linux: 105, darwin: 55 },
  EISCONN: { linux: 106, darwin: 56 },
  ENOTCONN: { linux: 107, darwin: 57 },
  ESHUTDOWN: { linux: 108, darwin: 58 },
  ETOOMANYREFS: { linux: 109, darwin: 59 },
  ETIMEDOUT: { linux: 110, darwin: 60 },
  ECONNREFUSED: { linux: 111, darwin: 61 },
  EHOSTDOWN: { linux: 112, darwin: 64 },
  EHOSTUNREACH: { linux: 113, darwin: 65 },
  EALREADY: { linux: 114, darwin: 37 },
  EINPROGRESS: { linux: 115, darwin: 36 },
  ESTALE: { linux: 116, darwin: 70 },
  EUCLEAN: { linux: 117, darwin: undefined },
  ENOTNAM: { linux: 118, darwin: undefined },
  ENAVAIL: { linux: 119, darwin: undefined },
  EISNAM: { linux: 120, darwin: undefined },
  EREMOTEIO: { linux: 121, darwin: undefined },
  EDQUOT: { linux: 122, darwin: 69 },
  ENOMEDIUM: { linux: 123, darwin: undefined },
  EMEDIUMTYPE: { linux: 124, darwin: undefined },
  ECANCELED: { linux: 125, darwin: 89 },
  ENOKEY: { linux: 126, darwin: undefined },
  EKEYEXPIRED: { linux: 127, darwin: undefined },
  EKEYREVOKED: { linux: 128, darwin: undefined },
  EKEYREJECTED: { linux: 129, darwin: undefined },
  EOWNERDEAD: { linux: 130, darwin: 105 },
  ENOTRECOVERABLE: { linux: 131, darwin: 104 },
  ERFKILL: { linux: 132, darwin: undefined },
  EHWPOISON: { linux: 133, darwin: undefined },
  EPROCLIM: { linux: undefined, darwin: 67 },
  EBADRPC: { linux: undefined, darwin: 72 },
  ERPCMISMATCH: { linux: undefined, darwin: 73 },
  EPROGUNAVAIL: { linux: undefined, darwin: 74 },
  EPROGMISMATCH: { linux: undefined, darwin: 75 },
  EPROCUNAVAIL: { linux: undefined, darwin: 76 },
  EFTYPE: { linux: undefined, darwin: 79 },
  EAUTH: { linux: undefined, darwin: 80 },
  ENEEDAUTH: { linux: undefined, darwin: 81 },
  EPWROFF: { linux: undefined, darwin: 82 },
  EDEVERR: { linux: undefined, darwin: 83 },
  EBADEXEC: { linux: undefined, darwin: 85 },
  EBADARCH: { linux: undefined, darwin: 86 },
  ESHLIBVERS: { linux: undefined, darwin: 87 },
  EBADMACHO: { linux: undefined, darwin: 88 },
  ENOATTR: { linux: undefined, darwin: 93 },
  ENOPOLICY: { linux: undefined, darwin: 103 },
  EQFULL: { linux: undefined, darwin: 106 },
} as const;

/** The name of an error number, such as `"ENOENT"`. */
export type ErrnoName = keyof typeof errnoNumbers;

/** The number of each name on this system, if it knows the name. */
export const Errno: {
  readonly [N in ErrnoName]: (typeof errnoNumbers)[N]["linux" | "darwin"];
} = Object.freeze(
  Object.fromEntries(
    Object.entries(errnoNumbers).map(([name, columns]) => [
      name,
      perPlatform<number | undefined>(columns),
    ]),
  ),
) as typeof Errno;

/** Made when it is first needed: a program that starts has no errors yet. */
let names: ReadonlyMap<number | undefined, ErrnoName> | undefined;

/**
 * The name of an error number.
 *
 * @param number The number, such as 2.
 * @returns The name, such as `"ENOENT"`, or `undefined` for a number that
 * has none here.
 */
export function errnoName(number: number): ErrnoName | undefined {
  names ??= new Map(
    (Object.keys(errnoNumbers) as ErrnoName[]).reverse()
      .map((name) => [Errno[name], name]),
  );
  return names.get(number);
}
