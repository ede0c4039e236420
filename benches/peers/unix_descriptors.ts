/** Descriptors one way, one to a message: receiver and sender. */

import { OwnedDescriptor, UnixStream } from "@ipc/unix";
import type { WaitStrategy } from "@ipc/unix";
import { isFirst } from "./byte_streams.ts";
import { measureReceiving, measureSending, option, ready } from "./peer.ts";

const wait = option("wait", "adaptive") as WaitStrategy;
const byte = new Uint8Array(1);

if (isFirst) {
  ready();
  using socket = UnixStream.fromFd(Number(option("from")), { wait });
  measureReceiving(() => {
    // Without `using`, whose own cost is that of a tenth of such a message.
    socket.receiveDescriptorsSync(byte).close();
    return byte[0]!;
  }, 1);
} else {
  using socket = UnixStream.fromFd(Number(option("to")), { wait });
  using file = OwnedDescriptor.open("/dev/null");
  const files = [file];
  measureSending((phase) => {
    byte[0] = phase;
    socket.sendDescriptorsSync(byte, files);
  });
}
