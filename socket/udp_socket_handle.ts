import { checkInteger, Errno, osError } from "@ipc/libc";
import {
  AF_INET6,
  bind,
  connect,
  encodeMembership,
  encodeMembership6,
  interfaceIndex,
  multicastOptions,
  peerName,
  setSocketOption,
  SO_BROADCAST,
  SO_RCVBUF,
  SO_SNDBUF,
  SocketDescriptor,
  socketName,
  socketOption,
  SOL_SOCKET,
} from "@ipc/libc/sockets";
import type { MulticastOptions, SocketAddress } from "@ipc/libc/sockets";
import { familyOf, findAddressesSync, toNetAddr } from "./_address.ts";
import { Destinations } from "./_destinations.ts";
import { formatHost } from "./_host.ts";
import type { UdpAddress } from "./udp_address.ts";

/** Options of {@linkcode UdpSocketHandle.joinMulticast}. */
export interface MulticastGroupOptions {
  /**
   * The network interface: for IPv4 its address, such as `"127.0.0.1"`; for
   * IPv6 its name, such as `"lo"`, or its number. Without it, the system
   * chooses.
   *
   * @default {undefined}
   */
  interface?: string | number | undefined;
}

/** What a UDP socket is, apart from the messages. */
export class UdpSocketHandle {
  /** The descriptor. */
  readonly #descriptor: SocketDescriptor;
  readonly #family: number;
  readonly #options: MulticastOptions;
  /** The address that it was given. */
  readonly #bound: SocketAddress;
  #localAddr: Deno.NetAddr;
  #remoteAddr: Deno.NetAddr | undefined;

