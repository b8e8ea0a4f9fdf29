import { PROCESS_STATE, TIMED_OUT, YIELD } from "../assembly/layout.ts";
import { isGenerator, isThenable } from "./body.ts";
import { wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import { badYield, Operation, type Step, SUSPENDED, Until } from "./operation.ts";
import { Clause, checkTimeout } from "./pattern.ts";
import type { Process } from "./process.ts";
import { tagOf } from "./tags.ts";
import type { Suspend } from "./types.ts";

/** What follows a receive that takes too long. */
interface Limit {
  readonly after: number;
  readonly then: () => unknown;
}

/** A receive that looks for a message: the oldest one for which `select` gives a clause. */
abstract class SelectiveReceive extends Operation<unknown> {
  private readonly limit: Limit | undefined;
  private begun = false;
  /** What the clause returned, when that takes time itself. */
  private inner: Iterator<Suspend, unknown, unknown> | undefined;

  constructor(process: Process, limit: Limit | undefined) {
    super(process);
    this.limit = limit;
  }

  override start(): void {
    super.start();
    this.begun = false;
    this.inner = undefined;
  }

  /** Runs the clause that takes `message`: its result in a box; undefined when none does. */
  protected abstract select(message: unknown): (() => unknown) | undefined;

  /** Passes over a message that no clause takes; the number of the next one worth a look, or EMPTY. */
  protected abstract pass(message: unknown): number;

  next(): Step<unknown> {
    if (this.inner !== undefined) return this.goOn(this.inner);
    const { world, slot } = this.process;
    const { core } = world;
    let value = core.candidate(slot, this.begun ? 0 : 1);
    const timed = this.begun;
    this.begun = true;
    while (value >= 0) {
      if (world.transit?.reached(value)) {
        value = core.candidate(slot, 1);
        continue;
      }
      const message = world.values[value];
      const clause = this.select(message);
      if (clause !== undefined) {
        if (core.pick(slot) === 0) {
          value = core.candidate(slot, 1);
          continue;
        }
        world.takeValue(value);
        if (timed && this.limit !== undefined) core.clearTimeout(slot);
        return this.finish(clause());
      }
      value = this.pass(message);
    }
    if (value === YIELD) {
      if (!timed) this.setLimit();
      return SUSPENDED;
    }
    return this.block(timed);
  }

  private setLimit(): void {
    const { limit } = this;
    if (limit === undefined || limit.after === Number.POSITIVE_INFINITY) return;
    this.process.world.setTimeout(this.process, limit.after);
  }

  private block(timed: boolean): Step<unknown> {
    const { limit, process } = this;
    const { core } = process.world;
    if (limit !== undefined && limit.after !== Number.POSITIVE_INFINITY) {
      if (limit.after === 0 || (timed && (core.read(process.slot, PROCESS_STATE) & (TIMED_OUT << 8)) !== 0)) {
        core.abandon(process.slot);
        return this.finish(limit.then());
      }
      if (!timed) this.setLimit();
    }
    core.wait(process.slot);
    return SUSPENDED;
  }

  private finish(result: unknown): Step<unknown> {
    if (result instanceof Operation) this.inner = result;
    else if (isGenerator(result)) this.inner = result as Iterator<Suspend, unknown, unknown>;
    else if (isThenable(result)) this.inner = new Until(this.process, result);
    else return { done: true, value: result };
    if (this.inner instanceof Operation) this.inner.start();
    return this.goOn(this.inner);
  }

  private goOn(inner: Iterator<Suspend, unknown, unknown>): Step<unknown> {
    const step = inner.next();
    if (step.done) return step;
    if (step.value === SUSPENDED.value) return SUSPENDED;
    throw badYield(step.value);
  }

  override return(value: unknown): Step<unknown> {
    if (this.inner !== undefined) this.inner.return?.(value);
    else this.abandon();
    return { done: true, value };
  }
}

type Cases = Record<string, (message: unknown) => unknown>;

/** A receive by tag table. What is passed over is tagged once; later scans do not leave the core. */
class TableReceive extends SelectiveReceive {
  private readonly cases: Cases;
  /** Its keys' numbers; empty when there are too many for the core to search for. */
  private tags: Int32Array | undefined;

  constructor(process: Process, cases: Cases, limit: Limit | undefined) {
    super(process, limit);
    this.cases = cases;
  }

  protected select(message: unknown): (() => unknown) | undefined {
    const { cases } = this;
    const tag = tagOf(message);
    // A message tagged "toString" or "__proto__" has no clause in {}.
    const clause = cases[tag !== undefined && Object.hasOwn(cases, tag) ? tag : "_"];
    if (clause === undefined) return undefined;
    if (typeof clause !== "function") {
      throw wrong("receive", `a function for the tag ${inspect(tag)}`, clause);
    }
    return () => clause.call(cases, message);
  }

  protected pass(message: unknown): number {
    const { world, slot } = this.process;
    this.tags ??= world.tags.internKeys(this.cases);
    if (this.tags.length === 0) return world.core.pass(slot);
    world.writeTags(this.tags);
    return world.core.passTagged(slot, world.tags.numberOf(message), this.tags.length, world.tags.known);
  }
}

interface Matcher {
  matches(message: unknown): boolean;
  then(message: unknown): unknown;
}

/** A receive by clauses: patterns, guards. */
class ClauseReceive extends SelectiveReceive {
  private readonly clauses: readonly Matcher[];

  constructor(process: Process, clauses: readonly Matcher[], limit: Limit | undefined) {
    super(process, limit);
    this.clauses = clauses;
  }

  protected select(message: unknown): (() => unknown) | undefined {
    for (const clause of this.clauses) {
      if (clause.matches(message)) return () => clause.then(message);
    }
    return undefined;
  }

  protected pass(): number {
    return this.process.world.core.pass(this.process.slot);
  }
}

/** The receive that the arguments of `receive` ask for. */
export function receiveOf(process: Process, first: unknown, second: unknown, more: unknown[]): Operation<unknown> {
  if (!(first instanceof Clause)) return receiveByTable(process, first, second);
  let limit: Limit | undefined;
  const matchers: Clause<unknown>[] = [];
  for (const clause of [first, ...(second === undefined ? [] : [second]), ...more]) {
    if (!(clause instanceof Clause)) throw wrong("receive", "clauses made by on() and after()", clause);
    if (clause.after === undefined) matchers.push(clause);
    else if (limit !== undefined) throw new TypeError("receive: expected one after() at most");
    else limit = limitOf(clause);
  }
  return new ClauseReceive(process, matchers, limit);
}

export function receiveByTable(process: Process, cases: unknown, limit: unknown): Operation<unknown> {
  return new TableReceive(process, checkCases(cases), checkLimit(limit));
}

function checkCases(cases: unknown): Cases {
  if (typeof cases !== "object" || cases === null || Array.isArray(cases) || cases instanceof Clause) {
    throw wrong("receive", "a tag table or clauses made by on() and after()", cases);
  }
  return cases as Cases;
}

function limitOf({ after, then }: Clause<unknown>): Limit {
  // biome-ignore lint/suspicious/noThenProperty: the word it has in the API; nobody awaits a limit
  return { after: after as number, then: then as () => unknown };
}

function checkLimit(limit: unknown): Limit | undefined {
  if (limit === undefined) return undefined;
  if (limit instanceof Clause && limit.after !== undefined) return limitOf(limit);
  const { after, then } = (typeof limit === "object" && limit !== null ? limit : {}) as Partial<Limit>;
  if (typeof then !== "function") {
    throw wrong("receive", "{ after: ms, then: function } behind the tag table", limit);
  }
  return { after: checkTimeout(after), then };
}
