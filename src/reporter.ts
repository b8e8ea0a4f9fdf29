import { inspect } from "./inspect.ts";
import type { Operation } from "./operation.ts";
import type { Process } from "./process.ts";
import { consoleLogger, type Report, userFrames } from "./report.ts";
import type { World } from "./world.ts";

/** Operations whose place in the program is noted before anything has been forgotten, and again after each that was. */
const NOTES = 500;

/** Tells the logger of ends and mistakes, and notes where in the program they may come from. */
export class Reporter {
  private readonly world: World;
  logger: (report: Report) => void;
  private notes = NOTES;

  constructor(world: World, logger: (report: Report) => void) {
    this.world = world;
    this.logger = logger;
  }

  /** Never throws. */
  log(report: Report): void {
    try {
      this.world.asHost(() => this.logger(report));
    } catch (error) {
      // A logger that fails must not take a process with it, and what it should have said is not lost.
      try {
        consoleLogger(report);
        const message = `the logger threw ${inspect(error)}`;
        consoleLogger({ level: "error", kind: "warning", time: new Date(), message });
      } catch {
        // There is no stderr either.
      }
    }
  }

  /** A body raised, or the bound of its mailbox ended it: the process is dead of `reason`. */
  ended(kind: "crash" | "overflow", about: Partial<Report>, reason: unknown): void {
    this.log({ ...about, level: "error", kind, time: new Date(), reason });
  }

  warn(process: Process, message: string): void {
    this.log({ ...this.describe(process), level: "warning", kind: "warning", time: new Date(), message });
  }

  /** What a report says of a process: to be asked before it ends, when it gives up its name. */
  describe(process: Process): Partial<Report> {
    return {
      pid: process.pid,
      registeredName: process.name,
      initialCall: process.initialCall,
      spawnedAt: process.site && userFrames(process.site)[0],
      // What is not known is undefined: a report's reader asks for values, not for keys.
    } as Partial<Report>;
  }

  /**
   * Notes a place in the program, for the first few hundred of them: it costs some µs. When something is forgotten
   * later, the next few hundred are noted again, since a forgotten `yield*` is forgotten each time its line runs.
   */
  note(): Error | boolean {
    return this.world.development && this.notes-- > 0 ? new Error("noted") : true;
  }

  /** An operation was made and never yielded or awaited. */
  forgotten(process: Process, operation: Pick<Operation<unknown>, "unstarted">): void {
    const { unstarted } = operation;
    operation.unstarted = false;
    if (!this.world.development) return;
    if (this.notes <= 0) this.notes = NOTES;
    const where = userFrames(unstarted)[0] ?? `in ${process.initialCall || "its body"}`;
    this.warn(
      process,
      `an operation was made and never yielded or awaited: write yield* (or await) before it\n    ${where}`,
    );
  }
}
