/** From a report in JSON to a picture in SVG. */

import { digits } from "./text_table.ts";

/** The part of the report that is drawn. */
export interface Report {
  readonly date: string;
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly processors: number;
  };
  readonly benches: readonly {
    readonly title: string;
    readonly tables: readonly ReportTable[];
  }[];
}

interface ReportTable {
  readonly title: string;
  readonly metrics: readonly {
    readonly key: string;
    readonly label: string;
    readonly moreIsBetter?: boolean;
  }[];
  readonly rows: readonly ReportRow[];
}

interface ReportRow {
  readonly name: string;
  readonly program: string;
  readonly placement: string;
  readonly figures: Readonly<
    Record<string, { median: number; min: number; max: number } | undefined>
  >;
}

interface Bar {
  readonly name: string;
  readonly color: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const WIDTH = 820;
const LABELS = 300;
const VALUES = 70;
const BAR = 20;
const HEAD = 44;
const GAP = 26;

/** Ours stands out; C is the measure; the rest is what users have otherwise. */
const colors = { ours: "#0b7a75", c: "#44505c", peer: "#b9c2cb" };

/** What the bars mean, from left to right. */
const legend: readonly (readonly [string, string])[] = [
  [colors.ours, "this library"],
  [colors.c, "the same in C"],
  [colors.peer, "what there is otherwise"],
];

/**
 * Draws tables.
 *
 * @param report What was measured.
 * @param placement Where the processes ran.
 * @param words Words of which a title has to have one; none chooses all.
 * @returns The picture.
 */
export function drawChart(
  report: Report,
  placement: string,
  words: readonly string[],
): string {
  const tables = report.benches.flatMap(({ tables }) => tables).filter((
    table,
  ) => words.length === 0 || words.some((word) => table.title.includes(word)));
  const panels: string[] = [];
  let top = 70;
  for (const table of tables) {
    const bars = barsOf(table, placement);
    if (bars.length === 0) continue;
    panels.push(panel(table, bars, top));
    top += HEAD + bars.length * BAR + GAP;
  }
  const { system, processor, processors } = report.machine;
  const machine = `${processors} × ${processor}; ${system}; ${
    report.date.slice(0, 10)
  }`;
  const key = legend.map(([color, text], index) => {
    const x = 16 + index * 200;
    return `<rect x="${x}" y="40" width="12" height="12" fill="${color}"/>` +
      label(x + 18, 50, text);
  });
  return `${
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}"`,
      ` viewBox="0 0 ${WIDTH} ${top}" font-family="system-ui, sans-serif"`,
      ` font-size="12" fill="#1c2530">`,
    ].join("")
  }
<rect width="100%" height="100%" fill="#ffffff"/>
${label(16, 24, `Medians on ${machine}. The scale is logarithmic.`)}
${key.join("\n")}
${panels.join("\n")}
</svg>
`;
}

function barsOf({ metrics, rows }: ReportTable, placement: string): Bar[] {
  const { key, moreIsBetter = false } = metrics[0]!;
  const bars = rows.flatMap((row): Bar[] => {
    const spread = row.figures[key];
    const isHere = row.placement === placement;
    return isHere && spread !== undefined
      ? [{ name: row.name, color: colorOf(row), ...spread }]
      : [];
  });
  const sign = moreIsBetter ? -1 : 1;
  return bars.sort((a, b) => sign * (a.median - b.median));
}

function colorOf({ name, program }: ReportRow): string {
  if (program.endsWith(".c") && name.startsWith("C,")) return colors.c;
  const isOurs = program.endsWith(".ts") && !/^(Deno|raw FFI|bare)/.test(name);
  return isOurs ? colors.ours : colors.peer;
}

function panel(
  { title, metrics }: ReportTable,
  bars: readonly Bar[],
  top: number,
): string {
  const { label: unit, moreIsBetter } = metrics[0]!;
  const better = moreIsBetter ? "more is better" : "less is better";
  const low = Math.min(...bars.map(({ min }) => min)) / 1.6;
  const high = Math.max(...bars.map(({ max }) => max));
  const room = WIDTH - LABELS - VALUES;
  const x = (value: number) =>
    LABELS + room * Math.log(value / low) / Math.log(high / low);
  const bottom = top + HEAD + bars.length * BAR;
  const lines: string[] = [
    `<text x="16" y="${top + 18}" font-weight="600" font-size="14">${
      escape(title)
    }</text>`,
    label(16, top + 36, `${unit}; ${better}`, "#5b6774"),
  ];
  for (let mark = 10 ** Math.ceil(Math.log10(low)); mark < high; mark *= 10) {
    const at = x(mark).toFixed(1);
    lines.push(
      `<line x1="${at}" x2="${at}" y1="${
        top + HEAD - 4
      }" y2="${bottom}" stroke="#e3e7eb"/>`,
      `<text x="${at}" y="${top + 36}" text-anchor="middle" fill="#5b6774">${
        mark.toLocaleString("en")
      }</text>`,
    );
  }
  bars.forEach(({ name, color, median, min, max }, index) => {
    const y = top + HEAD + index * BAR;
    const middle = y + BAR / 2;
    const end = x(median);
    lines.push(
      `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${
        escape(name)
      }</text>`,
      `<rect x="${LABELS}" y="${y + 3}" width="${
        (end - LABELS).toFixed(1)
      }" height="${BAR - 6}" fill="${color}"/>`,
      `<line x1="${x(min).toFixed(1)}" x2="${
        x(max).toFixed(1)
      }" y1="${middle}" y2="${middle}" stroke="#10161c"/>`,
      label(Math.max(end, x(max)) + 6, middle + 4, digits(median)),
    );
  });
  return lines.join("\n");
}

function label(x: number, y: number, text: string, fill = "#1c2530"): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${fill}">${
    escape(text)
  }</text>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
