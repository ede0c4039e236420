import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { PollRelay } from "../../libc/io_uring.ts";
import { capabilities } from "../../libc/platform.ts";
import { pipe } from "../../libc/unistd.ts";

/** Whether the system allows for rings. */
export function canRing(): boolean {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (!capabilities.ioUring || state !== "granted") return false;
  const { reader, writer } = pipe();
  using _reader = new FileDescriptor(reader);
  using _writer = new FileDescriptor(writer);
  try {
    using _relay = new PollRelay(reader, writer);
    return true;
  } catch {
    return false;
  }
}
