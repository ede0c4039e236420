/** What tests of System V objects share. */

/** Removes what may have been removed already. */
export function removeIfPresent(object: { remove(): void }): void {
  try {
    object.remove();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether this is no root, who may do everything. */
export function isOrdinaryUser(): boolean {
  const sys = { name: "sys", kind: "uid" } as const;
  return Deno.permissions.querySync(sys).state !== "granted" ||
    Deno.uid() !== 0;
}
