/** What the kernel says of descriptors. Needs all permissions, and Linux. */

/**
 * What a descriptor leads to, such as `"pipe:[4711]"`.
 *
 * @param fd The descriptor.
 * @param process Whose it is.
 */
export function objectOf(
  fd: number,
  process: number | "self" = "self",
): string {
  return Deno.readLinkSync(`/proc/${process}/fd/${fd}`);
}

/**
 * The descriptors of a process that lead to an object.
 *
 * @param object What {@linkcode objectOf} said.
 * @param process Whose they are.
 */
export function descriptorsTo(
  object: string,
  process: number | "self" = "self",
): number[] {
  return [...Deno.readDirSync(`/proc/${process}/fd`)]
    .map(({ name }) => Number(name))
    .filter((fd) => leadsTo(fd, object, process))
    .sort((a, b) => a - b);
}

function leadsTo(
  fd: number,
  object: string,
  process: number | "self",
): boolean {
  try {
    return objectOf(fd, process) === object;
  } catch {
    // It was the one that reads the folder.
    return false;
  }
}

/**
 * The flags with which a descriptor is open, in octal, such as `0o2000000` of
 * close-on-exec.
 *
 * @param fd The descriptor.
 */
export function flagsOf(fd: number): number {
  const info = Deno.readTextFileSync(`/proc/self/fdinfo/${fd}`);
  return parseInt(info.match(/^flags:\s*(\d+)$/m)![1]!, 8);
}
