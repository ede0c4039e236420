/** What a peer that was killed leaves behind. */

const folders = ["/dev/shm", "/dev/mqueue"];

/**
 * Removes the objects of one trial. Where objects are no files, only their
 * peers can remove them.
 *
 * @param name What is in the name of each.
 */
export function removeLeftovers(name: string): void {
  if (Deno.build.os !== "linux") return;
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      if (entry.name.includes(name)) Deno.removeSync(`${folder}/${entry.name}`);
    }
  }
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}
