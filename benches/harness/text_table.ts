/** Tables in Markdown, whose columns are aligned. */

/**
 * Sets a table.
 *
 * @param header The names of the columns.
 * @param rows The cells.
 * @returns The lines.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")
    } |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/**
 * Writes a number with three significant digits.
 *
 * @param value The number.
 */
export function digits(value: number): string {
  if (value === 0) return "0";
  const decimals = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(3, Math.max(0, decimals)));
}
