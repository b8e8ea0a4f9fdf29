import { current, formatReport, type Op, type Report, type Result, type Runtime, type Suspend } from "../kernel.ts";
import { ownOperation } from "../otp/operation.ts";
import { type Acting, type Actor, actingOf, checkOptions, isHost, runtimeOf, wrong } from "./acting.ts";

/** Options of `captureLog`. */
export interface CaptureLogOptions extends Acting {
  /** Reports below this level go to the logger, as ever. Default: none does. */
  readonly level?: Report["level"];
}

/** What was reported while a function ran. As a string it is its text. */
export class CapturedLog<T = unknown> {
  /** What the function returned. */
  readonly result: T;
  /** The reports, oldest first. */
  readonly reports: readonly Report[];

  constructor(result: T, reports: readonly Report[]) {
    this.result = result;
    this.reports = reports;
  }

  /** The reports in the words of the console, with an empty line between them; `""` when there are none. */
  get text(): string {
    return this.reports.map(formatReport).join("\n\n");
  }

  toString(): string {
    return this.text;
  }
}

const LEVELS: readonly Report["level"][] = ["debug", "info", "notice", "warning", "error"];

/**
 * Keeps what a runtime reports while a function runs, and keeps it from the runtime's logger.
 *
 * The function may be a plain one, an async one or a generator function, which runs in the process that waits, or in one of its own where
 * the host waits. Reports of processes that end later are not in it: wait for their end. In the host's code, what can run at once does
 * so before the log ends. Captures may be nested, and overlap: each report is in all that are under way.
 *
 * *Throws* what the function throws: then the logger gets what was kept from it, which may say why. `TypeError` for an option that is none.
 * Source: `ExUnit.CaptureLog`.
 *
 * @example
 * const log = await captureLog(() => { spawn(() => { throw new Error("boom"); }); });
 * log.text; // 12:00:00.000 [error] Process #PID<0.5.0> raised an exception …
 */
export function captureLog<R>(body: () => R, options?: CaptureLogOptions): Op<CapturedLog<Result<R>>> {
  const given = checkOptions(options, ["level", "as"], "captureLog");
  if (typeof body !== "function") throw wrong("captureLog", "a function", body);
  const { level = "debug" } = given;
  if (!LEVELS.includes(level)) throw wrong("captureLog", `${LEVELS.join(", ")} as level`, level);
  const actor = actingOf(given, "captureLog");
  const runtime = runtimeOf(actor);
  return ownOperation(function* () {
    const capture = new Capture(level);
    Capturing.begin(runtime, capture);
    let isOver = false;
    try {
      const made: unknown = body();
      const result = (isPending(made) ? yield pending(made, actor) : made) as Result<R>;
      // What the host has set going has had no turn yet.
      if (isHost(actor) && current() === undefined) runtime.run();
      isOver = true;
      return new CapturedLog(result, capture.reports);
    } finally {
      Capturing.end(runtime, capture, isOver);
    }
  });
}

class Capture {
  readonly reports: Report[] = [];
  private readonly least: number;

  constructor(level: Report["level"]) {
    this.least = LEVELS.indexOf(level);
  }

  take(report: Report): boolean {
    if (LEVELS.indexOf(report.level) < this.least) return false;
    this.reports.push(report);
    return true;
  }
}

/** All captures of one runtime. They share one logger, so that they may end in any order. */
class Capturing {
  private static readonly all = new WeakMap<Runtime, Capturing>();
  private readonly captures = new Set<Capture>();
  private readonly kept: (report: Report) => void;
  private readonly logger = (report: Report): void => {
    let taken = false;
    for (const each of this.captures) taken = each.take(report) || taken;
    if (!taken) this.kept(report);
  };

  private constructor(runtime: Runtime) {
    this.kept = runtime.logger;
    runtime.logger = this.logger;
  }

  static begin(runtime: Runtime, capture: Capture): void {
    let capturing = Capturing.all.get(runtime);
    if (capturing === undefined) {
      capturing = new Capturing(runtime);
      Capturing.all.set(runtime, capturing);
    }
    capturing.captures.add(capture);
  }

  static end(runtime: Runtime, capture: Capture, isOver: boolean): void {
    const capturing = Capturing.all.get(runtime);
    if (capturing === undefined || !capturing.captures.delete(capture)) return;
    if (capturing.captures.size > 0) return;
    Capturing.all.delete(runtime);
    // Somebody may have given the runtime another logger meanwhile.
    if (runtime.logger === capturing.logger) runtime.logger = capturing.kept;
    if (!isOver) for (const each of capture.reports) runtime.log(each);
  }
}

type Steps = Generator<Suspend, unknown, unknown>;

/** Whether what a function returned is still to be waited for. */
function isPending(made: unknown): made is Steps | PromiseLike<unknown> {
  if (typeof made !== "object" || made === null) return false;
  const { then, next } = made as { then?: unknown; next?: unknown };
  return typeof then === "function" || (typeof next === "function" && Symbol.iterator in made);
}

/** An operation that waits for it: where it is yielded, in that process. */
function pending(made: Steps | PromiseLike<unknown>, actor: Actor): Op<unknown> {
  if (!("then" in made)) {
    return {
      [Symbol.iterator]: () => made,
      // biome-ignore lint/suspicious/noThenProperty: this is what makes it awaited
      then: (onFulfilled, onRejected) => ofItsOwn(made, actor).then(onFulfilled, onRejected),
    };
  }
  return Symbol.iterator in made ? (made as Op<unknown>) : actor.until(made);
}

/** Runs a generator in a process of its own. What it throws is not the end of that. */
async function ofItsOwn(made: Steps, actor: Actor): Promise<unknown> {
  const settled = await runtimeOf(actor).run(function* captureLog(): Generator<
    Suspend,
    { value: unknown } | { error: unknown }
  > {
    try {
      return { value: yield* made };
    } catch (error) {
      return { error };
    }
  });
  if ("error" in settled) throw settled.error;
  return settled.value;
}
