import { ExitError, NameError, NoProcessError, type Pid, type Ref, UsageError } from "../../src/index.ts";
import { DriverError } from "./driver-error.ts";
import { type Term, tuple, withStack } from "./term.ts";

/** An Erlang list; a JavaScript array is a tuple here. */
class List {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** An Erlang binary; a JavaScript string is an atom here. */
class Binary {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What `error(Reason)` throws: an Error, so that the library makes it the exit reason itself. */
export class Raised extends Error {
  override readonly name = "Raised";
  readonly reason: Term;

  constructor(reason: Term) {
    super(JSON.stringify(reason));
    this.reason = reason;
  }
}

/**
 * What `throw(Value)` throws. The library's reason for it is `["nocatch", value]`, which is also the tuple that
 * `exit({nocatch, Value})` leaves; a class of its own keeps the two apart.
 */
export class Thrown {
  readonly value: Term;

  constructor(value: Term) {
    this.value = value;
  }
}

/**
 * The injective mapping between terms and the library's values, with the labels of one scenario.
 *
 * | term | value |
 * | --- | --- |
 * | atom, boolean, integer | string, boolean, number |
 * | tuple | array |
 * | list, binary | `List`, `Binary` |
 * | pid, reference | the library's own, known by their labels |
 * | the node's name | the library's name of its node, an atom as in Erlang |
 * | `{R, Stack}` of an uncaught error | `Raised`, or the library's own error |
 */
export class Values {
  readonly #node: string;
  readonly #pids = new Map<string, Pid<never>>();
  readonly #refs = new Map<string, Ref>();
  readonly #labels = new Map<unknown, Term>();

  constructor(node: string) {
    this.#node = node;
  }

  bindPid(label: string, pid: Pid<never>): void {
    this.#pids.set(label, pid);
    this.#labels.set(pid, { pid: label });
  }

  bindRef(label: string, ref: Ref): void {
    this.#refs.set(label, ref);
    this.#labels.set(ref, { ref: label });
  }

  /** Every labelled process, in the order of their births. */
  get pids(): ReadonlyMap<string, Pid<never>> {
    return this.#pids;
  }

  pid(term: Term): Pid<never> {
    if (typeof term !== "object" || !("pid" in term))
      throw new DriverError(`expected a pid, got ${JSON.stringify(term)}`);
    const pid = this.#pids.get(term.pid);
    if (pid === undefined) throw new DriverError(`no process has the label ${JSON.stringify(term.pid)} yet`);
    return pid;
  }

  ref(label: string): Ref {
    const ref = this.#refs.get(label);
    if (ref === undefined) throw new DriverError(`no reference has the label ${JSON.stringify(label)} yet`);
    return ref;
  }

  /** The label of a process; the library's own word for a process that the scenario does not know. */
  label(pid: Pid<never>): string {
    const term = this.#labels.get(pid);
    return typeof term === "object" && "pid" in term ? term.pid : `?${pid}`;
  }

  toValue(term: Term): unknown {
    if (typeof term !== "object") return term;
    if (Array.isArray(term)) return new List(term.map((item) => this.toValue(item)));
    if ("t" in term) return term.t.map((element) => this.toValue(element));
    if ("str" in term) return new Binary(term.str);
    if ("pid" in term) return this.pid(term);
    if ("ref" in term) return this.ref(term.ref);
    if ("node" in term) return this.#node;
    throw new DriverError(`this term has no value of its own: ${JSON.stringify(term)}`);
  }

  toTerm(value: unknown): Term {
    if (typeof value === "boolean" || Number.isSafeInteger(value)) return value as boolean | number;
    if (typeof value === "string") return value === this.#node ? { node: true } : value;
    if (value instanceof Binary) return { str: value.text };
    if (value instanceof List) return value.items.map((item) => this.toTerm(item));
    if (Array.isArray(value)) {
      const [word, thrown] = value as unknown[];
      if (value.length === 2 && word === "nocatch" && thrown instanceof Thrown) {
        return withStack(tuple("nocatch", thrown.value));
      }
      return { t: value.map((element) => this.toTerm(element)) };
    }
    if (value instanceof Error) {
      const reason = reasonOf(value);
      if (reason !== undefined) return withStack(reason);
    }
    return this.#labels.get(value) ?? { "?": describe(value) };
  }

  /** What a puppet caught, as `[class, Reason]`. */
  caught(error: unknown): readonly [kind: "error" | "exit" | "throw", reason: Term] {
    if (error instanceof Thrown) return ["throw", error.value];
    if (error instanceof ExitError) return ["exit", this.toTerm(error.reason)];
    return ["error", (error instanceof Error ? reasonOf(error) : undefined) ?? { "?": describe(error) }];
  }
}

/** The Erlang reason that an error of a puppet or of the library's API stands for. */
function reasonOf(error: Error): Term | undefined {
  if (error instanceof Raised) return error.reason;
  if (error instanceof NoProcessError) return "noproc";
  if (error.name === "FunctionClauseError") return "function_clause";
  const badarg = [TypeError, RangeError, NameError, UsageError].some((kind) => error instanceof kind);
  return badarg ? "badarg" : undefined;
}

function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "object" && value !== null) return `${value.constructor?.name ?? "object"} ${String(value)}`;
  return `${typeof value} ${String(value)}`;
}
