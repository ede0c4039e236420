/**
 * Writes to the pipe whose descriptor an environment variable has.
 *
 * Argument: the name of the variable.
 */

import { PipeWriter } from "@ipc/pipe";

using writer = PipeWriter.fromEnv(Deno.args[0]!);
writer.writeSync(new TextEncoder().encode("from the environment"));
