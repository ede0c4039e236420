/**
 * Makes a FIFO.
 *
 * Arguments: its path, its mode.
 */

import { mkfifo } from "@ipc/fifo";

mkfifo(Deno.args[0]!, { mode: Number(Deno.args[1]) });
