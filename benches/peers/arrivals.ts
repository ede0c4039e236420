/** The phases of a measurement, and what comes in one. */

import process from "node:process";
import { now } from "./clock.ts";

/** The first byte of every message. */
export const Phase = { warm: 0, measure: 1, stop: 2 } as const;

/** The processor time of this process, in microseconds. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Prints figures for the harness. */
export function report(metrics: Record<string, number>): void {
  console.log(JSON.stringify(metrics));
}

/**
 * Counts messages, from the first of the measurement to the last.
 *
 * It does the same while they warm up: a compiler gives up what it made of a
 * loop when something happens there for the first time.
 */
export class Arrivals {
  #phase = -1;
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
    if (phase !== this.#phase) {
      if (phase === Phase.stop) return false;
      this.#phase = phase;
      this.#count = 0;
      this.#start = now();
      this.#before = cpu();
    }
    this.#count++;
    return true;
  }

  /** The processor time that each has taken, in microseconds. */
  get cpuEach(): number {
    return (cpu() - this.#before) / this.#count;
  }

  /**
   * Reports what came.
   *
   * @param size The size of a message.
   */
  report(size: number): void {
    const perSecond = this.#count / (now() - this.#start) * 1e9;
    report({
      m_per_s: perSecond / 1e6,
      gib_per_s: perSecond * size / 2 ** 30,
      cpu_us: this.cpuEach,
    });
  }
}
