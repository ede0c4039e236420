/** What becomes of a message that is received. */

/** A message of its own, or a view of one in the ring. */
export type Message = Uint8Array<ArrayBuffer>;

/** A wait for a view, in place of a copy or of a buffer to be filled. */
export const VIEW = Symbol("view");

/** What becomes of a message: a copy, a view, or the content of a buffer. */
export type Target = null | typeof VIEW | Uint8Array;
/** What it came to: a message, the length of one, or the end. */
export type Result = Message | number | null;
