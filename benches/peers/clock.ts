/**
 * The monotonic clock by way of the C library: 30 ns a reading, where
 * `performance.now()` takes 90, which is half of the fastest round trip.
 */

const { clock_gettime } = Deno.dlopen(
  Deno.build.os === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libc.so.6",
  {
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" }, // int clock_gettime(clockid_t, struct timespec *)
  },
).symbols;

const CLOCK_MONOTONIC = Deno.build.os === "darwin" ? 6 : 1;
const timespec = new Uint32Array(4);

/**
 * The time since some moment.
 *
 * @returns Nanoseconds.
 */
export function now(): number {
  clock_gettime(CLOCK_MONOTONIC, timespec);
  return timespec[0]! * 1e9 + timespec[2]!;
}
