/** Which processors the processes of a configuration may use. */

/**
 * `none` leaves it to the scheduler; `same` puts all on one processor; `diff`
 * gives the first process one core and the others another.
 */
export type Placement = "none" | "same" | "diff";

/** All placements. */
export const allPlacements: readonly Placement[] = ["none", "same", "diff"];

/** The processors to pin to, or why there is no pinning. */
export interface Processors {
  /** The processor of the first process, and of the only one. */
  readonly first: number;
  /** That of the others, in `diff`. */
  readonly other: number | undefined;
  /** Why placements are absent, if they are. */
  readonly absent?: string;
}

/**
 * Chooses two processors, of two cores if possible.
 *
 * @returns The processors.
 */
export async function chooseProcessors(): Promise<Processors> {
  const none = { first: 0, other: undefined };
  if (Deno.build.os !== "linux") {
    return { ...none, absent: `${Deno.build.os} has no pinning` };
  }
  try {
    await new Deno.Command("taskset", { args: ["--version"] }).output();
  } catch {
    return { ...none, absent: "taskset not found" };
  }
  const status = await Deno.readTextFile("/proc/self/status");
  const allowed = parseList(
    /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? "0",
  );
  const first = allowed.at(-1)!;
  const siblings = await siblingsOf(first);
  const others = allowed.filter((cpu) => cpu !== first);
  const other = others.find((cpu) => !siblings.includes(cpu)) ?? others[0];
  return { first, other };
}

/**
 * The processor of each process.
 *
 * @param placement The placement.
 * @param count How many processes there are.
 * @param processors The processors to choose from.
 * @returns One for each, or `undefined` without pinning.
 * @throws {Error} If the placement cannot be had.
 */
export function assignProcessors(
  placement: Placement,
  count: number,
  { first, other, absent }: Processors,
): number[] | undefined {
  if (placement === "none") return undefined;
  if (absent !== undefined) throw new Error(absent);
  if (placement === "same") return Array<number>(count).fill(first);
  if (other === undefined) throw new Error("there is one processor");
  return [first, ...Array<number>(count - 1).fill(other)];
}

/** Reads a list such as `0-3,8`. */
function parseList(text: string): number[] {
  return text.trim().split(",").flatMap((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i);
  });
}

async function siblingsOf(cpu: number): Promise<number[]> {
  const file =
    `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`;
  try {
    return parseList(await Deno.readTextFile(file));
  } catch {
    return [];
  }
}
