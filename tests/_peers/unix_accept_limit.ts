/** Accepts with no descriptor left, and then with one: PATH */

import { isOsError, openUnixListener, openUnixStreamSync } from "@ipc/unix";

const [path] = Deno.args as [string];
using listener = openUnixListener(path);
using _client = openUnixStreamSync(path);
// What loads late needs descriptors, too.
await listener.accept({ timeout: 1 }).then((stream) => stream.close());
using _other = openUnixStreamSync(path);
const kept: Deno.FsFile[] = [];
try {
  for (;;) kept.push(Deno.openSync("/dev/null"));
} catch {
  // Now there is none left.
}
try {
  listener.acceptSync({ timeout: 1000 });
} catch (error) {
  console.log(isOsError(error) ? error.code : error);
}
try {
  await listener.accept({ timeout: 1000 });
} catch (error) {
  console.log(isOsError(error) ? error.code : error);
}
kept.pop()!.close();
using _stream = await listener.accept({ timeout: 1000 });
console.log("accepted");
for (const file of kept) file.close();
