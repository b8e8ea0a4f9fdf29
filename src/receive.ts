import { EMPTY, PROCESS_STATE, TIMED_OUT, YIELD } from "../assembly/layout.ts";
import { ENGINE, isGenerator, isThenable } from "./body.ts";
import { wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import { AwaitedReceive, badYield, Operation, type Step, SUSPENDED, Until } from "./operation.ts";
import { Clause, checkTimeout } from "./pattern.ts";
import type { Process } from "./process.ts";
import { Ref } from "./ref.ts";
import { type Mark, tagOf } from "./tags.ts";
import type { Suspend } from "./types.ts";
import type { World } from "./world.ts";

/** What follows a receive that takes too long. */
interface Limit {
  readonly after: number;
  readonly then: () => unknown;
}

type Case = (message: unknown) => unknown;
type Cases = Record<string, Case>;
type Inner = Iterator<Suspend, unknown, unknown>;

// How far a receive has come.
const NEW = 0;
const BEGUN = 1;
/** Its time begins when the clock is looked at next. */
const PENDING = 2;
const TIMED = 3;
/** What the clause returned takes time itself. */
const INNER = 4;

/**
 * A receive that looks for a message: the oldest one for which `select` gives a clause.
 *
 * Most are made for one message each, and many wait at once: so it keeps one clause without an array around it, and is itself the result that `yield*`
 * reads when it is done.
 */
class SelectiveReceive extends Operation<unknown> {
  /** The first one, or with nothing else the timeout, which takes no message. Without any it has a tag table. */
  private readonly clause: Clause<unknown> | undefined;
  /** The tag table, or the other clauses but for the timeout. */
  private readonly more: Cases | readonly Clause<unknown>[] | undefined;
  private readonly limit: Limit | undefined;
  private phase: typeof NEW | typeof BEGUN | typeof PENDING | typeof TIMED | typeof INNER = NEW;
  /** Its result, once it has one; INNER: what that comes from. */
  value: unknown = undefined;
  /** Once it goes on where an earlier one stopped, or has passed over a message. */
  private mark: Mark | undefined = undefined;
  /** The tags of all that it may take, as the core knows them; none when they don't tell. */
  private numbers: readonly number[] | undefined = undefined;

  constructor(
    process: Process,
    clause: Clause<unknown> | undefined,
    more: Cases | readonly Clause<unknown>[] | undefined,
    limit: Limit | undefined,
  ) {
    super(process);
    this.clause = clause;
    this.more = more;
    this.limit = limit;
  }

  get done(): true {
    return true;
  }

  override start(): void {
    super.start();
    this.phase = NEW;
    this.value = undefined;
    this.mark = undefined;
  }

  /** The clause that takes `message`. */
  private select(message: unknown): Case | undefined {
    const { clause, more } = this;
    if (clause === undefined) return ofTable(more as Cases, message);
    if (clause.matches(message)) return clause.then;
    return (more as readonly Clause<unknown>[] | undefined)?.find((each) => each.matches(message))?.then;
  }

  next(): Step<unknown> {
    if (this.phase === INNER) return this.goOn();
    const { process } = this;
    const { world, slot } = process;
    const { core } = world;
    const again = this.phase !== NEW;
    if (!again) this.phase = BEGUN;
    if (process.inHand != null) {
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
    const guard = this.more === undefined && (this.clause as Clause<unknown>).test;
    while (value >= 0) {
      // A guard that has passed over a message already.
      if (typeof guard === "function" && this.mark !== undefined && world.transit === undefined) {
        const { taken } = world;
        const length = core.run(slot);
        const count = skip(world, value, value + length, guard as Case);
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
    return this.finish(this.clause === undefined ? clause.call(this.more, message) : clause(message));
  }

  /** Whether what an earlier receive has looked at, up to the save pointer, is known to be nothing for this one. */
  private findMark(): boolean {
    const mark = this.process.world.tags.marks[this.process.slot];
    if (mark === undefined) return false;
    const since = this.youngest();
    if (since > mark.since) mark.tags = "";
    else if (mark.tags === "" || mark.tags !== this.intern().join()) return false;
    this.mark = mark;
    return true;
  }

  /** What has been passed over lay there before any reference that is made from now on. */
  private leaveMark(): void {
    if (this.mark !== undefined) this.mark.since = this.process.world.signals.refs;
  }

  private get clauses(): readonly Clause<unknown>[] {
    const { clause, more } = this;
    if (clause === undefined) return [];
    return more === undefined ? [clause] : [clause].concat(more as Clause<unknown>[]);
  }

  private intern(): readonly number[] {
    const { tags } = this.process.world;
    this.numbers ??= tags.intern(
      this.clause === undefined ? Object.keys(this.more as Cases) : this.clauses.map(({ test }) => tagOf(test)),
    );
    return this.numbers;
  }

  /** Passes over a message that no clause takes; the number of the next one worth a look, or EMPTY. */
  private pass(message: unknown): number {
    const { world, slot } = this.process;
    const { core, tags } = world;
    const numbers = this.intern();
    this.mark ??= tags.marks[slot] = { tags: numbers.join(), since: 0 };
    this.mark.since = Number.POSITIVE_INFINITY;
    if (numbers.length === 0) return core.pass(slot, 1);
    const tag = tags.numberOf(message);
    // Another one with this tag may be one to take.
    if (numbers.includes(tag)) this.mark.tags = "";
    world.writeTags(numbers);
    return core.passTagged(slot, tag, numbers.length, tags.known);
  }

  /** When the youngest reference was made that all must hold which it takes. */
  private youngest(): number {
    const { clause, more } = this;
    if (clause === undefined) return 0;
    if (more === undefined) return youngest(clause.test);
    return Math.min(...this.clauses.map(({ test }) => youngest(test)));
  }

  /** It has waited since `now`, or for longer. */
  time(now: number): void {
    const { limit, process } = this;
    if (this.phase !== PENDING || process.isDead) return;
    this.phase = TIMED;
    process.world.setTimeout(process, (limit as Limit).after, now);
  }

  private finish(given: unknown): Step<unknown> {
    if (typeof given === "object") {
      const result = given instanceof AwaitedReceive ? given.operation : given;
      if (result instanceof Operation || isGenerator(result)) return this.begin(result as Inner);
      if (isThenable(result)) return this.begin(new Until(this.process, result));
    }
    this.value = given;
    return this;
  }

  private begin(inner: Inner): Step<unknown> {
    this.phase = INNER;
    this.value = inner;
    if (inner instanceof Operation) inner.start();
    return this.goOn();
  }

  private goOn(): Step<unknown> {
    const step = (this.value as Inner).next();
    if (step.done) return step;
    if (step.value === SUSPENDED.value) return SUSPENDED;
    throw badYield(step.value);
  }

  override return(value: unknown): Step<unknown> {
    if (this.phase === INNER) (this.value as Inner).return?.(value);
    else this.abandon();
    this.phase = BEGUN;
    return { done: true, value };
  }
}

function ofTable(cases: Cases, message: unknown): Case | undefined {
  const tag = tagOf(message);
  // A message tagged "toString" or "__proto__" has no clause in {}.
  const clause = cases[tag !== undefined && Object.hasOwn(cases, tag) ? tag : "_"];
  if (clause === undefined || typeof clause === "function") return clause;
  throw wrong("receive", `a function for the tag ${inspect(tag)}`, clause);
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
export function receiveOf(process: Process, given: readonly unknown[]): Operation<unknown> {
  const [first, second] = given;
  if (!(first instanceof Clause)) return receiveByTable(process, first, second);
  const end = second === undefined ? 1 : given.length;
  let limit: Limit | undefined;
  let clause: Clause<unknown> | undefined;
  let more: Clause<unknown>[] | undefined;
  for (let i = 0; i < end; i++) {
    const each = given[i];
    if (!(each instanceof Clause)) throw wrong("receive", "clauses made by on() and after()", each);
    if (each.after !== undefined) {
      if (limit !== undefined) throw new TypeError("receive: expected one after() at most");
      limit = each as unknown as Limit;
    } else if (clause === undefined) clause = each;
    else if (more === undefined) more = [each];
    else more.push(each);
  }
  return new SelectiveReceive(process, clause ?? (limit as unknown as Clause<unknown>), more, limit);
}

export function receiveByTable(process: Process, cases: unknown, limit: unknown): Operation<unknown> {
  return new SelectiveReceive(process, undefined, checkCases(cases), checkLimit(limit));
}

function checkCases(cases: unknown): Cases {
  if (typeof cases !== "object" || cases === null || Array.isArray(cases) || cases instanceof Clause) {
    throw wrong("receive", "a tag table or clauses made by on() and after()", cases);
  }
  return cases as Cases;
}

function checkLimit(limit: unknown): Limit | undefined {
  if (limit === undefined) return undefined;
  const { after, then } = (limit ?? {}) as Partial<Limit>;
  if (typeof then !== "function") {
    throw wrong("receive", "{ after: ms, then: function } behind the tag table", limit);
  }
  return { after: checkTimeout(after), then };
}
