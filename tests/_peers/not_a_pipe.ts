/**
 * Tries to take over descriptors that are no pipes; prints of each the names
 * of the errors, and whether it is still open.
 *
 * Arguments: the descriptors.
 */

import { PipeReader, PipeWriter } from "@ipc/pipe";

for (const fd of Deno.args) {
  const errors = [PipeReader, PipeWriter].map((end) => {
    try {
      end.fromFd(Number(fd));
      return "none";
    } catch (error) {
      return (error as Error).name;
    }
  });
  Deno.lstatSync(`/proc/self/fd/${fd}`);
  console.log(fd, ...errors, "open");
}
