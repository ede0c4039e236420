/**
 * What `libc/` holds to be true of the C headers: one entry for each header,
 * whose values are those of the one place in `libc/` where they stand.
 */

import { systemName } from "../../libc/platform.ts";
import { fileHeaders } from "./file_headers.ts";
import type { Header } from "./header.ts";
import { ipcHeaders } from "./ipc_headers.ts";
import { socketHeaders } from "./socket_headers.ts";
import { waitHeaders } from "./wait_headers.ts";

/** What is held to be true of every header that `libc/` uses. */
const headers: readonly Header[] = [
  ...fileHeaders,
  ...ipcHeaders,
  ...socketHeaders,
  ...waitHeaders,
];

/** One of the things held to be true. */
export interface Fact {
  /** A C expression. */
  expression: string;
  /** The value it is to have, as 64 bits with a sign. */
  value: number;
}

/** The headers there are on this system. */
export function includes(): string[] {
  return [...new Set(present().map(({ include }) => include))];
}

/** All that is held to be true on this system. */
export function facts(): Fact[] {
  return present().flatMap(({ constants = {}, structs = {} }) => [
    ...Object.entries(constants).map(([expression, value]) => ({
      expression,
      value,
    })),
    ...Object.entries(structs).flatMap(([type, { size, ...offsets }]) => [
      { expression: `sizeof(${type})`, value: size },
      ...Object.entries(offsets).map(([field, value]) => ({
        expression: `offsetof(${type}, ${field})`,
        value,
      })),
    ]),
  ]).flatMap(({ expression, value }) =>
    value === undefined
      ? []
      : [{ expression, value: Number(BigInt.asIntN(64, BigInt(value))) }]
  );
}

function present(): Header[] {
  return headers.filter(({ on }) => on === undefined || on === systemName);
}
