/**
 * Sends to a group, of which two sockets of this process are members and then
 * one. Prints what each has received.
 *
 * Arguments: the group, the address to listen at, that of loopback, and how
 * its interface is called.
 */

import { openUdpSocket } from "@ipc/socket";

const [group, all, local, via] = Deno.args as [string, string, string, string];
const first = openUdpSocket({ hostname: all, reuseAddress: true });
const { port } = first.localAddr;
const second = openUdpSocket({ hostname: all, port, reuseAddress: true });
const sender = openUdpSocket({ hostname: local });
sender.setMulticastInterface(via);

/** What a call throws. */
function thrown(run: () => void): string {
  try {
    run();
    return "nothing";
  } catch (error) {
    return (error as Error).name;
  }
}

const options = { interface: via };
const joins = [first, second].flatMap((member) => [
  thrown(() => member.joinMulticast(group, options)),
  thrown(() => member.joinMulticast(group, options)),
]);
const received: string[][] = [[], []];

/** Sends a word, and waits for as many receivers as it should have. */
function send(word: string, receivers: number): void {
  const to = { hostname: group, port };
  sender.sendSync(new TextEncoder().encode(word), { to });
  for (const [index, member] of [first, second].entries()) {
    const timeout = index < receivers ? 5000 : 30;
    try {
      const { message, address } = member.receiveSync({ timeout });
      const from = address.port === sender.localAddr.port ? "sender" : "other";
      received[index]!.push(`${new TextDecoder().decode(message)} by ${from}`);
    } catch {
      received[index]!.push("nothing");
    }
  }
}

send("one", 2);
const leaves = [1, 2].map(() =>
  thrown(() => second.leaveMulticast(group, options))
);
send("two", 1);
console.log(JSON.stringify({ joins, leaves, received }));
for (const socket of [first, second, sender]) socket.close();
