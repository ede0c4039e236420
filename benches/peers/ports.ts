/** Ports of loopback, one for each name of a trial. */

import { option } from "./peer.ts";

/** The port of this trial, below those that the system gives out. */
export const port: number = 20_000 +
  parseInt(option("name").slice(2), 16) % 12_000;
