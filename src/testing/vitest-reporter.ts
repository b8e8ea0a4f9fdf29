import { type TextChartOptions, textChart } from "./chart/text.ts";
import type { RunEvent } from "./event.ts";

// Vitest's own types would tie this to one of its versions.

/** An error as Vitest hands it from its workers: all methods are gone. */
interface TestError {
  readonly name?: string;
  readonly message?: string;
  readonly cause?: unknown;
}

interface TestCase {
  readonly id: string;
  readonly fullName: string;
  readonly module: { readonly moduleId: string; readonly relativeModuleId?: string };
  result(): { readonly state: string; readonly errors?: readonly TestError[] | undefined };
}

interface ConsoleLog {
  readonly content: string;
  readonly taskId?: string;
}

/** Options of the reporter. */
export interface BeamletReporterOptions extends TextChartOptions {
  /** Takes what is printed. Default: stderr, by `console.error`. */
  readonly print?: (text: string) => void;
}

/** What it is that failed, of a simulation. */
interface Failed {
  readonly kind?: string;
  readonly failure?: { readonly title?: string; readonly text?: string };
  readonly seed?: number;
  readonly runs?: number;
  readonly replay: string;
  readonly events?: readonly RunEvent[];
}

/** The first line of a report: `12:00:00.000 [error] …`. */
const REPORT = /^\d\d:\d\d:\d\d\.\d{3} \[\w+\] /m;

/**
 * A reporter for Vitest, beside another one: for each test that has failed, the simulation that failed in it, with a chart and the line that does it again, and
 * the reports of processes that went down.
 *
 * `reporters: ["default", "beamlet/testing/vitest"]`
 */
export default class BeamletReporter {
  private readonly options: BeamletReporterOptions;
  private readonly reports = new Map<string, string[]>();
  private readonly failed: TestCase[] = [];

  constructor(options: BeamletReporterOptions = {}) {
    this.options = options;
  }

  onTestRunStart(): void {
    this.reports.clear();
    this.failed.length = 0;
  }

  onUserConsoleLog({ content, taskId }: ConsoleLog): void {
    if (taskId === undefined || !REPORT.test(content)) return;
    const reports = this.reports.get(taskId) ?? [];
    this.reports.set(taskId, reports);
    reports.push(content.trim());
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === "failed") this.failed.push(test);
    else this.reports.delete(test.id);
  }

  onTestRunEnd(): void {
    const sections = this.failed.flatMap((test) => this.section(test) ?? []);
    if (sections.length === 0) return;
    const print = this.options.print ?? ((text) => console.error(text));
    print(`\n${sections.join("\n\n")}\n`);
  }

  /** What there is to say about a test. */
  private section(test: TestCase): string | undefined {
    const simulations = (test.result().errors ?? []).flatMap(simulationsIn);
    const reports = this.reports.get(test.id) ?? [];
    if (simulations.length + reports.length === 0) return undefined;
    const { moduleId, relativeModuleId = moduleId } = test.module;
    const lines = [`── ${relativeModuleId} > ${test.fullName} ──`];
    for (const each of simulations) lines.push("", ...this.simulation(each));
    if (reports.length > 0) lines.push("", reports.length === 1 ? "A process went down:" : "Processes went down:");
    for (const each of reports) lines.push("", indented(each));
    return lines.join("\n");
  }

  private simulation({ kind, failure, seed, runs, replay, events = [] }: Failed): string[] {
    const lines = [`Simulation failed: ${kind ?? "failure"}: ${failure?.title ?? ""}`];
    if (seed !== undefined) lines.push(`  seed:   ${seed}${runs === undefined ? "" : ` (run ${runs})`}`);
    lines.push(`  replay: ${replay}`);
    const { print: _, ...chart } = this.options;
    if (events.length > 0) lines.push("", indented(textChart(events, chart)));
    if (failure?.text) lines.push("", indented(failure.text));
    return lines;
  }
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");

/** The failed simulations among an error and its causes. */
function simulationsIn(error: unknown): Failed[] {
  const found: Failed[] = [];
  let each = error as (TestError & Partial<Failed>) | undefined;
  for (let depth = 0; depth < 10 && typeof each === "object" && each !== null; depth++) {
    if (each.name === "SimulationError" && typeof each.replay === "string") found.push(each as Failed);
    each = each.cause as typeof each;
  }
  return found;
}
