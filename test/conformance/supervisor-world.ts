import { type ChildSpec, ExitError, type Pid, type Self, Supervisor } from "../../src/index.ts";
import { DriverError } from "./driver-error.ts";
import { type Audience, Machine } from "./machine.ts";
import { Watch } from "./observer.ts";
import { type Nursery, Order, Starts } from "./supervisor-children.ts";
import type { ChildScenario, SupervisorAction, SupervisorEvent, SupervisorScenario } from "./supervisor-scenario.ts";
import type { Term } from "./term.ts";
import { Values } from "./values.ts";
import type { Ways } from "./world.ts";

/** How far the clock goes on at a time while the supervisor waits for a child to end, and how far in all, ms. */
const TICK = 5;
const LONGEST = 60_000;

/**
 * An event, and whose exits were before it. The observer hears of an exit only when the supervisor's slice is over, in which that may have
 * started another child: but then it could see that one was dead.
 */
interface Entry {
  readonly event: SupervisorEvent;
  readonly after: ReadonlySet<string>;
}

type Work = (self: Self<unknown>) => Generator<unknown, void, unknown>;

/** A supervisor, its parent, and its children. */
export class SupervisorWorld implements Audience, Nursery {
  readonly values: Values;
  // Who made which operation nobody asks here, and to note it takes most of the time.
  private readonly machine = new Machine({ development: false });
  private readonly ways: Ways;
  private readonly scenario: SupervisorScenario;
  private readonly starts: Starts;
  private readonly parent: Pid<unknown>;
  private supervisor: Pid<unknown> | undefined;
  pending = 0;
  private failure: DriverError | undefined;
  private events: Entry[] = [];
  /** Why the supervisor ended, in an array. */
  private ended: readonly Term[] = [];

  constructor(scenario: SupervisorScenario, ways: Ways) {
    this.machine.audience = this;
    this.values = new Values(this.machine.runtime.node);
    this.scenario = scenario;
    this.ways = ways;
    this.starts = new Starts(this);
    const died = (pid: Pid<never>, reason: unknown) => {
      if (pid === this.supervisor) this.ended = [this.values.toTerm(reason)];
    };
    this.parent = this.machine.runtime.spawn(function* (self: Self<unknown>) {
      self.trapExit = true;
      for (;;) {
        const message = yield* self.receive();
        if (Array.isArray(message)) died(message[1], message[2]);
        else yield* (message as Work)(self);
      }
    });
  }

  // ── What it is told ──

  log(event: SupervisorEvent): void {
    const { runtime } = this.machine;
    const dead = event[0] === "start" ? [...this.values.pids].filter(([, pid]) => !runtime.isAlive(pid)) : [];
    this.events.push({ event, after: new Set(dead.map(([label]) => label)) });
  }

  watch(pid: Pid<never>): void {
    this.machine.runtime.send(this.machine.observer, new Watch(pid));
  }

  died(pid: Pid<never>, reason: unknown): void {
    this.log(["exit", this.values.label(pid), this.values.toTerm(reason)]);
  }

  fail(error: DriverError): void {
    this.failure ??= error;
  }

  // ── What it does ──

  /** Starts the supervisor. */
  async begin(): Promise<unknown> {
    const { sup, children } = this.scenario;
    const isSimple = sup.strategy === "simple_one_for_one";
    const options = {
      strategy: sup.strategy,
      maxRestarts: sup.intensity ?? 1,
      maxSeconds: sup.period ?? 5,
      ...(sup.auto_shutdown !== undefined && { autoShutdown: sup.auto_shutdown }),
    };
    const world = this;
    const specs = children.map((child) => this.spec(child, isSimple));
    return await this.perform(function* () {
      world.supervisor = yield* Supervisor.startLink(specs, options);
      return "ok";
    });
  }

  /** The result of a step. */
  async act(step: SupervisorAction): Promise<unknown> {
    const { machine, values } = this;
    if (step.op === "advance") {
      machine.now += step.ms;
      await this.settle();
      return undefined;
    }
    const { supervisor } = this;
    if (supervisor === undefined || this.ended.length > 0) return { skipped: "supervisor" };
    switch (step.op) {
      case "exit":
      case "error":
      case "signal": {
        const pid = values.pid({ pid: step.child });
        const { runtime } = machine;
        if (!runtime.isAlive(pid)) return { skipped: "dead" };
        if (step.op !== "signal") runtime.send(pid as Pid<unknown>, new Order(step.op, step.reason));
        else runtime.spawn((self: Self<never>) => self.exit(pid, values.toValue(step.reason)));
        await this.settle();
        return "ok";
      }
      case "stop":
        return this.perform(function* (self) {
          self.exit(supervisor, values.toValue(step.reason));
          return "ok";
        });
      case "start_child": {
        const isSimple = this.scenario.sup.strategy === "simple_one_for_one";
        const child = isSimple ? [step.spec] : this.spec(step.spec, false);
        return this.perform(function* () {
          const pid: unknown = yield* Supervisor.startChild(supervisor, child);
          return { ok: pid === undefined ? "undefined" : values.label(pid as Pid<never>) };
        });
      }
      case "restart_child":
        return this.perform(function* () {
          const pid: unknown = yield* Supervisor.restartChild(supervisor, step.id);
          return { ok: pid === undefined ? "undefined" : values.label(pid as Pid<never>) };
        });
      case "terminate_child":
      case "delete_child": {
        const id = "child" in step ? values.pid({ pid: step.child as string }) : step.id;
        const does = step.op === "delete_child" ? Supervisor.deleteChild : Supervisor.terminateChild;
        return this.perform(() => does(supervisor, id)[Symbol.iterator]() as Generator<unknown, unknown, unknown>);
      }
      case "which_children":
        return { list: await this.list(3) };
      case "count_children":
        return this.perform(function* () {
          return { counts: yield* Supervisor.countChildren(supervisor) };
        });
      default:
        throw new DriverError(`unknown operation ${JSON.stringify(step)}`);
    }
  }

