import { EMPTY, PROCESS_STATE, TIMED_OUT, YIELD } from "../assembly/layout.ts";
import { ENGINE, isGenerator, isThenable } from "./body.ts";
import { wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import { AwaitedReceive, badYield, Operation, type Step, SUSPENDED, Until } from "./operation.ts";
import { Clause, checkTimeout } from "./pattern.ts";
import type { Process } from "./process.ts";
import { Ref } from "./ref.ts";
import { ENOUGH, type Mark, tagOf } from "./tags.ts";
import type { Suspend } from "./types.ts";
import type { World } from "./world.ts";

/** What follows a receive that takes too long. */
interface Limit {
  readonly after: number;
  readonly then: () => unknown;
}

type Case = (message: unknown) => unknown;
type Cases = Record<string, Case>;

// How far a receive has come.
const NEW = 0;
const BEGUN = 1;
/** Its time begins when the clock is looked at next. */
const PENDING = 2;
const TIMED = 3;

/** A receive that looks for a message: the oldest one for which `select` gives a clause. */
class SelectiveReceive extends Operation<unknown> {
  /** Its tag table, or else its clauses but for the timeout. */
  private readonly cases: Cases | undefined;
  private readonly clauses: readonly Clause<unknown>[];
  private readonly limit: Limit | undefined;
  private phase: typeof NEW | typeof BEGUN | typeof PENDING | typeof TIMED = NEW;
  /** What the clause returned, when that takes time itself. */
  private inner: Iterator<Suspend, unknown, unknown> | undefined = undefined;
  /** Once it goes on where an earlier one stopped, or has passed over a message. */
  private mark: Mark | undefined = undefined;
  /** The tags of all that it may take, as the core knows them; none when they don't tell. */
  private numbers: readonly number[] | undefined = undefined;
  /** When it has nothing but a guard, and has passed over a message. */
  private guard: Case | undefined = undefined;

  constructor(
    process: Process,
    cases: Cases | undefined,
    clauses: readonly Clause<unknown>[],
    limit: Limit | undefined,
  ) {
    super(process);
    this.cases = cases;
    this.clauses = clauses;
    this.limit = limit;
  }

  override start(): void {
    super.start();
    this.phase = NEW;
    this.inner = undefined;
    this.mark = undefined;
  }

  /** The clause that takes `message`. */
  private select(message: unknown): Case | undefined {
    const { cases, clauses } = this;
    if (cases === undefined) {
      for (let i = 0; i < clauses.length; i++) {
        const clause = clauses[i] as Clause<unknown>;
        if (clause.matches(message)) return clause.then;
      }
      return undefined;
    }
    const tag = tagOf(message);
    // A message tagged "toString" or "__proto__" has no clause in {}.
    const clause = cases[tag !== undefined && Object.hasOwn(cases, tag) ? tag : "_"];
    if (clause === undefined || typeof clause === "function") return clause;
    throw wrong("receive", `a function for the tag ${inspect(tag)}`, clause);
  }

  next(): Step<unknown> {
    if (this.inner !== undefined) return this.goOn(this.inner);
    const { process } = this;
    const { world, slot } = process;
    const { core } = world;
    const again = this.phase !== NEW;
    if (!again) this.phase = BEGUN;
    if (process.inHand !== undefined) {
      const message = process.inHand;
      const clause = this.select(message);
      if (clause !== undefined) {
        process.inHand = undefined;
        return this.take(clause, message);
      }
      world.putBack(process);
    }
    world.reading.settle();
    // An empty mailbox is not worth a call, unless it is polled: that is work.
    let value =
      world.hasMail || process.kind > ENGINE || this.limit?.after === 0
        ? core.candidate(slot, again || this.findMark() ? 0 : 1)
        : EMPTY;
    while (value >= 0) {
      if (this.guard !== undefined && world.transit === undefined) {
        const { taken } = world;
        const length = core.run(slot);
        const count = skip(world, value, value + length, this.guard);
        if (count > 0) {
          // All of them at a stroke, which are most.
          if (taken === world.taken) value = core.pass(slot, count === length ? 0 : count);
          else value = core.candidate(slot, 1);
          continue;
        }
      }
      if (!world.transit?.reached(value)) {
        const message = world.values[value];
        const clause = this.select(message);
        if (clause === undefined) {
          value = this.pass(message);
          continue;
        }
        if (core.pick(slot) !== 0) {
          world.takeValue(value);
          return this.take(clause, message);
        }
      }
      // Another one is the oldest now.
      value = core.candidate(slot, 1);
    }
    const { limit } = this;
    if (value !== YIELD) {
      this.leaveMark();
      if (
        limit !== undefined &&
        (limit.after === 0 || (this.phase === TIMED && core.read(slot, PROCESS_STATE) & (TIMED_OUT << 8)))
      ) {
        core.abandon(slot);
        return this.finish(limit.then());
      }
      // A generator's slice that ends says the same.
      if (process.kind > ENGINE) core.wait(slot);
    }
    if (!again && limit !== undefined && limit.after !== Number.POSITIVE_INFINITY) {
      this.phase = PENDING;
      world.timers.defer(this);
    }
    return SUSPENDED;
  }

  private take(clause: Case, message: unknown): Step<unknown> {
    if (this.phase === TIMED) this.process.world.core.clearTimeout(this.process.slot);
    this.phase = BEGUN;
    this.leaveMark();
    return this.finish(clause.call(this.cases, message));
  }

  /** Whether what an earlier receive has looked at, up to the save pointer, is known to be nothing for this one. */
  private findMark(): boolean {
    const mark = this.process.world.tags.marks[this.process.slot];
    if (mark === undefined) return false;
    const since = this.cases === undefined ? this.youngest() : 0;
    if (since > mark.since) mark.tags = "";
    else if (mark.tags === "" || mark.tags !== this.intern().join()) return false;
    this.mark = mark;
    return true;
  }

  /** What has been passed over lay there before any reference that is made from now on. */
  private leaveMark(): void {
    if (this.mark !== undefined) this.mark.since = this.process.world.signals.refs;
  }

  private intern(): readonly number[] {
    const { cases } = this;
    const { tags } = this.process.world;
    this.numbers ??=
      cases === undefined
        ? tags.intern(
            this.clauses.map(({ test }) => tagOf(test)),
            ENOUGH,
          )
        : tags.intern(Object.keys(cases));
    return this.numbers;
  }

  /** Passes over a message that no clause takes; the number of the next one worth a look, or EMPTY. */
  private pass(message: unknown): number {
    const { world, slot } = this.process;
    const { core, tags } = world;
    const numbers = this.intern();
    this.mark ??= tags.marks[slot] = { tags: numbers.join(), since: 0 };
    this.mark.since = Number.POSITIVE_INFINITY;
    if (numbers.length === 0) {
      const [first, second] = this.clauses;
      if (second === undefined && typeof first?.test === "function") this.guard = first.test as Case;
      return core.pass(slot, 1);
    }
    const tag = tags.numberOf(message);
    // Another one with this tag may be one to take.
    if (numbers.includes(tag)) this.mark.tags = "";
    world.writeTags(numbers);
    return core.passTagged(slot, tag, numbers.length, tags.known);
  }

  /** When the youngest reference was made that all must hold which it takes. */
  private youngest(): number {
    const { clauses } = this;
    let order = Number.POSITIVE_INFINITY;
    for (let i = 0; i < clauses.length; i++) order = Math.min(order, youngest((clauses[i] as Clause<unknown>).test));
    return order;
  }

  /** It has waited since `now`, or for longer. */
  time(now: number): void {
    const { limit, process } = this;
    if (this.phase !== PENDING || process.isDead) return;
    this.phase = TIMED;
    process.world.setTimeout(process, (limit as Limit).after, now);
  }

  private finish(given: unknown): Step<unknown> {
    if (typeof given !== "object") return { done: true, value: given };
    const result = given instanceof AwaitedReceive ? given.operation : given;
    if (result instanceof Operation || isGenerator(result)) this.inner = result as Iterator<Suspend, unknown, unknown>;
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
    this.phase = BEGUN;
    return { done: true, value };
  }
}

/** How many messages from `first` on `test` does not take. A scan by a guard spends its time here: small, so that V8 inlines `test`. */
function skip(world: World, first: number, end: number, test: Case): number {
  const { taken, values } = world;
  let number = first;
  for (; number < end; number++) {
    const message = values[number];
    // It has been taken, maybe.
    if (message === undefined) break;
    try {
      if (test(message)) break;
    } catch {
      // A guard that throws does not match.
    }
    if (world.taken !== taken) break;
  }
  return number - first;
}

/** When the youngest reference was made that all must hold which passes a test. */
function youngest(test: unknown): number {
  if (!Array.isArray(test)) return test instanceof Ref ? test.order : 0;
  let order = 0;
  for (let i = 0; i < test.length; i++) {
    const part: unknown = test[i];
    // Most parts are no reference, and not worth a call.
    if (typeof part === "object") order = Math.max(order, part instanceof Ref ? part.order : youngest(part));
  }
  return order;
}

/** The receive that the arguments of `receive` ask for. */
export function receiveOf(process: Process, given: unknown[]): Operation<unknown> {
  if (!(given[0] instanceof Clause)) return receiveByTable(process, given[0], given[1]);
  if (given.length > 1 && given[1] === undefined) given.length = 1;
  let limit: Limit | undefined;
  let takers = 0;
  for (const clause of given) {
    if (!(clause instanceof Clause)) throw wrong("receive", "clauses made by on() and after()", clause);
    if (clause.after === undefined) given[takers++] = clause;
    else if (limit !== undefined) throw new TypeError("receive: expected one after() at most");
    else limit = clause as unknown as Limit;
  }
  if (limit !== undefined) given.pop();
  return new SelectiveReceive(process, undefined, given as Clause<unknown>[], limit);
}

export function receiveByTable(process: Process, cases: unknown, limit: unknown): Operation<unknown> {
  return new SelectiveReceive(process, checkCases(cases), [], checkLimit(limit));
}

function checkCases(cases: unknown): Cases {
  if (typeof cases !== "object" || cases === null || Array.isArray(cases) || cases instanceof Clause) {
    throw wrong("receive", "a tag table or clauses made by on() and after()", cases);
  }
  return cases as Cases;
}

function checkLimit(limit: unknown): Limit | undefined {
  if (limit === undefined) return undefined;
  if (limit instanceof Clause && limit.after !== undefined) return limit as unknown as Limit;
  const { after, then } = (typeof limit === "object" && limit !== null ? limit : {}) as Partial<Limit>;
  if (typeof then !== "function") {
    throw wrong("receive", "{ after: ms, then: function } behind the tag table", limit);
  }
  return { after: checkTimeout(after), then };
}
