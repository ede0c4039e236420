/** What the tests of rings share. */

import { unlinkRing } from "@ipc/ring";
import type { TestScope } from "../_util/test.ts";

/** A name of a ring, free, and removed later. */
export function ringName(scope: TestScope): string {
  const name = `/t_${crypto.randomUUID().slice(0, 13)}`;
  scope.names.push(name);
  scope.defer(() => removeRing(name));
  return name;
}

/** Removes a ring, if it is there. */
export function removeRing(name: string): void {
  try {
    unlinkRing(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A message of so many bytes, which all have one value. */
export function message(length: number, value = 0): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}
