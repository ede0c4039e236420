/** Connections of Deno's own over loopback. */

import type { TestScope } from "../_util/test.ts";

/** What tests of Deno's own connections need. */
export const needsNet = { needs: ["net"] } as const;

/** Listens on a free port. */
export function listen(
  t: TestScope,
  options: Partial<Deno.TcpListenOptions> = {},
): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, ...options });
  t.defer(() => closeQuietly(listener));
  return listener;
}

/** Both ends of a connection. */
export async function connected(
  t: TestScope,
): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  const listener = listen(t);
  const ends = await Promise.all([
    Deno.connect({ port: listener.addr.port }),
    listener.accept(),
  ]);
  for (const end of ends) t.defer(() => closeQuietly(end));
  return ends;
}

/** Closes what may be closed already, which Deno's own things complain of. */
export function closeQuietly(closable: { close(): void }): void {
  try {
    closable.close();
  } catch {
    // It was.
  }
}

/** A signal that is aborted after a while, with a reason of its own. */
export function abortsAfter(
  milliseconds: number,
): { signal: AbortSignal; reason: Error } {
  const abort = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => abort.abort(reason), milliseconds);
  return { signal: abort.signal, reason };
}

/**
 * The reason to ignore a test that needs a network of its own, or false.
 *
 * @param setUp The shell command that sets it up.
 */
export function withoutNetwork(setUp = "ip link set lo up"): string | false {
  const run = { name: "run" } as const;
  if (Deno.permissions.querySync(run).state !== "granted") return "needs run";
  try {
    const { success } = new Deno.Command("unshare", {
      args: ["--net", "sh", "-c", setUp],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return !success && "needs unshare --net";
  } catch {
    return "needs unshare";
  }
}
