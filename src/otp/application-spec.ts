import { inspect, type Op, type Pid } from "../kernel.ts";

/** What an application's end does to the others: all stop with it; all stop unless it ended in order; nothing but a report. */
export type ApplicationType = "permanent" | "transient" | "temporary";

/** What `start` gives: the pid of the top supervisor, with a state for `prepStop` and `stop` if they are to have one. */
export type ApplicationStarted = Pid<any> | readonly [top: Pid<any>, state: unknown];

/** An application: a tree of processes with a name, an environment, and others that it needs. Source: Elixir's `Application` behaviour, and `mix.exs`. */
export interface ApplicationSpec<E extends object = any> {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  /** Those that must have been started before it. */
  readonly applications?: readonly ApplicationSpec[];
  /** Its environment, unless it is put otherwise. */
  readonly env?: E;
  /** The second argument of `start`. */
  readonly args?: unknown;
  /** Starts the top supervisor. Without it the application has no processes. */
  readonly start?: (
    type: "normal",
    args: any,
  ) =>
    | Op<ApplicationStarted>
    | Generator<any, ApplicationStarted, any>
    | PromiseLike<ApplicationStarted>
    | ApplicationStarted;
  /** Called before its tree is shut down; gives the state for `stop`. */
  readonly prepStop?: (state: any) => unknown;
  /** Called when its tree has ended. */
  readonly stop?: (state: any) => unknown;
}

const TYPES: readonly unknown[] = ["permanent", "transient", "temporary"];
const STRINGS = ["description", "version"] as const;
const FUNCTIONS = ["start", "prepStop", "stop"] as const;
const FIELDS: readonly string[] = ["name", "applications", "env", "args", ...STRINGS, ...FUNCTIONS];

function wrong(what: string, expected: string, got: unknown): TypeError {
  return new TypeError(`${what}: expected ${expected}, got ${inspect(got)}`);
}

/** A spec that is right. *Throws* `TypeError` for one that is not. */
export function checkSpec(spec: ApplicationSpec, what: string): ApplicationSpec {
  if (typeof spec !== "object" || spec === null) throw wrong(what, "an application", spec);
  const { name, applications = [], env = {} } = spec;
  if (typeof name !== "string" || name === "") throw wrong(what, "a string as name", name);
  const of = `of application ${inspect(name)}`;
  for (const key of Object.keys(spec)) if (!FIELDS.includes(key)) throw wrong(what, `${FIELDS.join(", ")} ${of}`, key);
  if (typeof env !== "object" || env === null) throw wrong(what, `an object as env ${of}`, env);
  for (const key of STRINGS) {
    if (spec[key] !== undefined && typeof spec[key] !== "string")
      throw wrong(what, `a string as ${key} ${of}`, spec[key]);
  }
  for (const key of FUNCTIONS) {
    if (spec[key] !== undefined && typeof spec[key] !== "function")
      throw wrong(what, `a function as ${key} ${of}`, spec[key]);
  }
  if (!Array.isArray(applications)) throw wrong(what, `an array as applications ${of}`, applications);
  for (const each of applications) checkSpec(each, what);
  return spec;
}

export function checkType(type: unknown, what: string): ApplicationType {
  if (!TYPES.includes(type)) throw wrong(what, '"permanent", "transient" or "temporary" as type', type);
  return type as ApplicationType;
}
