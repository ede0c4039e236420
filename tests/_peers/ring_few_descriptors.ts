/**
 * Creates a ring with no descriptor left, with one, and so on, until there are
 * enough. Prints what the last attempt came to, and how many files those left
 * that failed.
 *
 * Arguments: the name of the ring, and which side to open.
 */

import { isOsError, openRingReader, openRingWriter } from "@ipc/ring";
import { exhaust } from "../_util/exhaust.ts";

const [name, side] = Deno.args as [string, string];
const open = side === "reader" ? openRingReader : openRingWriter;

/** What is there of the ring. */
function files(): number {
  return [...Deno.readDirSync("/dev/shm")]
    .filter((entry) => `/${entry.name}`.startsWith(name)).length;
}

/** Creates the ring with a number of descriptors left. */
function attempt(left: number): string {
  const opened = exhaust();
  for (const file of opened.slice(0, left)) file.close();
  try {
    open(name, { createNew: true, producers: 2 }).close();
    return "done";
  } catch (error) {
    return isOsError(error) ? String(error.code) : String(error);
  } finally {
    for (const file of opened.slice(left)) file.close();
  }
}

let outcome = "";
let failures = 0;
let leaks = 0;
do {
  outcome = attempt(failures);
  if (outcome === "done") break;
  failures++;
  leaks += files();
} while (outcome === "EMFILE");
console.log(JSON.stringify({ outcome, hasFailed: failures > 0, leaks }));
