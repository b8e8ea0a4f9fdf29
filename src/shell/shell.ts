import process from "node:process";
import { Script } from "node:vm";
import {
  defaultRuntime,
  type ExitError,
  formatException,
  formatReport,
  type Pid,
  type Report,
  type Runtime,
  type Self,
  Supervisor,
  shellExitText,
  spawnLink,
} from "../index.ts";
import { banner } from "./about.ts";
import { evaluator, type Host, Job } from "./evaluator.ts";
import { Helpers, NOTHING } from "./helpers.ts";
import { importFrom, metaOf } from "./imports.ts";
import { type Paint, print } from "./print.ts";
import { type Compiled, compile, type Frame, Incomplete } from "./source.ts";

/** Where the shell writes: whole lines, which may come while somebody types. */
export interface Screen {
  readonly paint: Paint;
  readonly width: number;
  out(text: string): void;
  error(text: string): void;
  clear(): void;
}

/** How what was typed came out. `died`: the evaluator did, of it or meanwhile. */
export type Outcome = "done" | "failed" | "died";

/** How often the evaluator may die within a second: whoever types is slower. */
const RESTARTS = 1000;
/** Turns of the host in which consequences show themselves, such as a crash, before the shell asks for more. */
const TURNS = 4;

/**
 * A session: the evaluator with its supervisor, the variables, and the values so far.
 *
 * In the default runtime the evaluator stands in the place of the main process: `self()`, `receive()` and whatever else acts for "the
 * process whose code runs" acts for it, in what is typed and in the modules that it imports. When it ends abnormally the runtime says so,
 * as it does of every main process; the program itself takes the place back until the supervisor has started the next one.
 */
export class Shell {
  readonly screen: Screen;
  readonly runtime: Runtime;
  /** What every line can use. */
  readonly api: Record<string, unknown>;
  /** The variables. */
  scope: Record<string, unknown> = Object.create(null);
  /** The number of the next input, and the values of those before. */
  counter = 1;
  values: Map<number, unknown> = new Map();
  /** Calls a function so that Ctrl+C can interrupt it, where the host can do that. */
  guard: (call: () => unknown) => unknown = (call) => call();

  /** What must have been loaded before the first line runs. */
  loading: Promise<unknown> | undefined;

  private readonly helpers: Helpers;
  private readonly host: Host;
  /** The main process that the runtime began with: the program outside of the evaluator. */
  program: Pid<never>;
  private supervisor: Pid<never> | undefined;
  private self: Self | undefined;
  /** Told of the evaluator's end while it works. */
  private died: (() => void) | undefined;
  private wasInterrupted = false;
  private isBeginning = false;

  constructor(screen: Screen) {
    this.screen = screen;
    this.runtime = defaultRuntime({
      logger: (report) => this.report(report),
      onMainExit: (error, pid) => this.exited(error, pid),
    });
    this.host = this.runtime as unknown as Host;
    this.program = this.host.main;
    this.helpers = new Helpers(this);
    this.api = this.helpers.api;
  }

  /** Starts the evaluator. */
  async start(): Promise<void> {
    const child = {
      id: "evaluator",
      start: () => spawnLink(evaluator, (self) => this.begun(self)),
      shutdown: "brutalKill",
    } as const;
    this.supervisor = await Supervisor.startLink([child], {
      strategy: "one_for_one",
      maxRestarts: RESTARTS,
      maxSeconds: 1,
      as: this.runtime,
    });
    // Whoever kills the supervisor does not mean the program, which has started it.
    const { main } = this.host;
    this.host.main = this.program;
    this.runtime.unlink(this.supervisor);
    this.host.main = main;
    await turns();
  }

  /** Ends all processes, in order. */
  async stop(): Promise<void> {
    this.host.main = this.program;
    await this.runtime.stop();
  }

  get evaluator(): Pid<never> | undefined {
    return this.self?.pid;
  }

  private begun(self: Self): void {
    this.self = self;
    this.host.main = self.pid;
  }

  /** The evaluator has ended abnormally, and the runtime has made itself another main process. */
  private exited(error: ExitError, pid: Pid<never>): void {
    const made = this.host.main;
    if (this.runtime.isAlive(this.program)) {
      this.host.main = this.program;
      this.runtime.exit(made, "kill");
    } else {
      this.program = made;
    }
    this.self = undefined;
    const { screen } = this;
    if (this.wasInterrupted) {
      this.interrupted();
    } else {
      screen.error(screen.paint("error", withoutColumns(shellExitText(pid, error.reason))));
      screen.out(`\n${banner}`);
      this.scope = Object.create(null);
      this.counter = 1;
      this.values = new Map();
    }
    this.wasInterrupted = false;
    this.died?.();
  }

  private report(report: Report): void {
    // What the shell says of its evaluator, it says in words of its own.
    if (report.kind === "supervisor" && report.pid === this.supervisor) return;
    if (report.pid !== undefined) this.see(report.pid);
    const { screen } = this;
    const text = withoutColumns(formatReport(report));
    const { level } = report;
    screen.error(
      `\n${level === "error" ? screen.paint("error", text) : level === "warning" ? screen.paint("number", text) : text}\n`,
    );
  }

  /**
   * Runs what was typed, and prints its value or why it failed. *Throws* `Incomplete`, at once, when that is not all of it.
   */
  evaluate(text: string): Promise<Outcome> {
    let compiled: Compiled;
    try {
      compiled = compile(text);
    } catch (error) {
      if (error instanceof Incomplete) throw error;
      return Promise.resolve(this.failed(error));
    }
    return this.perform(compiled);
  }

