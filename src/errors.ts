import { inspect } from "./inspect.ts";

/** A process ended, or was told to end, with `reason`. What Elixir answers with an exit is thrown as this. */
export class ExitError extends Error {
  declare readonly name: "ExitError";
  readonly reason: unknown;
  /** The call that failed: `[function, ...arguments]`. */
  readonly call?: readonly unknown[];

  constructor(reason: unknown, call?: readonly unknown[]) {
    super(
      call === undefined ? `exited with reason ${inspect(reason)}` : `exited in ${inspect(call)}: ${inspect(reason)}`,
    );
    this.reason = reason;
    if (call !== undefined) this.call = call;
  }
}

/** An operation named a process that is not alive, and could not go on without it. */
export class NoProcessError extends Error {
  declare readonly name: "NoProcessError";
  readonly pid: unknown;

  constructor(pid: unknown) {
    super(`no process ${inspect(pid)}: it has exited or never existed.`);
    this.pid = pid;
  }
}

/** A name could not be given, taken away or sent to. Erlang's `badarg`. */
export class NameError extends Error {
  declare readonly name: "NameError";
  /** The registered name in question. */
  readonly processName: string;

  constructor(processName: string, problem: string) {
    super(problem);
    this.processName = processName;
  }
}

/** A limit of the runtime was reached. Erlang's `system_limit`. */
export class SystemLimitError extends Error {
  declare readonly name: "SystemLimitError";
  readonly limit: number;

  constructor(what: string, limit: number, remedy: string) {
    super(`${what}: the limit is ${limit}. ${remedy}`);
    this.limit = limit;
  }
}

/** The host gives the core no more memory: 4 GiB is the most a WebAssembly memory has. */
export function noMemory(): SystemLimitError {
  return new SystemLimitError("no memory left in the core, bytes", 2 ** 32, "Bound mailboxes.");
}

/** Something of one runtime, or of another copy of the package, was handed to a runtime that does not know it. */
export class ForeignError extends TypeError {
  declare readonly name: "ForeignError";
}

/** An operation was used where it can't be: another process's `self`, two receives at once, a stopped runtime. */
export class UsageError extends Error {
  declare readonly name: "UsageError";
}

// On the prototypes, so that a stack begins with the class's name.
for (const [name, type] of Object.entries({
  ExitError,
  NoProcessError,
  NameError,
  SystemLimitError,
  ForeignError,
  UsageError,
})) {
  Object.defineProperty(type.prototype, "name", { value: name, configurable: true, writable: true });
}
