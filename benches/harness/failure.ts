/** A failure whose message is all that there is to say. */
export class Failure extends Error {
  /** The exit code. */
  readonly code: number;

  /**
   * @param message What went wrong.
   * @param code The exit code.
   */
  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}
