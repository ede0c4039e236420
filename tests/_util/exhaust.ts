/** Using up descriptors. */

/** Opens a file until there is no descriptor left. */
export function exhaust(): Deno.FsFile[] {
  const files: Deno.FsFile[] = [];
  for (;;) {
    try {
      files.push(Deno.openSync("/dev/null"));
    } catch {
      return files;
    }
  }
}
