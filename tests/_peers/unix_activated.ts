/** Started with sockets by a service manager: says what it finds, and serves. */

import { listenFds, UnixDatagram, UnixStreamListener } from "@ipc/unix";

const fds = listenFds();
console.log(JSON.stringify(fds));
console.log(JSON.stringify(listenFds()));
const [tea, log] = fds;
using listener = UnixStreamListener.fromFd(tea!.fd);
using socket = UnixDatagram.fromFd(log!.fd);
{
  using stream = await listener.accept();
  await stream.write(new TextEncoder().encode("welcome"));
}
const { message } = await socket.receive();
console.log(new TextDecoder().decode(message));
