/** The figures that peers report. */

/** One figure. */
export interface Metric {
  /** Its key in the line that a peer prints. */
  readonly key: string;
  /** Its name in tables, with the unit. */
  readonly label: string;
  /** Whether more of it is better. */
  readonly moreIsBetter?: boolean;
}

/** The figures of a round trip. */
export const roundTripMetrics = [
  { key: "p50_us", label: "p50 µs" },
  { key: "p99_us", label: "p99 µs" },
  { key: "cpu_us", label: "CPU µs, all sides" },
] as const satisfies readonly Metric[];

/** The figures of blocks that go one way. */
export const throughputMetrics = [
  { key: "gib_per_s", label: "GiB/s", moreIsBetter: true },
  { key: "m_per_s", label: "million/s", moreIsBetter: true },
  { key: "cpu_us", label: "CPU µs each, both sides" },
] as const satisfies readonly Metric[];

/** The figures of small records that go one way. */
export const recordMetrics = [
  { key: "m_per_s", label: "million/s", moreIsBetter: true },
  { key: "cpu_us", label: "CPU µs each, both sides" },
] as const satisfies readonly Metric[];

/** What waiting costs the one who waits. */
export const waitMetrics = [
  { key: "receiver_us", label: "CPU µs each, receiver" },
  { key: "distance_us", label: "distance µs" },
] as const satisfies readonly Metric[];

/** What many cost that do nothing. */
export const idleMetrics = [
  { key: "percent", label: "% of a processor" },
  { key: "more_threads", label: "more threads" },
] as const satisfies readonly Metric[];

/** What waiting costs two processes that do nothing else. */
export const idleSwitchMetrics = [
  { key: "percent", label: "% of a processor, both" },
  { key: "switches", label: "switches a second of the other" },
] as const satisfies readonly Metric[];

/** What a stream leaves in memory. */
export const memoryMetrics = [
  { key: "rss_mib", label: "resident MiB more per GiB" },
  { key: "heap_mib", label: "heap MiB more per GiB" },
  { key: "peak_mib", label: "resident MiB more at most" },
  { key: "gib_per_s", label: "GiB/s", moreIsBetter: true },
] as const satisfies readonly Metric[];

/** The time of something short in one process. */
export const operationMetrics = [
  { key: "ns", label: "ns" },
] as const satisfies readonly Metric[];

/** The time of a whole program. */
export const wholeProgramMetrics = [
  { key: "seconds", label: "s" },
] as const satisfies readonly Metric[];

/** What one run of a configuration found, by the keys of the metrics. */
export type Figures = Readonly<Record<string, number>>;

/**
 * Adds what one process reported to what others did: processor time counts
 * for all, and of everything else the last report stands.
 *
 * @param all What has been reported.
 * @param more What is added.
 * @returns Both.
 */
export function addFigures(all: Figures, more: Figures): Figures {
  const sum = { ...all, ...more };
  for (const key of Object.keys(more)) {
    if (key.startsWith("cpu_")) sum[key] = (all[key] ?? 0) + more[key]!;
  }
  return sum;
}