  /**
   * Use {@linkcode openUdpSocket}.
   *
   * @ignore
   */
  constructor(fd: number) {
    const local = socketName(fd);
    const remote = peerName(fd);
    this.#family = familyOf(local);
    this.#options = multicastOptions(this.#family);
    this.#bound = local;
    this.#localAddr = toNetAddr(local, "udp");
    this.#remoteAddr = remote && toNetAddr(remote, "udp");
    this.destinations = new Destinations(this.#family);
    this.#descriptor = new SocketDescriptor(fd);
  }

  /**
   * Where messages go.
   *
   * @ignore
   */
  protected readonly destinations: Destinations;

  /**
   * The two directions.
   *
   * @ignore
   */
  protected get directions(): SocketDescriptor {
    return this.#descriptor;
  }

  /**
   * The most bytes of one message.
   *
   * @ignore
   */
  protected get messageSize(): number {
    return this.#family === AF_INET6 ? 65_527 : 65_507;
  }

  /** The address of this socket. */
  get localAddr(): Deno.NetAddr {
    return this.#localAddr;
  }

  /** Whom it is connected to, if it is. */
  get remoteAddr(): Deno.NetAddr | undefined {
    return this.#remoteAddr;
  }

  /**
   * The descriptor, or −1 once it is closed. It stays this object's: do not
   * close it.
   */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /**
   * Connects it: messages go there unless they are told otherwise, and only
   * those from there are received. Nothing is sent; that nobody has the port
   * open shows in a later call. It may be connected anew.
   *
   * `connect(2)`.
   *
   * @param to Whom to connect it to.
   * @throws {Deno.errors.NetworkUnreachable} If there is no way there.
   * @throws {Deno.errors.NotFound} If the name is unknown.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  connect(to: UdpAddress): void {
    const { hostname, port } = to;
    const fd = this.openFd;
    checkInteger(port, "port", 1, 65_535);
    const [address] = findAddressesSync(hostname, port, this.#family);
    this.#connect(fd, address!, `to ${formatHost(hostname, port)}`);
  }

  /**
   * Ends that it is connected: messages are received from anybody.
   *
   * `connect(2)` with the family `AF_UNSPEC`.
   *
   * Linux lets go of a port that it had chosen itself, and what arrives in
   * that moment is lost; this takes the same port again.
   *
   * @throws {Deno.errors.AddrInUse} If another socket has taken the port.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  disconnect(): void {
    // An address of no family, whose length comes first on macOS.
    const nobody = new Uint8Array(new ArrayBuffer(16));
    const fd = this.openFd;
    this.#connect(fd, nobody, "to nobody");
    if (this.#localAddr.port !== 0) return;
    bind(fd, this.#bound, "give a UDP socket its port again");
    this.#localAddr = toNetAddr(this.#bound, "udp");
  }

  #connect(fd: number, address: SocketAddress, to: string): void {
    const number = connect(fd, address);
    // macOS says so when it has disconnected.
    if (number !== 0 && number !== Errno.EAFNOSUPPORT) {
      throw osError(number, "connect", `connect UDP socket ${to}`);
    }
    const remote = peerName(fd);
    this.#localAddr = toNetAddr(socketName(fd), "udp");
    this.#remoteAddr = remote && toNetAddr(remote, "udp");
  }

  /**
   * Whether messages may be sent to all of a network, by an address such as
   * `"255.255.255.255"`; IPv4 only.
   *
   * `SO_BROADCAST`.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get broadcast(): boolean {
    return socketOption(this.openFd, SOL_SOCKET, SO_BROADCAST) !== 0;
  }
  set broadcast(on: boolean) {
    setSocketOption(this.openFd, SOL_SOCKET, SO_BROADCAST, Number(on));
  }

  /**
   * How many routers a message passes at most, from 1 to 255.
   *
   * `IP_TTL`, `IPV6_UNICAST_HOPS`.
   *
   * @throws {RangeError} If it is set to anything else.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get ttl(): number {
    return this.#get("hops");
  }
  set ttl(hops: number) {
    this.#set("hops", checkInteger(hops, "ttl", 1, 255));
  }

  /**
   * How many routers a message to a group passes at most, from 0, which keeps
   * it on this machine, to 255; at first 1.
   *
   * `IP_MULTICAST_TTL`, `IPV6_MULTICAST_HOPS`.
   *
   * @throws {RangeError} If it is set to anything else.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get multicastTtl(): number {
    return this.#get("groupHops");
  }
  set multicastTtl(hops: number) {
    this.#set("groupHops", checkInteger(hops, "multicastTtl", 0, 255));
  }

  /**
   * Whether members of a group on this machine get what this socket sends to
   * it; at first they do.
   *
   * `IP_MULTICAST_LOOP`, `IPV6_MULTICAST_LOOP`.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get multicastLoopback(): boolean {
    return this.#get("loop") !== 0;
  }
  set multicastLoopback(on: boolean) {
    this.#set("loop", Number(on));
  }

  /**
   * Sets the network interface by which messages to groups are sent.
   *
   * `IP_MULTICAST_IF`, `IPV6_MULTICAST_IF`.
   *
   * @param via For IPv4 its address; for IPv6 its name, or its number.
   * @throws {TypeError} If it is neither.
   * @throws {Deno.errors.AddrNotAvailable} If there is no such address.
   * @throws {Error} With code `ENODEV` or `ENXIO` if there is no such name.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  setMulticastInterface(via: string | number): void {
    const fd = this.openFd;
    const { level, via: option } = this.#options;
    const value = this.#family === AF_INET6
      ? indexOf(via)
      : encodeMembership(this.#v4(String(via)), undefined).slice(0, 4);
    setSocketOption(fd, level, option, value);
  }

  /**
   * Joins a group: messages to it are received, if they go to the port of
   * this socket and it is bound to `"0.0.0.0"`, `"::"` or the group itself.
   *
   * `IP_ADD_MEMBERSHIP`, `IPV6_JOIN_GROUP`.
   *
   * @param group The address of the group, such as `"239.1.2.3"` or
   * `"ff02::1"`.
   * @param options By which network interface.
   * @throws {TypeError} If it is the address of no group.
   * @throws {Deno.errors.AddrInUse} If it is a member already.
   * @throws {Error} With code `ENODEV` if there is no such interface.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  joinMulticast(group: string, options: MulticastGroupOptions = {}): void {
    this.#member("join", group, options);
  }

  /**
   * Leaves a group. Closing the socket does so as well.
   *
   * `IP_DROP_MEMBERSHIP`, `IPV6_LEAVE_GROUP`.
   *
   * @param group The address of the group.
   * @param options The network interface that it was joined by.
   * @throws {Deno.errors.AddrNotAvailable} If it is no member.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  leaveMulticast(group: string, options: MulticastGroupOptions = {}): void {
    this.#member("leave", group, options);
  }

  #member(
    what: "join" | "leave",
    group: string,
    { interface: via }: MulticastGroupOptions,
  ): void {
    const fd = this.openFd;
    const options = this.#options;
    const [address] = findAddressesSync(group, 0, this.#family);
    const value = this.#family === AF_INET6
      ? encodeMembership6(address!, via === undefined ? 0 : indexOf(via))
      : encodeMembership(
        address!,
        via === undefined ? undefined : this.#v4(String(via)),
      );
    setSocketOption(fd, options.level, options[what], value);
    // Or Linux would deliver what is for the groups of other sockets, too.
    const { all } = options;
    if (all !== undefined) setSocketOption(fd, options.level, all, 0, true);
  }

  #v4(address: string): SocketAddress {
    return findAddressesSync(address, 0, this.#family)[0]!;
  }

  /**
   * How many bytes of messages wait to be sent at most. Linux doubles what is
   * set, for what it needs itself, and has a limit.
   *
   * `SO_SNDBUF`.
   *
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get sendBufferSize(): number {
    return socketOption(this.openFd, SOL_SOCKET, SO_SNDBUF);
  }
  set sendBufferSize(size: number) {
    checkInteger(size, "sendBufferSize", 1, 2 ** 30);
    setSocketOption(this.openFd, SOL_SOCKET, SO_SNDBUF, size);
  }

  /**
   * How many bytes of messages wait to be received at most; what comes then
   * is lost. Linux doubles what is set, for what it needs itself, and has a
   * limit.
   *
   * `SO_RCVBUF`.
   *
   * @throws {RangeError} If what is set is not a whole number from 1.
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get receiveBufferSize(): number {
    return socketOption(this.openFd, SOL_SOCKET, SO_RCVBUF);
  }
  set receiveBufferSize(size: number) {
    checkInteger(size, "receiveBufferSize", 1, 2 ** 30);
    setSocketOption(this.openFd, SOL_SOCKET, SO_RCVBUF, size);
  }

  /**
   * The descriptor, which has to be open.
   *
   * @ignore
   */
  protected get openFd(): number {
    const { fd } = this.#descriptor;
    if (fd === -1) {
      throw new Deno.errors.BadResource("Cannot use UDP socket: it is closed");
    }
    return fd;
  }

  #get(option: "hops" | "groupHops" | "loop"): number {
    const { level, [option]: number } = this.#options;
    return socketOption(this.openFd, level, number);
  }

  #set(option: "hops" | "groupHops" | "loop", value: number): void {
    const { level, [option]: number } = this.#options;
    setSocketOption(this.openFd, level, number, value);
  }
}

/** The number of a network interface that is given by name or number. */
function indexOf(via: string | number): number {
  return typeof via === "number"
    ? checkInteger(via, "interface", 0, 2 ** 31 - 1)
    : interfaceIndex(via);
}
