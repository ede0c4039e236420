/** What one-way peers count that do not take one message a call. */

import { now } from "./clock.ts";
import { CLOCK_EVERY, cpu, numberOption, Phase, report } from "./peer.ts";

/** Counts messages, from the first of the measurement to the last. */
export class Arrivals {
  #count = 0;
  #start = 0;
  #before = 0;

  /**
   * Counts a message.
   *
   * @param phase Its first byte.
   * @returns Whether more are to come.
   */
  add(phase: number): boolean {
    if (phase !== Phase.measure) return phase !== Phase.stop;
    if (this.#count++ === 0) {
      this.#start = now();
      this.#before = cpu();
    }
    return true;
  }

  /**
   * Reports what came.
   *
   * @param size The size of a message.
   */
  report(size: number): void {
    const seconds = (now() - this.#start) / 1e9;
    const used = cpu() - this.#before;
    report({
      m_per_s: this.#count / seconds / 1e6,
      gib_per_s: this.#count * size / seconds / 2 ** 30,
      cpu_us: used / this.#count,
    });
  }
}

/**
 * The side that sends one way, asynchronous.
 *
 * @param send Sends a message; what it returns is awaited, if there is
 * something. Nothing else is.
 */
export async function measureSendingAsync(
  send: (phase: number) => Promise<unknown> | undefined,
): Promise<void> {
  async function sendFor(phase: number, milliseconds: number): Promise<number> {
    let count = 0;
    for (const end = now() + milliseconds * 1e6; now() < end;) {
      for (let i = 0; i < CLOCK_EVERY; i++) {
        const sent = send(phase);
        if (sent !== undefined) await sent;
      }
      count += CLOCK_EVERY;
    }
    return count;
  }
  await sendFor(Phase.warm, numberOption("warm_ms", 200));
  const before = cpu();
  const count = await sendFor(Phase.measure, numberOption("time_ms", 400));
  const used = cpu() - before;
  await send(Phase.stop);
  report({ cpu_us: used / count });
}