  /** The children as the expectations show them. */
  async children(): Promise<unknown> {
    return this.supervisor === undefined || this.ended.length > 0 ? "none" : this.list(2);
  }

  /** Events since the last call. */
  takeEvents(): SupervisorEvent[] {
    const left = this.events.splice(0);
    const ordered: SupervisorEvent[] = [];
    const move = (isNext: (entry: Entry) => boolean) => {
      for (const entry of left.filter(isNext))
        ordered.push(...left.splice(left.indexOf(entry), 1).map(({ event }) => event));
    };
    for (let first = left[0]; first !== undefined; first = left[0]) {
      const { after } = first;
      move(({ event: [kind, label] }) => kind === "exit" && after.has(label));
      move((entry) => entry === first);
    }
    return ordered;
  }

  /** Why the supervisor ended. */
  get exit(): Term | undefined {
    return this.ended[0];
  }

  private spec(child: ChildScenario, isSimple: boolean): ChildSpec {
    const { starts } = this;
    const { id, restart, shutdown, type, significant } = child;
    const isAsync = this.ways.bodies === "async";
    const start = (given: ChildScenario = child) => (isAsync ? starts.startAsync(given) : starts.start(given));
    return {
      id,
      start: isSimple ? start : () => start(),
      ...(restart !== undefined && { restart }),
      ...(shutdown !== undefined && { shutdown }),
      ...(type !== undefined && { type }),
      ...(significant !== undefined && { significant }),
    };
  }

  private async list(width: number): Promise<unknown> {
    const { supervisor, values } = this;
    const rows = (await this.perform(function* () {
      return yield* Supervisor.whichChildren(supervisor as Pid<unknown>);
    })) as [unknown, unknown, string][];
    const words = rows.map(([id, child, type]) =>
      [id ?? "undefined", typeof child === "object" ? values.label(child as Pid<never>) : (child ?? "undefined"), type]
        .map(String)
        .slice(0, width),
    );
    return words.sort((a, b) => (a.join("\0") < b.join("\0") ? -1 : 1));
  }

  /** Has the parent do something, and waits until the supervisor has dealt with it. */
  private async perform(steps: (self: Self<unknown>) => Generator<unknown, unknown, unknown>): Promise<unknown> {
    const { values } = this;
    let result: { readonly value: unknown } | undefined;
    this.machine.runtime.send(this.parent, function* (self: Self<unknown>): Generator<unknown, void, unknown> {
      try {
        result = { value: yield* steps(self) };
      } catch (error) {
        if (!(error instanceof ExitError)) throw error;
        const reason = withLists(values.toTerm(error.reason));
        result = { value: error.call === undefined ? { error: reason } : { exit: reason } };
      }
    });
    await this.settle(() => result !== undefined);
    return result?.value;
  }

  /** Returns when the supervisor has dealt with everything: it answers, and nothing moves any more. While it waits, time passes. */
  private async settle(isDone: () => boolean = () => true): Promise<void> {
    for (let waited = 0; ; waited += TICK) {
      await this.run();
      if (isDone() && (await this.answers())) return;
      if (waited >= LONGEST) throw new DriverError("the supervisor does not come to rest");
      this.machine.now += TICK;
    }
  }

  private async run(): Promise<void> {
    this.machine.runtime.run();
    if (this.ways.bodies === "async") {
      for (let rounds = 0; rounds < 3; rounds++) {
        await turn();
        this.machine.runtime.run();
        if (this.pending > 0) rounds = 0;
      }
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Whether the supervisor waits for nothing but messages. */
  private async answers(): Promise<boolean> {
    const { supervisor } = this;
    const { runtime } = this.machine;
    if (supervisor === undefined || !runtime.isAlive(supervisor)) return true;
    let hasAnswered = false;
    const asker = runtime.spawn(function* () {
      try {
        yield* Supervisor.countChildren(supervisor as Pid<unknown>);
      } catch {}
      hasAnswered = true;
    });
    const before = this.events.length;
    await this.run();
    if (!hasAnswered) runtime.exit(asker, "kill");
    return hasAnswered && this.events.length === before;
  }
}

/** One turn of the host's event loop, with all its microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The lists in OTP's reasons: arrays as they are, here where an array is a tuple. */
function withLists(term: Term): Term {
  if (typeof term !== "object" || !("t" in term)) return term;
  const [tag, list] = term.t;
  if (tag === "bad_combination" && typeof list === "object" && "t" in list) return { t: [tag, list.t] };
  return { t: term.t.map(withLists) };
}
