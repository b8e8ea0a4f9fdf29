import { userFrames } from "../kernel.ts";

/** An assertion of `beamlet/testing` does not hold. */
export class AssertionError extends Error {
  declare readonly name: "AssertionError";
  /** The pattern that nothing matched, or that something did, as text. */
  declare readonly pattern: string | undefined;
  /** The messages that were waiting then, oldest first, as text. */
  declare readonly mailbox: readonly string[] | undefined;

  constructor(message: string, pattern?: string, mailbox?: readonly string[]) {
    super(message);
    // The message has them already: what prints an error with its properties need not say it twice.
    Object.defineProperty(this, "pattern", { value: pattern });
    Object.defineProperty(this, "mailbox", { value: mailbox });
  }

  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, stack: this.stack };
  }
}
// On the prototype, so that a stack begins with it.
Object.defineProperty(AssertionError.prototype, "name", {
  value: "AssertionError",
  configurable: true,
  writable: true,
});

/** Where in a test something was called. */
export class Site {
  private readonly error: Error;

  /** `from` is the function that the test called: frames from there on are not the test's. */
  constructor(from: (...args: never[]) => unknown) {
    this.error = new Error();
    (Error as { captureStackTrace?: (error: Error, from: unknown) => void }).captureStackTrace?.(this.error, from);
  }

  /** Has an error point to the test, and to nothing else: what has waited was entered by the scheduler. */
  blame<E extends Error>(error: E): E {
    const frames = userFrames(this.error);
    if (frames.length === 0) return error;
    Object.defineProperty(error, "stack", {
      value: [`${error.name}: ${error.message}`, ...frames.map((frame) => `    ${frame}`)].join("\n"),
      configurable: true,
      writable: true,
    });
    return error;
  }
}
