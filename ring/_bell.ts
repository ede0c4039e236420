import {
  FileDescriptor,
  fstat,
  isOsError,
  lstat,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  S_IFIFO,
  S_IFMT,
  tryRead,
  tryWrite,
} from "@ipc/libc";
import { Arrival, open } from "@ipc/libc/rings";
import { damaged } from "./_layout.ts";

const ring = new Uint8Array([1]);
const rings = new Uint8Array(4096);
/** How often to read in vain: a peer may ring without end. */
const MOST_READS = 16;

/** Opens one end of a bell, which is a FIFO. */
function openEnd(path: string, mode: number, what: string): FileDescriptor {
  using undo = new DisposableStack();
  const flags = mode | O_NONBLOCK | O_NOFOLLOW;
  const fd = open(path, flags, `the bell ${JSON.stringify(path)} of ${what}`);
  const end = undo.use(new FileDescriptor(fd));
  if ((fstat(fd).mode & S_IFMT) !== S_IFIFO) {
    throw damaged(what, `${JSON.stringify(path)} is no FIFO`);
  }
  undo.move();
  return end;
}

/** Opens the end that rings, also where nobody listens yet. */
function openRinger(path: string, what: string): FileDescriptor {
  using _listener = openEnd(path, O_RDONLY, what);
  return openEnd(path, O_WRONLY, what);
}

/** The end of a bell that wakes somebody else. */
export class Ringer {
  readonly #end: FileDescriptor;

  constructor(path: string, what: string) {
    this.#end = openRinger(path, what);
  }

  /**
   * Rings. If nobody has listened for long, so that the bell is full of rings,
   * it does nothing.
   *
   * @returns Whether somebody can hear it.
   */
  ring(): boolean {
    try {
      tryWrite(this.#end.fd, ring);
      return true;
    } catch (error) {
      if (isOsError(error, "EPIPE")) return false;
      throw error;
    }
  }

  close(): void {
    this.#end.close();
  }
}

/**
 * The bell by which one other side wakes this one. It comes to its end when
 * that side is gone, by a death too, which is how a death is noticed; so while
 * nobody is there, this side keeps an end that rings open itself. Who comes
 * rings before anything else, and is watched from then on.
 */
export class Bell {
  readonly #path: string;
  readonly #what: string;
  readonly #end: FileDescriptor;
  readonly #arrival: Arrival;
  #keeper: FileDescriptor | undefined;

  /**
   * @param path Where it is.
   * @param what What the ring is called in messages.
   * @param onRing Called when it rings, or is at its end, while it is armed.
   */
  constructor(path: string, what: string, onRing: () => void) {
    this.#path = path;
    this.#what = what;
    this.#end = openEnd(path, O_RDONLY, what);
    this.#arrival = new Arrival(this.#end.fd, onRing, true);
  }

  /** What to wait for: it can be read when it rings, and at its end. */
  get fd(): number {
    return this.#end.fd;
  }

  /** Whether this side keeps it from coming to its end. */
  get isKept(): boolean {
    return this.#keeper !== undefined;
  }

  /**
   * Keeps it from coming to its end: nobody is there.
   *
   * @returns Whether that is possible: not once the ring is unlinked.
   */
  keep(): boolean {
    try {
      if (this.#keeper !== undefined) return lstat(this.#path).mode !== 0;
      this.#keeper = openEnd(this.#path, O_WRONLY, this.#what);
      return true;
    } catch (error) {
      if (isOsError(error, "ENOENT")) return false;
      throw error;
    }
  }

  /** Lets it come to its end when the others are gone. */
  letGo(): void {
    this.#keeper?.close();
    this.#keeper = undefined;
  }

  /** Has the event loop watch it; the process does not exit meanwhile. */
  arm(): void {
    this.#arrival.arm();
  }

  /** Lets the process exit. */
  disarm(): void {
    this.#arrival.disarm();
  }

  /**
   * Takes all rings.
   *
   * @returns Whether it is at its end: nobody is there who could ring.
   */
  listen(): boolean {
    // What the event loop has taken; it tells of the end, too.
    if (this.#arrival.take(rings) > 0) {
      this.letGo();
      return false;
    }
    for (let i = 0; i < MOST_READS; i++) {
      const count = tryRead(this.#end.fd, rings);
      if (count <= 0) return count === 0;
      this.letGo();
    }
    return false;
  }

  close(): void {
    this.#arrival.close();
    this.letGo();
    this.#end.close();
  }
}
