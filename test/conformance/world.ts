import type { Pid, ProcessInfo, Ref, Runtime } from "../../src/index.ts";
import { type Clauses, patterns, predicates } from "./clauses.ts";
import { DriverError } from "./driver-error.ts";
import type { Audience, Machine } from "./machine.ts";
import { Watch, type Watching } from "./observer.ts";
import { asyncPuppet, Command, generatorPuppet, INFO, mayBlock, type PuppetBody, type Stage } from "./puppet.ts";
import type { Operation, Result, State } from "./scenario.ts";
import { equal, type Term } from "./term.ts";
import { Values } from "./values.ts";

/** How scenarios are performed. What must be observed is the same in every way. */
export interface Ways {
  /** What puppets are. Default `"generator"`. */
  readonly bodies?: "generator" | "async";
  /** What a test receive is made of: `"predicate"` (default), or `"library"` for the library's own patterns. */
  readonly patterns?: "predicate" | "library";
  /** How time passes: in steps shorter than any two deadlines lie apart (default), or in one leap. */
  readonly time?: "steps" | "leap";
  /** `"fresh"` (default): a runtime for each scenario. `"shared"`: one small one for all, whose slots are used again and again. */
  readonly world?: "fresh" | "shared";
  /** The real time, in ms, after which a scenario that still has not come to rest has failed. Default 5000. */
  readonly patience?: number;
}

/** Every deadline of the format is a multiple of it, so what a timer sets off happens at its own time. */
const TICK = 5;

/** The puppets of one scenario, on a machine that nothing else runs on. */
export class World implements Stage, Audience {
  readonly runtime: Runtime;
  readonly observer: Pid<never>;
  readonly values: Values;
  readonly names: readonly string[];
  readonly clauses: Clauses;
  readonly body: PuppetBody;
  readonly timers: Ref[] = [];
  readonly #machine: Machine;
  readonly #ways: Ways;
  #failure: DriverError | undefined;
  /** By label: what a puppet has begun and not yet reported. */
  readonly #begun = new Map<string, Operation>();
  /** What has been reported, and who has died, since the last `takeEvents`. */
  #results = new Map<string, Result>();
  #deaths = new Map<string, Term>();
  /** Grows with everything that a puppet tells. */
  #events = 0;

  constructor(machine: Machine, names: readonly string[], ways: Ways) {
    machine.audience = this;
    this.runtime = machine.runtime;
    this.observer = machine.observer;
    this.values = new Values(machine.runtime.node);
    this.names = names;
    this.clauses = ways.patterns === "library" ? patterns : predicates;
    this.body = ways.bodies === "async" ? asyncPuppet : generatorPuppet;
    this.#machine = machine;
    this.#ways = ways;
  }

  /** Makes the processes that exist before the first step. */
  async populate(labels: readonly string[]): Promise<void> {
    for (const label of labels) {
      const pid = this.runtime.spawn(this.body, this);
      this.values.bindPid(label, pid);
      this.watch(pid);
    }
    await this.settle();
  }

  watch(pid: Pid<never>, asker?: Pid<Watching>): void {
    this.runtime.send(this.#machine.observer, new Watch(pid, asker));
  }

  died(pid: Pid<never>, reason: unknown): void {
    this.#events++;
    const label = this.values.label(pid);
    this.#begun.delete(label);
    this.#deaths.set(label, this.values.toTerm(reason));
  }

  fail(error: DriverError): void {
    this.#failure ??= error;
  }

  /** Why a puppet can't be told to do anything. */
  cannotAct(label: string): "dead" | "blocked" | undefined {
    if (!this.isAlive(label)) return "dead";
    return this.#begun.has(label) ? "blocked" : undefined;
  }

  /** Has a puppet perform an operation, and waits until nothing moves any more. */
  async perform(label: string, operation: Operation): Promise<void> {
    this.#begun.set(label, operation);
    const command = new Command(operation, (result) => {
      this.#events++;
      this.#begun.delete(label);
      this.#results.set(label, result);
    });
    this.runtime.send(this.values.pid({ pid: label }) as Pid<Command>, command);
    await this.settle();
  }

  /** Lets `ms` pass, and all that it sets off. */
  async advance(ms: number): Promise<void> {
    const machine = this.#machine;
    const end = machine.now + ms;
    const tick = this.#ways.time === "leap" ? ms : TICK;
    while (machine.now < end) {
      machine.now = Math.min(machine.now + tick, end);
      await this.settle();
    }
  }

  /** Results and deaths since the last call. */
  takeEvents(): { readonly results: ReadonlyMap<string, Result>; readonly deaths: ReadonlyMap<string, Term> } {
    const events = { results: this.#results, deaths: this.#deaths };
    this.#results = new Map();
    this.#deaths = new Map();
    return events;
  }

  /** The labels of the living, in the order of their births. */
  living(): string[] {
    return [...this.values.pids.keys()].filter((label) => this.isAlive(label));
  }

  isAlive(label: string): boolean {
    const pid = this.values.pids.get(label);
    return pid !== undefined && this.runtime.isAlive(pid);
  }

  /** What is seen of a live process. */
  state(label: string): State {
    const info = this.#info(label);
    return {
      messages: INFO.messages(info, this) as readonly Term[],
      links: INFO.links(info, this) as readonly string[],
      monitors: INFO.monitors(info, this) as readonly string[],
      monitored_by: INFO.monitored_by(info, this) as readonly string[],
      name: info.registeredName ?? null,
      trap_exit: info.trapExit,
      blocked: this.#begun.has(label),
    };
  }

  /** Leaves the machine as it was found: no puppets, no timers, no names. */
  async clear(): Promise<void> {
    for (const timer of this.timers) this.runtime.cancelTimer(timer);
    for (const label of this.living()) this.runtime.exit(this.values.pid({ pid: label }), "kill");
    await this.settle();
    const left = this.runtime.processes().filter((pid) => pid !== this.observer && pid !== this.runtime.self());
    const names = this.runtime.registered();
    if (left.length > 0 || names.length > 0) {
      throw new DriverError(`all puppets were killed, and yet there are ${[...left, ...names].join(", ")}`);
    }
  }

  /** Returns when nothing can happen any more without a command or the passing of time. */
  async settle(): Promise<void> {
    if (this.#ways.bodies === "async") await this.#turnUntilStill();
    else this.runtime.run();
    if (this.#failure !== undefined) throw this.#failure;
    for (const label of this.living()) {
      const { status } = this.#info(label);
      if (status !== "waiting") throw new DriverError(`everything is at rest, but ${label} is ${status}`);
      const operation = this.#begun.get(label);
      if (operation !== undefined && !mayBlock(operation)) {
        throw new DriverError(
          `everything is at rest, but ${label} neither finished nor died in ${JSON.stringify(operation)}`,
        );
      }
    }
  }

  /** An async body goes on in the host's microtasks, of which the runtime knows nothing: it is at rest when nothing changes. */
  async #turnUntilStill(): Promise<void> {
    const deadline = performance.now() + (this.#ways.patience ?? 5000);
    for (let before: unknown, now: unknown; ; before = now) {
      this.runtime.run();
      await turn();
      now = [this.#events, this.living().map((label) => [label, this.#info(label).status, this.state(label)])];
      if (equal(now, before)) return;
      if (performance.now() > deadline) throw new DriverError("the processes do not come to rest");
    }
  }

  #info(label: string): ProcessInfo {
    const info = this.runtime.processInfo(this.values.pid({ pid: label }));
    if (info === undefined) throw new DriverError(`${label} is alive, but processInfo knows nothing of it`);
    return info;
  }
}

/** One turn of the host's event loop, with all its microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
