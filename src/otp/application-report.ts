import { ExitError, formatExit, inspect, type Report } from "../kernel.ts";

/** An application has ended, or failed to start. Source: Elixir's `Logger.Translator`, `{:application_controller, :exit}`. */
export class ApplicationReport implements Report {
  readonly level = "notice";
  readonly kind = "supervisor";
  readonly time: Date = new Date();
  /** The application's name. */
  readonly application: string;
  /** Why; `"stopped"` when it was told to. */
  readonly reason: unknown;

  constructor(application: string, reason: unknown) {
    this.application = application;
    this.reason = reason;
  }

  get text(): string {
    return `Application ${this.application} exited: ${formatError(this.reason)}`;
  }
}

/** Why an application didn't start, or ended, in words. Source: `Application.format_error/1`. */
export function formatError(reason: unknown): string {
  if (!Array.isArray(reason) || reason.length !== 2) return formatExit(reason);
  const [first, second] = reason as [unknown, unknown];
  const words = typeof first === "string" && Object.hasOwn(WORDS, first) ? WORDS[first] : undefined;
  if (words !== undefined && typeof second === "string") return `${words} ${second}`;
  if (isCall(second)) return `${callOf(second)} returned an error: ${formatExit(first)}`;
  if (first === "bad_return" && Array.isArray(second) && isCall(second[0])) {
    const [call, returned] = second as [StartCall, unknown];
    if (!Array.isArray(returned) || returned[0] !== "EXIT")
      return `${callOf(call)} returned a bad value: ${inspect(returned)}`;
    return formatExit(new ExitError(returned[1], [`${call[0]}.start`, ...call[2]]));
  }
  return formatExit(reason);
}

const WORDS: Readonly<Record<string, string>> = {
  already_started: "already started application",
  not_started: "not started application",
  already_loaded: "already loaded application",
  not_loaded: "not loaded application",
};

type StartCall = readonly [name: string, "start", args: readonly unknown[]];

function isCall(value: unknown): value is StartCall {
  return Array.isArray(value) && value.length === 3 && value[1] === "start" && Array.isArray(value[2]);
}

function callOf([name, , args]: StartCall): string {
  return `${name}.start(${inspect(args).slice(1, -1)})`;
}
