/** Calls that fail, each in its own way. */

import { Errno } from "../../libc/errno.ts";
import { library } from "../../libc/library.ts";
import { MAP_SHARED, PROT_READ, shmOpen, shmUnlink } from "../../libc/mman.ts";
import { O_CREAT, O_EXCL } from "../../libc/fcntl.ts";
import { semClose, semOpen, semUnlink } from "../../libc/semaphore.ts";
import { variadicArguments, variadicParameters } from "../../libc/variadic.ts";
import { close } from "../../libc/unistd.ts";

/** A call that fails. */
export interface FailingCall {
  /** The number it leaves. */
  readonly errno: number | undefined;
  /** Calls it. */
  readonly call: () => unknown;
}

/** What the calls fail on; the names are to be free. */
export interface Circumstances extends Disposable {
  /** A semaphore of value 0. */
  readonly semaphore: Deno.PointerObject;
  /** The name of shared memory that exists, for C. */
  readonly present: Uint8Array<ArrayBuffer>;
  /** A name that is free, for C. */
  readonly absent: Uint8Array<ArrayBuffer>;
}

/** Makes the circumstances under two names that are free. */
export function circumstances(present: string, absent: string): Circumstances {
  const encoder = new TextEncoder();
  close(shmOpen(present, O_CREAT | O_EXCL, 0o600));
  const semaphore = semOpen(present, { mode: 0o600, value: 0 });
  return {
    semaphore,
    present: encoder.encode(`${present}\0`) as Uint8Array<ArrayBuffer>,
    absent: encoder.encode(`${absent}\0`) as Uint8Array<ArrayBuffer>,
    [Symbol.dispose]() {
      semClose(semaphore);
      semUnlink(present);
      shmUnlink(present);
    },
  };
}

/** Binds the calls anew, so that they begin as cold as at first. */
export function failingCalls(
  { semaphore, present, absent }: Circumstances,
): FailingCall[] {
  const c = library({
    close: { parameters: ["i32"], result: "i32" },
    fcntl: { parameters: variadicParameters(["i32", "i32"], 1), result: "i32" },
    ftruncate: { parameters: ["i32", "i64"], result: "i32" },
    lseek: { parameters: ["i32", "i64", "i32"], result: "i32" },
    mmap: {
      parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
      result: "pointer",
    },
    munmap: { parameters: ["pointer", "usize"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    sem_trywait: { parameters: ["pointer"], result: "i32" },
    shm_open: {
      parameters: variadicParameters(["buffer", "i32"], 1),
      result: "i32",
    },
  });
  const bytes = new Uint8Array(1);
  const exclusive = variadicArguments(
    [present, O_CREAT | O_EXCL],
    [0o600],
  ) as (number | bigint)[];
  const missing = variadicArguments([absent, 0], [0]) as (number | bigint)[];
  const flags = variadicArguments([-1, 1], [0]) as (number | bigint)[];
  return [
    { errno: Errno.EBADF, call: () => c.close()(-1) },
    { errno: Errno.EAGAIN, call: () => c.sem_trywait()(semaphore) },
    { errno: Errno.EBADF, call: () => c.fcntl()(...flags) },
    { errno: Errno.EINVAL, call: () => c.munmap()(semaphore, 0n) },
    { errno: Errno.EBADF, call: () => c.lseek()(-1, 0n, 0) },
    { errno: Errno.EEXIST, call: () => c.shm_open()(...exclusive) },
    { errno: Errno.EBADF, call: () => c.read()(-1, bytes, 1n) },
    {
      errno: Errno.EBADF,
      call: () => c.mmap()(null, 4096n, PROT_READ, MAP_SHARED, -1, 0n),
    },
    { errno: Errno.ENOENT, call: () => c.shm_open()(...missing) },
    { errno: Errno.EINVAL, call: () => c.ftruncate()(0, -1n) },
  ];
}
