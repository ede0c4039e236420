/** When a wait gives up. */

/**
 * Has a wait given up when a signal is aborted, or when its time is over.
 *
 * @param signal The signal, if there is one.
 * @param timeout The time in milliseconds, `Infinity` for ever.
 * @param late Makes the error for that.
 * @param giveUp Gives it up for a reason.
 * @returns What forgets that; to be called when the wait ends.
 */
export function limitWait(
  signal: AbortSignal | undefined,
  timeout: number,
  late: () => Error,
  giveUp: (reason: unknown) => void,
): () => void {
  const onAbort = () => giveUp(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  const timer = timeout === Infinity
    ? undefined
    : setTimeout(() => giveUp(late()), timeout);
  return () => {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
}