  private async perform(compiled: Compiled): Promise<Outcome> {
    this.isBeginning = true;
    await this.loading;
    await this.ready();
    if (!this.isBeginning) return this.interrupted();
    this.isBeginning = false;
    const { counter, self } = this;
    const fresh = compiled.names.filter((name) => !(name in this.scope));
    for (const name of fresh) this.scope[name] = undefined;
    const frame = this.frame();
    let outcome: Outcome = "died";
    await this.inEvaluator(async () => {
      try {
        await this.guard(() => functionOf(compiled, counter)(frame));
        outcome = "done";
      } catch (error) {
        // What it says after its end is nobody's any more.
        if (this.self !== self) return;
        for (const name of fresh) if (frame.scope[name] === undefined) delete frame.scope[name];
        outcome = this.failed(error);
      }
    });
    await turns();
    if (this.evaluator === undefined) await this.ready();
    return outcome;
  }

  /** Has the evaluator do some work; resolves when it has, or died of it. */
  private inEvaluator(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.died = resolve;
      const job = new Job(async () => {
        await work();
        this.died = undefined;
        resolve();
      });
      this.runtime.send(this.evaluator as Pid<unknown>, job);
    });
  }

  /** Waits for the supervisor to have started an evaluator; starts another supervisor if that is gone, too. */
  private async ready(): Promise<void> {
    while (this.self === undefined || !this.runtime.isAlive(this.self.pid)) {
      await turns();
      if (this.self !== undefined && this.runtime.isAlive(this.self.pid)) return;
      if (this.supervisor === undefined || !this.runtime.isAlive(this.supervisor)) {
        this.host.main = this.program;
        await this.start();
      }
    }
  }

  /** Ends what is being evaluated. The variables stay. */
  interrupt(): void {
    const { evaluator } = this;
    this.isBeginning = false;
    if (this.died === undefined || evaluator === undefined) return;
    this.wasInterrupted = true;
    try {
      this.runtime.exit(evaluator, "kill");
    } catch {
      // It is the evaluator who acts here, and who learns that it is dead.
    }
  }

  private interrupted(): Outcome {
    const { screen } = this;
    screen.error(screen.paint("error", "** (EXIT) interrupted"));
    return "failed";
  }

  /** Ends the evaluator as if it had crashed. */
  respawn(): void {
    this.runtime.exit(this.evaluator as Pid<never>, "respawn");
  }

  /** A pid was shown. */
  see(pid: Pid<never>): void {
    this.helpers.see(pid);
  }

  private frame(): Frame {
    const { self } = this;
    const frame: Frame = {
      api: this.api,
      scope: this.scope,
      result: undefined,
      hasResult: false,
      finished: () => {
        if (this.self !== self) return;
        this.values.set(this.counter++, frame.result);
        if (frame.hasResult && frame.result !== NOTHING) this.screen.out(this.show(frame.result));
      },
      isOperation: (value) => isOperation(value) || this.helpers.isAwaited(value as object),
      import: importFrom,
      meta: metaOf(),
    };
    return frame;
  }

  /** A value as the shell prints it. */
  show(value: unknown): string {
    const { screen } = this;
    return this.helpers.table(value) ?? print(value, screen.paint, screen.width, (pid) => this.see(pid));
  }

  private failed(error: unknown): Outcome {
    const { screen } = this;
    screen.error(screen.paint("error", withoutColumns(errorText(error))));
    return "failed";
  }

  /** An error in the host's own code: that of a timer, or a promise that nobody waits for. */
  strayed(error: unknown): void {
    this.failed(error);
  }
}

function errorText(error: unknown): string {
  if (error instanceof SyntaxError && error.constructor === SyntaxError && /^[^\n]*$/.test(error.message))
    return `** (SyntaxError) ${error.message}`;
  if (typeof error === "object" && error !== null && "stack" in error) cutStack(error as Error);
  const isError = Object.prototype.toString.call(error) === "[object Error]" || error instanceof Error;
  return isError ? formatException(error) : `** (throw) ${print(error, PLAIN, 80)}`;
}

const OWN = new URL(".", import.meta.url).href;

/** Leaves out of a stack what called the function that was typed, and all that is the package's own. */
function cutStack(error: Error): void {
  const lines = String(error.stack).split("\n");
  const last = lines.findLastIndex((line) => line.includes(`${FOLDER}/`));
  const above = last < 0 ? lines : lines.slice(0, last + 1);
  error.stack = above
    .filter((line) => !/^\s*at .*(node:|evalmachine|<anonymous>\)$)/.test(line) && !line.includes(OWN))
    .join("\n");
}

const PLAIN: Paint = Object.assign((_: unknown, text: string) => text, { isOn: false });

/** Where frames of what was typed say they are: `shell/3:1`, line 1 of input 3. */
const FOLDER = "shell";

/** The lines are those that were typed, the columns are not; and Bun knows nothing of `lineOffset`. */
function withoutColumns(text: string): string {
  const before = process.versions["bun"] === undefined ? 0 : 1;
  return text.replaceAll(/\b(shell\/\d+):(\d+)(:\d+)?\b/g, (_, input, line) => `${input}:${Number(line) - before}`);
}

function functionOf({ code }: Compiled, counter: number): (frame: Frame) => Promise<void> {
  return new Script(code, { filename: `${FOLDER}/${counter}`, lineOffset: -1 }).runInThisContext();
}

/** What a receive, a call or a start gives before it is waited for. */
function isOperation(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

/** Lets the host and all processes have some turns. */
async function turns(count: number = TURNS): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** Has errors in the host's own code told by the shell. */
export function catchStrays(shell: Shell): void {
  process.on("uncaughtException", (error) => shell.strayed(error));
  process.on("unhandledRejection", (error) => shell.strayed(error));
}
