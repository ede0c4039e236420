/** A pause of an async function. */

/**
 * Waits without blocking, and rejects if it is aborted.
 *
 * @param milliseconds How long.
 * @param signal Gives it up when it is aborted; it is not aborted yet.
 * @throws {unknown} The signal's reason.
 */
export function nap(
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    function onAbort(): void {
      clearTimeout(timer);
      reject(signal!.reason);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
