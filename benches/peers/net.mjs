/** What the Node peers with sockets share besides: roles, and the address. */

import { cpu, MEASURE, STOP } from "./peer.mjs";
export { measureRoundTrips, size } from "./peer.mjs";

const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);

/** `server` or `client`, `receiver` or `sender`. */
export const role = options.role;

/** The port of this trial, below those that the system gives out. */
export const port = 20000 + parseInt(options.name.slice(2), 16) % 12000;

/** The address of this trial: an abstract name, or the port. */
export const address = options.family === "unix"
  ? { path: `\0${options.name}` }
  : { port, host: "127.0.0.1" };

/** The side that answers: what it returns is told each phase. */
export function answerAll(onStop) {
  let count = 0;
  let before = 0;
  return (phase) => {
    if (phase === MEASURE && count++ === 0) before = cpu();
    if (phase !== STOP) return;
    console.log(JSON.stringify({ cpu_us: (cpu() - before) / count }));
    onStop();
  };
}
