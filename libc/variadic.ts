/**
 * The calls whose last arguments are variadic in C: `open`, `fcntl`, `ioctl`,
 * `sem_open`, `syscall`, `semctl`, and on macOS `shm_open`.
 *
 * On Linux a variadic integer travels in the next register, as a fixed one
 * does. On Apple's arm64 it travels on the stack, in a slot of 8 bytes, and a
 * fixed signature passes garbage. The eight argument registers x0 to x7 come
 * first, so a fixed signature reaches the stack by filling the registers that
 * the named arguments leave, and declares 8 bytes for each variadic argument.
 *
 * @see {@link https://developer.apple.com/documentation/xcode/writing-arm64-code-for-apple-platforms#Update-code-that-passes-arguments-to-variadic-functions | Apple}
 */

import { hasStackVariadics } from "./platform.ts";

/** The argument registers of arm64. */
const REGISTERS = 8;

type Padding = readonly Deno.NativeType[];

/**
 * The parameters of a variadic call.
 *
 * @param named The named parameters.
 * @param variadic How many variadic arguments follow; each is passed as 64
 * bits, of which C reads what it wants.
 * @param onStack Whether variadic arguments travel on the stack.
 * @returns The parameters for the signature.
 */
export function variadicParameters(
  named: readonly Deno.NativeType[],
  variadic: number,
  onStack: boolean = hasStackVariadics,
): Padding {
  const filler = onStack ? REGISTERS - named.length : 0;
  return [
    ...named,
    ...Array<Deno.NativeType>(filler).fill("i64"),
    ...Array<Deno.NativeType>(variadic).fill("i64"),
  ];
}

/**
 * The arguments of a variadic call, in the places of
 * {@linkcode variadicParameters}.
 *
 * @param named The named arguments.
 * @param variadic The variadic arguments.
 * @param onStack Whether variadic arguments travel on the stack.
 * @returns The arguments for the call.
 */
export function variadicArguments(
  named: readonly unknown[],
  variadic: readonly (number | bigint)[],
  onStack: boolean = hasStackVariadics,
): unknown[] {
  const filler = onStack ? REGISTERS - named.length : 0;
  return [
    ...named,
    ...Array<bigint>(filler).fill(0n),
    ...variadic.map(BigInt),
  ];
}
