import {
  MAX_DEPTH,
  STRATEGY_FIRST,
  STRATEGY_PCT,
  STRATEGY_RANDOM,
  STRATEGY_ROUND_ROBIN,
} from "../../assembly/layout.ts";
import { inspect, type Report, type Self } from "../kernel.ts";
import { checkFaults, type Fault, type FaultOptions } from "./faults.ts";
import { type HostUse, hostUseText } from "./host-use.ts";
import { readSchedule, type Schedule } from "./schedule.ts";

/** How a simulation chooses what to do next. */
export type Strategy = "random" | "pct" | "roundRobin" | "exhaustive";

/** A scenario: the body of a run's first process. What it throws is a failure; when it returns the run comes to its end. */
export type Scenario<Msg = any> = (self: Self<Msg>) => unknown;

/** Options of `simulate`. */
export interface SimulateOptions {
  /** How many seeds are tried, or which. Default 1,000; with `strategy: "exhaustive"` how many runs there may be, default 100,000. */
  readonly seeds?: number | readonly number[];
  /** The first seed, when `seeds` is a number. Default 1. */
  readonly seed?: number;
  /** Ends the search after so many ms of the host's time; a run that has begun is finished. Default: never. */
  readonly time?: number;
  /**
   * How the next of several choices is made. Default `"random"`: all are equally likely. `"pct"`: probabilistic concurrency testing. `"roundRobin"`: in turns, one message
   * each; one run. `"exhaustive"`: every order, one after the other.
   */
  readonly strategy?: Strategy;
  /** For `"pct"`: how many ordering constraints the bugs have that are looked for, 1 to 16. Default 3. */
  readonly depth?: number;
  /** A run with more steps is a livelock. Default 10,000. */
  readonly steps?: number;
  /** What a failure said under "replay": that one run is done again. */
  readonly replay?: string;
  /** Messages between processes take time, and those of different senders may overtake each other. Default true. */
  readonly delays?: boolean;
  /** How many ms of virtual time may pass while there is something to do: a timeout may then fire although its answer is on the way. Default 0. */
  readonly lag?: number;
  /** How many ms of virtual time may pass after the scenario has returned. Default 0; 60,000 when `eventually` was called. */
  readonly settle?: number;
  /** What may be left at the end. Default `"ignore"`: anything. `"processes"` and `"messages"` forbid those, `"all"` both. */
  readonly leftovers?: "ignore" | "processes" | "messages" | "all";
  /** Which reports of level error are no failure: none by default, all with `true`, or those for which the function returns true. */
  readonly expectCrashes?: boolean | ((report: Report) => boolean);
  /** What may go wrong besides: processes killed, receives that fail, timers that are late or lost. Default: nothing. Crashes are expected then. */
  readonly faults?: FaultOptions;
  /** Async bodies are refused by default: the order in which their promises are kept is the host's. */
  readonly asyncBodies?: "refuse" | "allow";
  /** As `createRuntime` takes it. Default `"share"`. */
  readonly messages?: "share" | "freeze" | "clone";
  /** Default 10,000. */
  readonly maxProcesses?: number;
  /** How long a process may wait for a promise of the host, ms of the host's time. Default 5,000. */
  readonly hostTimeout?: number;
  /** Told when a simulated process uses a clock, a timer or random numbers of the host, which no seed brings back. Default: prints it to stderr. */
  readonly onHostUse?: (use: HostUse) => void;
  /** Told of the search's progress, about ten times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a search is. */
export interface Progress {
  readonly runs: number;
  /** How many runs there will be; undefined for an exhaustive search. */
  readonly of: number | undefined;
  /** ms of the host's time. */
  readonly elapsed: number;
}

/** A simulation's options, complete and checked. */
export interface Plan {
  readonly scenario: Scenario;
  readonly seeds: readonly number[] | undefined;
  readonly firstSeed: number;
  readonly runs: number;
  readonly time: number;
  readonly strategy: Strategy;
  readonly depth: number;
  readonly steps: number;
  readonly replay: { readonly schedule: Schedule; readonly faults: readonly Fault[] } | undefined;
  readonly faults: FaultOptions | undefined;
  readonly delays: boolean;
  readonly lag: number;
  readonly settle: number | undefined;
  readonly leftovers: "ignore" | "processes" | "messages" | "all";
  readonly expects: (report: Report) => boolean;
  readonly asyncBodies: "refuse" | "allow";
  readonly messages: "share" | "freeze" | "clone";
  readonly maxProcesses: number;
  readonly hostTimeout: number;
  readonly onHostUse: (use: HostUse) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

const CODES: Readonly<Record<Strategy, number>> = {
  random: STRATEGY_RANDOM,
  pct: STRATEGY_PCT,
  roundRobin: STRATEGY_ROUND_ROBIN,
  exhaustive: STRATEGY_FIRST,
};

/** The core's number of a strategy. */
export function codeOf(strategy: Strategy): number {
  return CODES[strategy];
}

const RUNS = 1000;
const EXHAUSTIVE_RUNS = 100_000;
const STEPS = 10_000;
const HIGHEST = 2 ** 30;

/** *Throws* `TypeError` or `RangeError` for a wrong option. */
export function planOf(scenario: unknown, options: SimulateOptions): Plan {
  if (typeof scenario !== "function") {
    throw new TypeError(`simulate: expected a scenario, function* (self) { … }, got ${inspect(scenario)}`);
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`simulate: expected an object of options, got ${inspect(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) throw new TypeError(`simulate: there is no option ${unknown}`);
  const strategy = oneOf(options, "strategy", Object.keys(CODES) as Strategy[], "random");
  const { seeds } = options;
  const list = Array.isArray(seeds) ? (seeds as readonly unknown[]).map((seed) => whole(seed, "seeds", 0)) : undefined;
  const runs =
    list?.length ??
    (strategy === "roundRobin" ? 1 : whole(seeds ?? (strategy === "exhaustive" ? EXHAUSTIVE_RUNS : RUNS), "seeds", 1));
  const steps = whole(options.steps ?? STEPS, "steps", 1, 10 ** 7);
  const replay = options.replay === undefined ? undefined : readSchedule(options.replay);
  const last = replay?.schedule.at(-1);
  if (last !== undefined && last.at >= steps) {
    throw new RangeError(
      `simulate: the replay has a choice ${last.at}, and a run ends after ${steps} steps: give it its steps`,
    );
  }
  return {
    scenario: scenario as Scenario,
    seeds: list,
    firstSeed: whole(options.seed ?? 1, "seed", 0),
    runs,
    time: ms(options.time ?? Number.POSITIVE_INFINITY, "time"),
    strategy,
    depth: whole(options.depth ?? 3, "depth", 1, MAX_DEPTH),
    steps,
    replay,
    delays: flag(options.delays, "delays", true),
    lag: whole(options.lag ?? 0, "lag", 0),
    settle: options.settle === undefined ? undefined : ms(options.settle, "settle"),
    leftovers: oneOf(options, "leftovers", ["ignore", "processes", "messages", "all"], "ignore"),
    faults: checkFaults(options.faults),
    expects: expectation(options.expectCrashes ?? options.faults !== undefined),
    asyncBodies: oneOf(options, "asyncBodies", ["refuse", "allow"], "refuse"),
    messages: oneOf(options, "messages", ["share", "freeze", "clone"], "share"),
    maxProcesses: whole(options.maxProcesses ?? 10_000, "maxProcesses", 1, 10 ** 6),
    hostTimeout: ms(options.hostTimeout ?? 5000, "hostTimeout"),
    onHostUse: optionalFunction(options.onHostUse, "onHostUse") ?? ((use) => console.warn(hostUseText(use))),
    onProgress: optionalFunction(options.onProgress, "onProgress"),
  };
}

const NAMES: ReadonlySet<string> = new Set([
  "seeds",
  "seed",
  "time",
  "strategy",
  "depth",
  "steps",
  "replay",
  "delays",
  "lag",
  "settle",
  "leftovers",
  "expectCrashes",
  "faults",
  "asyncBodies",
  "messages",
  "maxProcesses",
  "hostTimeout",
  "onHostUse",
  "onProgress",
]);

function oneOf<K extends "strategy" | "leftovers" | "asyncBodies" | "messages">(
  options: SimulateOptions,
  name: K,
  allowed: readonly NonNullable<SimulateOptions[K]>[],
  otherwise: NonNullable<SimulateOptions[K]>,
): NonNullable<SimulateOptions[K]> {
  const value = options[name] ?? otherwise;
  if (!allowed.includes(value)) {
    throw new TypeError(`simulate: expected ${allowed.join(", ")} as ${name}, got ${inspect(value)}`);
  }
  return value;
}

function whole(value: unknown, name: string, least: number, most: number = HIGHEST): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw new RangeError(`simulate: expected ${least} to ${most} as ${name}, got ${inspect(value)}`);
  }
  return value as number;
}

function ms(value: unknown, name: string): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new RangeError(`simulate: expected a time in ms as ${name}, got ${inspect(value)}`);
}

function flag(value: unknown, name: string, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === "boolean") return value;
  throw new TypeError(`simulate: expected true or false as ${name}, got ${inspect(value)}`);
}

function expectation(value: unknown): (report: Report) => boolean {
  if (typeof value === "function") return (report) => Boolean((value as (report: Report) => unknown)(report));
  const all = flag(value, "expectCrashes", false);
  return () => all;
}

function optionalFunction<F>(value: F | undefined, name: string): F | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`simulate: expected a function as ${name}, got ${inspect(value)}`);
}
