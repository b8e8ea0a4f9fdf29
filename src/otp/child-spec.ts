import { inspect, type Op, type Pid } from "../kernel.ts";

/** When a child that has ended is started again: always, after an abnormal end only, or never. */
export type Restart = "permanent" | "transient" | "temporary";

/** How a child is shut down: the ms it has after an exit signal `shutdown`, `Infinity` included, or killed at once. */
export type Shutdown = number | "brutalKill" | "brutal_kill" | "infinity";

/** A pid of which nobody says what it may be sent. */
export type AnyPid = Pid<any>;

/** What a start function gives: the pid of a process that is linked to the supervisor, with information for who asked, or `"ignore"`. */
export type Started = Pid<any> | "ignore" | readonly [pid: Pid<any>, info: unknown];

/**
 * How a supervisor starts a child, and what it does when that ends.
 *
 * What has a method `child`, as the servers of `GenServer.define` have, makes one. Source: `Supervisor.child_spec/0`.
 */
export interface ChildSpec {
  /** What the supervisor knows it by. Any value; one that is no primitive is known by identity. */
  readonly id: unknown;
  /** Runs in the supervisor, which does nothing else meanwhile. It starts the process, and links it to the supervisor. */
  readonly start: (...extra: any[]) => Op<Started> | Generator<any, Started, any> | PromiseLike<Started> | Started;
  /** Default `"permanent"`. */
  readonly restart?: Restart;
  /** Default 5000 for workers, `Infinity` for supervisors. */
  readonly shutdown?: Shutdown;
  /** Default `"worker"`. */
  readonly type?: "worker" | "supervisor";
  /** Whether its end counts for the supervisor's `autoShutdown`; default false. */
  readonly significant?: boolean;
  /** The modules it consists of, for who asks: `whichChildren`. Default none. */
  readonly modules?: readonly unknown[] | "dynamic";
}

/** What can make a child spec: a server that was defined, an Agent, a Registry… */
export interface ChildModule {
  child(...args: any[]): ChildSpec;
}

/** What a supervisor takes as a child: a spec, what has a method `child`, or that with arguments for it. */
export type Child = ChildSpec | ChildModule | readonly [module: ChildModule, ...args: unknown[]];

/** A spec in which nothing is left open. *Throws* `TypeError` for a field that is not what it should be. */
export class FullSpec implements ChildSpec {
  readonly id: unknown;
  readonly start: ChildSpec["start"];
  readonly restart: Restart;
  readonly shutdown: number | "brutal_kill";
  readonly type: "worker" | "supervisor";
  readonly significant: boolean;
  readonly modules: readonly unknown[] | "dynamic";

  constructor({ id, start, restart, shutdown, type, significant = false, modules = NONE }: ChildSpec) {
    if (id === undefined) throw wrong("a value as id of a child", id);
    if (typeof start !== "function") throw wrong(`a function as ${of("start", id)}`, start);
    if (typeof significant !== "boolean") throw wrong(`true or false as ${of("significant", id)}`, significant);
    if (modules !== "dynamic" && !Array.isArray(modules))
      throw wrong(`an array or "dynamic" as ${of("modules", id)}`, modules);
    this.id = id;
    this.start = start;
    this.restart = oneOf(RESTARTS, restart, "restart", id);
    this.type = oneOf(TYPES, type, "type", id);
    this.shutdown = fullShutdown(shutdown ?? (this.type === "worker" ? 5000 : Number.POSITIVE_INFINITY), id);
    this.significant = significant;
    this.modules = modules;
  }
}

const RESTARTS = ["permanent", "transient", "temporary"] as const;
const NONE: readonly unknown[] = [];
const TYPES = ["worker", "supervisor"] as const;

/** A start that failed: what the others would call `{error, Reason}`. */
export class Failed {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** An argument of a supervisor is not what it should be. */
export function wrong(expected: string, got: unknown, what = "Supervisor"): TypeError {
  return new TypeError(`${what}: expected ${expected}, got ${inspect(got)}`);
}

/** Checks that an option, or the field of a child, is one of some words; undefined is the first one. */
export function oneOf<const T extends string>(words: readonly T[], value: unknown, name: string, id?: unknown): T {
  if (value === undefined) return words[0] as T;
  if (words.includes(value as T)) return value as T;
  const which = id === undefined ? name : of(name, id);
  throw wrong(`${words.map((word) => inspect(word)).join(" or ")} as ${which}`, value);
}

const of = (field: string, id: unknown): string => `${field} of child ${inspect(id)}`;

/**
 * The spec of a child, with some of its fields replaced. *Throws* `TypeError` for what is no child, and for fields that specs don't have.
 * Source: `Supervisor.child_spec/2`.
 */
export function childSpec(child: Child, overrides: Partial<ChildSpec> = {}): ChildSpec {
  for (const key of Object.keys(overrides)) {
    if (!FIELDS.includes(key)) throw wrong(`${FIELDS.join(", ")} to override`, key, "Supervisor.childSpec");
  }
  return { ...specOf(child), ...overrides };
}

function specOf(child: Child): ChildSpec {
  const isList = Array.isArray(child);
  const module = (isList ? child[0] : child) as ChildModule | null;
  let spec: unknown = child;
  if (typeof module?.child === "function") spec = isList ? module.child(...child.slice(1)) : module.child();
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    throw wrong("a child spec, or what has a method child(), as a child", child);
  return spec as ChildSpec;
}

const FIELDS: readonly string[] = ["id", "start", "restart", "shutdown", "type", "significant", "modules"];

/** The spec of a child, with what it leaves open. *Throws* as `childSpec` and `FullSpec` do. */
export function fullSpec(child: Child): FullSpec {
  return child instanceof FullSpec ? child : new FullSpec(specOf(child));
}

function fullShutdown(shutdown: unknown, id: unknown): number | "brutal_kill" {
  if (shutdown === "brutalKill" || shutdown === "brutal_kill") return "brutal_kill";
  if (shutdown === "infinity") return Number.POSITIVE_INFINITY;
  if (typeof shutdown === "number" && shutdown >= 0) return shutdown;
  throw wrong(`ms, Infinity or "brutalKill" as ${of("shutdown", id)}`, shutdown);
}
