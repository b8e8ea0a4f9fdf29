import { createRequire } from "node:module";
import * as beamlet from "../index.ts";
import { after, on, P, type Pid } from "../index.ts";
import { describe } from "./describe.ts";
import { help, helpOf } from "./help.ts";
import { metaOf } from "./imports.ts";
import { pidText, processTable } from "./process-table.ts";
import type { Shell } from "./shell.ts";

/** A value that is not printed: all has been said. */
export const NOTHING: unique symbol = Symbol("nothing");

/** What the shell adds to the API. Their docs are what `h` prints. */
interface ShellFunctions {
  /** Prints the documentation of a function: `h(spawn)`, `h("GenServer.call")`. Without one, what the shell can do. Source: `IEx.Helpers.h/1`. */
  h(what?: unknown): typeof NOTHING;
  /** Prints what is known of a value: of a process also its name, links, and mailbox. Without one, of the last result. Source: `IEx.Helpers.i/1`. */
  i(value?: unknown): typeof NOTHING;
  /** Takes all messages out of the shell's mailbox, and prints them. Source: `IEx.Helpers.flush/0`. */
  flush(): Promise<"ok">;
  /** The value of the n-th input; of the one `n` before this when `n` is negative. Default: the last. Source: `IEx.Helpers.v/1`. */
  v(n?: number): unknown;
  /** The pid that prints so: `pid("0.107.0")`, `pid(0, 107, 0)`. Of a process that is alive, or that the shell has shown. Source: `IEx.Helpers.pid/1`. */
  pid(text: string | number, ...rest: number[]): Pid<unknown>;
  /** The pids of all living processes, which print as a table. Source: `erlang:processes/0`, and the table of `c:i/0`. */
  processes(): Pid<never>[];
  /** Serves the observer of this program, and tells where; once. Its options are those of `observe` of beamlet/observer. Source: `observer:start/0`. */
  observer(options?: object): Promise<unknown>;
  /** Ends the evaluator, and starts another one: variables gone. Source: `IEx.Helpers.respawn/0`. */
  respawn(): void;
  /** Clears the screen. Source: `IEx.Helpers.clear/0`. */
  clear(): typeof NOTHING;
}

/** Makes what each line of a shell can use: the API, and the functions above. */
export class Helpers {
  readonly api: Record<string, unknown>;
  private readonly shell: Shell;
  /** What prints as a table. */
  private readonly tables = new WeakSet<object>();
  /** What is waited for by itself, as operations are. */
  private readonly awaited = new WeakSet<object>();
  /** The observer, once it was asked for. */
  private observing: Promise<{ readonly url: string }> | undefined;
  /** Pids that were shown, by their text. */
  private readonly shown = new Map<string, WeakRef<Pid<never>>>();

  constructor(shell: Shell) {
    this.shell = shell;
    const said = (text: string): typeof NOTHING => {
      shell.screen.out(text);
      return NOTHING;
    };
    const functions: ShellFunctions = {
      h: (...what) => said(what.length === 0 ? help(shell.screen) : helpOf(what[0], this.api, shell.screen)),
      i: (...value) => said(describe(value.length === 0 ? functions.v() : value[0], shell)),
      flush: () => this.waitedFor(this.flush()),
      v: (n = -1) => this.value(n),
      pid: (text, ...rest) => this.pid([text, ...rest].join(".")),
      processes: () => {
        const pids = shell.runtime.processes();
        this.tables.add(pids);
        return pids;
      },
      observer: (options) => this.waitedFor(this.observer(options)),
      respawn: () => shell.respawn(),
      clear: () => {
        shell.screen.clear();
        return NOTHING;
      },
    };
    this.api = Object.assign(Object.create(null), beamlet, functions, { require: createRequire(metaOf().url) });
  }

  /** Whether a value is waited for where it is the value of a statement. */
  isAwaited(value: object): boolean {
    return this.awaited.has(value);
  }

  private waitedFor<T extends object>(value: T): T {
    this.awaited.add(value);
    return value;
  }

  /** The table of processes, when the value prints as one. */
  table(value: unknown): string | undefined {
    if (typeof value !== "object" || value === null || !this.tables.has(value)) return undefined;
    return processTable(value as Pid<never>[], this.shell);
  }

  private async flush(): Promise<"ok"> {
    const { runtime, screen } = this.shell;
    for (;;) {
      const found = await runtime.receive(
        on(P._, (message: unknown) => [message]),
        after(0, () => undefined),
      );
      if (found === undefined) return "ok";
      screen.out(this.shell.show(found[0]));
    }
  }

  private value(n: number): unknown {
    const { values, counter } = this.shell;
    const at = n < 0 ? counter + n : n;
    if (!values.has(at)) throw new RangeError(`v(${n}) is out of bounds: there are ${counter - 1} values`);
    return values.get(at);
  }

  /** Remembers a pid for `pid()`. */
  see(pid: Pid<never>): void {
    this.shown.set(pidText(pid), new WeakRef(pid));
  }

  private pid(given: string): Pid<unknown> {
    const text = given.replace(/^#PID<(.*)>$/, "$1");
    if (!/^\d+\.\d+\.\d+$/.test(text))
      throw new TypeError(`pid: expected numbers such as "0.107.0", got ${beamlet.inspect(given)}`);
    const pid = this.shell.runtime.processes().find((each) => pidText(each) === text) ?? this.shown.get(text)?.deref();
    if (pid === undefined) throw new Error(`pid: no process is #PID<${text}>, nor was one shown here`);
    return pid as Pid<unknown>;
  }

  private async observer(options?: object): Promise<unknown> {
    const { runtime, screen } = this.shell;
    this.observing ??= import("../observer/index.ts").then(({ observe }) => observe(runtime, options));
    try {
      const { url } = await this.observing;
      screen.out(`the observer is at ${url}`);
      return NOTHING;
    } catch (error) {
      this.observing = undefined;
      throw error;
    }
  }
}
