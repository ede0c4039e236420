/** A progress bar on stderr. */

const encoder = new TextEncoder();

/** Shows how far the work has come, if there is a terminal to show it in. */
export class Progress {
  readonly #total: number;
  readonly #visible = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  #done = 0;

  /**
   * @param total How many steps there are.
   */
  constructor(total: number) {
    this.#total = total;
  }

  /**
   * Says what is being done.
   *
   * @param what The words.
   */
  show(what: string): void {
    const part = this.#total === 0 ? 1 : this.#done / this.#total;
    const bar = "█".repeat(20 * part).padEnd(20, "░");
    const spent = (performance.now() - this.#start) / 1000;
    const left = part > 0
      ? `, ${(spent / part - spent).toFixed(0)} s left`
      : "";
    this.#draw(`${bar} ${this.#done}/${this.#total}${left}  ${what}`);
  }

  /** Counts steps that are done. */
  add(steps = 1): void {
    this.#done += steps;
  }

  /** Removes the bar. */
  clear(): void {
    this.#draw("");
  }

  /** Removes the bar. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #draw(text: string): void {
    if (!this.#visible) return;
    const { columns } = Deno.consoleSize();
    const line = [...text].slice(0, columns - 1).join("");
    Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line}`));
  }
}
