import { openUdpSocket } from "@ipc/socket";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { denoPeer, output } from "../_util/child.ts";
import { assertOsError } from "../_util/error.ts";
import { emulated } from "../_util/emulation.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, text } from "../pipe/_bytes.ts";
import { withoutNetwork } from "./_deno.ts";

const { PermissionDenied } = Deno.errors;

/** Two interfaces that are joined: loopback has no groups of IPv6. */
const network = "ip link set lo up && " +
  "ip link add veth0 type veth peer name veth1 && " +
  "ip link set veth0 addrgenmode none up && ip link set veth1 up && " +
  "ip -6 addr add fd00::1/64 dev veth0 nodad";

/** For each family: a group, where to listen, this machine, its interface. */
const families = [
  ["239.7.7.7", "0.0.0.0", "127.0.0.1", "127.0.0.1"],
  ["ff02::7777", "::", "fd00::1", "veth0"],
] as const;

for (const [group, ...addresses] of families) {
  test(`messages to ${group} reach its members`, {
    // QEMU does not pass on the options of groups.
    ignore: notLinux || emulated() || withoutNetwork(network),
  }, async () => {
    const peer = denoPeer("udp_multicast.ts", [group, ...addresses], {
      through: ["unshare", "--net", "sh", "-c", `${network} && exec "$0" "$@"`],
    });
    assertEquals(JSON.parse(await output(peer)), {
      joins: ["nothing", "AddrInUse", "nothing", "AddrInUse"],
      leaves: ["nothing", "AddrNotAvailable"],
      received: [
        ["one by sender", "two by sender"],
        ["one by sender", "nothing"],
      ],
    });
  });
}

for (const local of ["127.0.0.1", "::1"]) {
  test(`options of a UDP socket at ${local} can be read and set`, {}, () => {
    using socket = openUdpSocket({ hostname: local });
    assertEquals(socket.multicastTtl, 1);
    socket.multicastTtl = 0;
    socket.ttl = 7;
    assertEquals(socket.multicastLoopback, true);
    socket.multicastLoopback = false;
    assertEquals(socket.multicastLoopback, false);
    assertEquals([socket.ttl, socket.multicastTtl], [7, 0]);
    for (const wrong of [-1, 256, NaN, 1.5]) {
      assertThrows(() => socket.ttl = wrong, RangeError);
      assertThrows(() => socket.multicastTtl = wrong, RangeError);
    }
    assertThrows(() => socket.ttl = 0, RangeError);
    socket.sendBufferSize = 20_000;
    socket.receiveBufferSize = 30_000;
    assert(socket.sendBufferSize >= 20_000 && socket.sendBufferSize <= 40_000);
    assert(socket.receiveBufferSize >= 30_000);
    assertThrows(() => socket.receiveBufferSize = 0, RangeError);
  });
}

test("joinMulticast() refuses what is no group, or no interface", {
  ignore: notLinux || emulated(),
}, () => {
  using four = openUdpSocket();
  using six = openUdpSocket({ hostname: "::1" });
  assertOsError(() => four.joinMulticast("127.0.0.1"), TypeError, "EINVAL");
  assertOsError(() => six.joinMulticast("::1"), TypeError, "EINVAL");
  assertOsError(
    () => four.joinMulticast("239.1.1.1", { interface: "192.0.2.99" }),
    Error,
    "ENODEV",
  );
  assertOsError(
    () => six.joinMulticast("ff02::1", { interface: "no such" }),
    Error,
    "ENODEV",
    "if_nametoindex",
  );
  assertThrows(() => six.setMulticastInterface(-1), RangeError);
  six.setMulticastInterface(1);
});

test("messages to all need to be allowed", { ignore: notLinux }, () => {
  using socket = openUdpSocket({ hostname: "0.0.0.0" });
  const to = { hostname: "127.255.255.255", port: socket.localAddr.port };
  const error = assertOsError(
    () => socket.sendSync(bytes("all"), { to }),
    PermissionDenied,
    "EACCES",
  );
  assert(error.message.endsWith("set broadcast to send to all"));
  assertEquals(socket.broadcast, false);
  socket.broadcast = true;
  socket.sendSync(bytes("all"), { to });
  assertEquals(text(socket.receiveSync({ timeout: 5000 }).message), "all");
  using second = openUdpSocket({ broadcast: true });
  assertEquals(second.broadcast, true);
});

test("messages that nobody receives do not fill the memory", {
  ignore: notLinux,
}, () => {
  using receiver = openUdpSocket();
  using sender = openUdpSocket();
  receiver.receiveBufferSize = 10_000;
  sender.connect(receiver.localAddr);
  for (let i = 0; i < 1000; i++) sender.sendSync(new Uint8Array(1000));
  let count = 0;
  while (receiver.tryReceive() !== undefined) count++;
  assert(count > 0 && count < 100, `${count} of 1000`);
});
