/** The addresses of Unix sockets: paths and abstract names. */

import { capabilities } from "@ipc/libc";
import {
  abstractAddress,
  decodeUnixAddress,
  pathAddress,
  UNIX_ABSTRACT_MAX,
  UNIX_PATH_MAX,
} from "@ipc/libc/sockets";
import type { SocketAddress } from "@ipc/libc/sockets";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that are no UTF-8 become these lone surrogates, as in Python. */
const ESCAPES = 0xdc00;

/**
 * Names a socket in messages.
 *
 * @param path Its path, or a NUL and its abstract name; `null` for none.
 * @returns The words.
 */
export function describe(path: string | null): string {
  return path === null ? "Unix socket" : `Unix socket ${JSON.stringify(path)}`;
}

/** Whether it is an abstract name, and not a path. */
export function isAbstract(path: string): boolean {
  return path.startsWith("\0");
}

/**
 * Checks an address and writes it for C.
 *
 * @param path The path, or a NUL and an abstract name.
 * @param action What this is for, after "Cannot".
 * @returns The address, as C has it.
 */
export function encodePath(path: string, action: string): SocketAddress {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot ${action}: expected a path, got ${typeof path}`,
    );
  }
  if (isAbstract(path)) return encodeAbstract(path.slice(1), action);
  const bytes = encode(path, action);
  if (bytes.byteLength === 0) {
    throw new TypeError(`Cannot ${action}: the path is empty`);
  }
  if (bytes.includes(0)) {
    throw new TypeError(
      `Cannot ${action}: the path contains a NUL character, ` +
        "which only stands before an abstract name",
    );
  }
  if (bytes.byteLength > UNIX_PATH_MAX) {
    throw new RangeError(
      `Cannot ${action}: the path has ${bytes.byteLength} bytes, and ` +
        `sun_path holds ${UNIX_PATH_MAX} and a NUL; use a shorter folder, ` +
        "or a relative path",
    );
  }
  return pathAddress(bytes);
}

function encodeAbstract(name: string, action: string): SocketAddress {
  if (!capabilities.abstractNames) {
    throw new Deno.errors.NotSupported(
      `Cannot ${action}: only Linux has abstract names; use a path`,
    );
  }
  const bytes = encode(name, action);
  if (bytes.byteLength > UNIX_ABSTRACT_MAX) {
    throw new RangeError(
      `Cannot ${action}: the abstract name has ${bytes.byteLength} bytes, ` +
        `and sun_path holds ${UNIX_ABSTRACT_MAX} after a NUL`,
    );
  }
  return abstractAddress(bytes);
}

function encode(text: string, action: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)! - ESCAPES;
    if (code >= 0x80 && code <= 0xff) bytes.push(code);
    else if (character.isWellFormed()) bytes.push(...encoder.encode(character));
    else {
      throw new TypeError(
        `Cannot ${action}: the name contains a lone surrogate, which UTF-8 ` +
          "cannot hold",
      );
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads the address of a socket.
 *
 * @param address The address, as C has it; `undefined` if there is none.
 * @returns The path, or a NUL and an abstract name; `null` for none.
 */
export function decodePath(address: SocketAddress | undefined): string | null {
  const name = address && decodeUnixAddress(address);
  if (name === undefined) return null;
  return (name.isAbstract ? "\0" : "") + decode(name.bytes);
}

function decode(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return Array.from(
      bytes,
      (byte) => String.fromCharCode(byte < 0x80 ? byte : ESCAPES + byte),
    ).join("");
  }
}

/** The same as Deno has it. */
export function toUnixAddr(
  path: string | null,
  transport: Deno.UnixAddr["transport"] = "unix",
): Deno.UnixAddr {
  // Deno's own addresses of unnamed sockets have null here as well.
  return { transport, path: path as string };
}
