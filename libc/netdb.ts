/**
 * `<netdb.h>`: from the name of a machine to its addresses.
 *
 * Linux from glibc's `netdb.h`; macOS from `netdb.h` of Libinfo, where the
 * name and the address in the struct have changed places.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/netdb.h.html | POSIX}
 * @see {@link https://github.com/apple-oss-distributions/Libinfo | Libinfo}
 */

import { cString } from "./c_string.ts";
import { library } from "./library.ts";
import { perPlatform } from "./platform.ts";
import { SOCK_STREAM } from "./socket.ts";
import type { SocketAddress } from "./socket.ts";

const libnetdb = library({
  freeaddrinfo: { parameters: ["pointer"], result: "void" }, // void freeaddrinfo(struct addrinfo *)
  gai_strerror: { parameters: ["i32"], result: "pointer" }, // const char *gai_strerror(int)
  getaddrinfo: {
    parameters: ["buffer", "pointer", "buffer", "buffer"],
    result: "i32",
  }, // int getaddrinfo(const char *, const char *, const struct addrinfo *, struct addrinfo **)
  // Its end is bounded: the resolver gives up after some seconds by itself.
  getaddrinfo_off_thread: {
    name: "getaddrinfo",
    parameters: ["buffer", "pointer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
});

/** There is no such name, or it has no address. */
export const EAI_NONAME: number = perPlatform({ linux: -2, darwin: 8 });
/** The name has no address of any kind. */
export const EAI_NODATA: number = perPlatform({ linux: -5, darwin: 7 });

/** Offsets in `struct addrinfo`, in bytes. */
export const ADDRINFO: Readonly<
  Record<
    | "size"
    | "ai_flags"
    | "ai_family"
    | "ai_socktype"
    | "ai_protocol"
    | "ai_addrlen"
    | "ai_addr"
    | "ai_canonname"
    | "ai_next",
    number
  >
> = {
  size: 48,
  ai_flags: 0, // int
  ai_family: 4, // int
  ai_socktype: 8, // int
  ai_protocol: 12, // int
  ai_addrlen: 16, // socklen_t
  ai_addr: perPlatform({ linux: 24, darwin: 32 }), // struct sockaddr *
  ai_canonname: perPlatform({ linux: 32, darwin: 24 }), // char *
  ai_next: 40, // struct addrinfo *
};

/** The longest list of addresses that is read. */
const MOST_ADDRESSES = 1024;

/** A question for `getaddrinfo(3)`. */
class Question {
  readonly node: Uint8Array<ArrayBuffer>;
  readonly hints = new DataView(new ArrayBuffer(ADDRINFO.size));
  readonly answer = new BigUint64Array(1);
  readonly #hostname: string;

  constructor(hostname: string, family: number) {
    this.#hostname = hostname;
    this.node = cString(hostname, "hostname");
    this.hints.setInt32(ADDRINFO.ai_family, family, true);
    // One type, or every address would come once for each of them.
    this.hints.setInt32(ADDRINFO.ai_socktype, SOCK_STREAM, true);
  }

  /** Reads the answer. */
  read(code: number): SocketAddress[] {
    if (code !== 0) throw this.#failure(code);
    const list = Deno.UnsafePointer.create(this.answer[0]!);
    try {
      return [...addresses(list)];
    } finally {
      libnetdb.freeaddrinfo()(list);
    }
  }

  #failure(code: number): Error {
    const text = libnetdb.gai_strerror()(code);
    const reason = text === null
      ? `Unknown error ${code}`
      : Deno.UnsafePointerView.getCString(text);
    const Class = code === EAI_NONAME || code === EAI_NODATA
      ? Deno.errors.NotFound
      : Error;
    return new Class(
      `Cannot look up ${JSON.stringify(this.#hostname)}: ${reason}`,
    );
  }
}

function* addresses(
  list: Deno.PointerValue,
): Generator<SocketAddress, void, void> {
  for (let count = 0; list !== null && count < MOST_ADDRESSES; count++) {
    const view = new Deno.UnsafePointerView(list);
    const size = view.getUint32(ADDRINFO.ai_addrlen);
    const address = view.getPointer(ADDRINFO.ai_addr);
    if (address !== null) {
      const bytes = Deno.UnsafePointerView.getArrayBuffer(address, size);
      yield new Uint8Array(bytes.slice(0));
    }
    list = view.getPointer(ADDRINFO.ai_next);
  }
}

/**
 * Looks up the addresses of a name, and blocks the thread meanwhile.
 *
 * @param hostname The name, or an address in numbers.
 * @param family `AF_INET`, `AF_INET6`, or 0 for both.
 * @returns The addresses as C has them, with port 0, the best one first.
 * @throws {Deno.errors.NotFound} If there is no such name.
 * @see {@link https://man7.org/linux/man-pages/man3/getaddrinfo.3.html | getaddrinfo(3)}
 */
export function addressesOfSync(
  hostname: string,
  family: number,
): SocketAddress[] {
  const question = new Question(hostname, family);
  const { node, hints, answer } = question;
  return question.read(libnetdb.getaddrinfo()(node, null, hints, answer));
}

/**
 * Looks up the addresses of a name on another thread.
 *
 * @param hostname The name, or an address in numbers.
 * @param family `AF_INET`, `AF_INET6`, or 0 for both.
 * @returns The addresses as C has them, with port 0, the best one first.
 * @throws {Deno.errors.NotFound} If there is no such name.
 */
export async function addressesOf(
  hostname: string,
  family: number,
): Promise<SocketAddress[]> {
  const question = new Question(hostname, family);
  const { node, hints, answer } = question;
  return question.read(
    await libnetdb.getaddrinfo_off_thread()(node, null, hints, answer),
  );
}
