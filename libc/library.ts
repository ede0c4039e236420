/**
 * Binds libc, one call at a time, when it is first called: importing opens
 * nothing, needs no permission and cannot fail, and a system never meets the
 * symbols that it lacks. A library once opened is never closed.
 */

import { isSupported, perPlatform, systemName } from "./platform.ts";

/** Where the C library is; older glibc kept parts of it in other files. */
const libraryNames: readonly string[] = perPlatform({
  linux: ["libc.so.6", "libpthread.so.0", "librt.so.1"],
  darwin: ["/usr/lib/libSystem.B.dylib"],
});

let allowed = false;

/**
 * Asks for the FFI permission before `Deno.dlopen` does: a prompt for the
 * library's name is answered for a file of that name in the current folder,
 * and then fails (denoland/deno#29246). A prompt for all of FFI is not.
 */
function requestPermission(): void {
  if (allowed) return;
  const ffi = { name: "ffi" } as const;
  if (Deno.permissions.querySync(ffi).state === "prompt") {
    Deno.permissions.requestSync(ffi);
  }
  allowed = true;
}

function openFirst<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  if (!isSupported) {
    throw new Deno.errors.NotSupported(
      `Cannot call libc on ${systemName}: it is a library for Linux and macOS`,
    );
  }
  requestPermission();
  const failures: Error[] = [];
  for (const name of libraryNames) {
    try {
      return Deno.dlopen(name, symbols).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new Deno.errors.NotCapable(
          `Cannot call libc without permission: run again with --allow-ffi`,
          { cause: error },
        );
      }
      failures.push(error as Error);
    }
  }
  throw new Deno.errors.NotSupported(
    `Cannot bind ${Object.keys(symbols).join(", ")}: tried ${
      libraryNames.join(", ")
    }`,
    {
      cause: failures.length === 1 ? failures[0] : new AggregateError(failures),
    },
  );
}

/** The call that says where this thread's `errno` is. */
const locationSymbol: string = perPlatform({
  linux: "__errno_location", // int *__errno_location(void)
  darwin: "__error", // int *__error(void)
});

/**
 * The `errno` of this thread, as an array of one.
 *
 * Read it in the statement after the call, with nothing in between: any other
 * call of the runtime may set it, and entering a function is enough for the
 * runtime to compile or to collect garbage. So this is no function. The cell
 * is a view of the thread's own `errno`, made before the first call of any
 * header, and reading it runs nothing. A result of 64 bits is made into an
 * object, for which the runtime may collect garbage too, so declare 32 where
 * the values fit. A call with `nonblocking: true` runs on another thread, and
 * its `errno` is lost.
 *
 * @see {@link https://man7.org/linux/man-pages/man3/errno.3.html | errno(3)}
 */
export let errno: { readonly 0: number } = [0];

let isErrnoBound = false;

/** Makes the view of `errno`, so that reading it later calls nothing. */
function bindErrno(): void {
  const symbols = openFirst({
    location: { name: locationSymbol, parameters: [], result: "pointer" },
  });
  const pointer = symbols.location();
  if (pointer === null) throw new Error("Cannot find errno: null pointer");
  const { getArrayBuffer } = Deno.UnsafePointerView;
  errno = new Int32Array(getArrayBuffer(pointer, 4)) as
    & Int32Array
    & { readonly 0: number };
  isErrnoBound = true;
}

/** The calls of one header, each bound at its first use. */
export type Library<S extends Deno.ForeignLibraryInterface> = {
  readonly [K in keyof S]: () => Deno.DynamicLibrary<S>["symbols"][K];
};

/**
 * Declares the calls of one header: `libunistd.close()(fd)` binds `close` when
 * it comes there first, and calls it. Binding a call compiles it, which takes
 * a tenth of a millisecond, so a short program binds what it uses and no more.
 *
 * @param symbols The calls, each with its C prototype beside it.
 * @returns For each call, a function that returns it.
 */
export function library<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Library<S> {
  return Object.fromEntries(
    Object.entries(symbols).map(([name, symbol]) => [
      name,
      binder(name, symbol as Deno.ForeignFunction),
    ]),
  ) as unknown as Library<S>;
}

function binder(name: string, symbol: Deno.ForeignFunction): () => unknown {
  let bound: unknown;
  return () => bound ??= bind(name, symbol);
}

function bind(name: string, symbol: Deno.ForeignFunction): unknown {
  const bound = openFirst({ [name]: symbol })[name];
  if (!isErrnoBound) bindErrno();
  return bound;
}
