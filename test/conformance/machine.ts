import { createRuntime, type Down, type ExitError, type Pid, type Runtime } from "../../src/index.ts";
import { DriverError } from "./driver-error.ts";
import { observe, type Watch } from "./observer.ts";

/** Who is told what happens on a machine. */
export interface Audience {
  died(pid: Pid<never>, reason: unknown): void;
  fail(error: DriverError): void;
}

/** A runtime with a clock that stands still by itself, and the hidden observer. It serves one scenario at a time. */
export class Machine {
  readonly runtime: Runtime;
  readonly observer: Pid<Watch | Down>;
  audience: Audience | undefined;
  /** ms */
  now = 0;

  constructor(options: { readonly maxProcesses?: number; readonly development?: boolean } = {}) {
    this.runtime = createRuntime({
      ...options,
      clock: () => this.now,
      logger: () => {},
      onMainExit: (error: ExitError) => this.audience?.fail(new DriverError(`the main process died: ${error.message}`)),
    });
    const died = (pid: Pid<never>, reason: unknown) => this.audience?.died(pid, reason);
    this.observer = this.runtime.spawnOpt(observe, { args: [died], priority: "max" });
  }
}
