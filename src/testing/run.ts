import { NO_PROCESS, PARKED, PROCESS_STATE } from "../../assembly/layout.ts";
import { ASYNC } from "../body.ts";
import type { Core } from "../core.ts";
import { createRuntime, formatExit, type Pid, type Report, type Self, UsageError } from "../kernel.ts";
import type { Machine, MachineOptions } from "../machine.ts";
import type { RuntimeOptions } from "../types.ts";
import { type Failure, failureOf } from "./failure.ts";
import { type Fault, Injection, LOST } from "./faults.ts";
import { listenForHostUse } from "./host-use.ts";
import { Invariants } from "./invariants.ts";
import type { Plan } from "./plan.ts";
import { choicesOf, type Schedule } from "./schedule.ts";
import { acquire, release, type SimulatedCore } from "./simulated-core.ts";
import { waitGraph } from "./wait-graph.ts";

/** How a run chooses: by a strategy and a seed, after the choices that are given. */
export interface Choosing {
  readonly strategy: number;
  readonly seed: number;
  readonly schedule: Schedule;
  readonly faults: readonly Fault[];
  /** How many choices the run is expected to have. */
  readonly expected: number;
}

/** What came of a run. */
export interface RunResult {
  readonly failure: Failure | undefined;
  /** The choices between several: how many there were, and which was taken. */
  readonly trace: Int32Array;
  readonly steps: number;
  /** Two runs with the same fingerprint are the same, event for event. */
  readonly fingerprint: string;
  /** Virtual ms. */
  readonly time: number;
}

/** Watches a run from beside the core: for records of it. */
export interface Watcher {
  wrap(core: SimulatedCore, machine: Machine): void;
  report(report: Report): void;
  failed(failure: Failure): void;
}

/**
 * One run of a scenario: a runtime of its own, whose core is one of simulations.
 *
 * `go` runs until nothing is left to be done. It answers undefined when processes wait for the host's promises: then the host has to have a turn, and
 * `go` be called again.
 */
export class Run {
  private readonly plan: Plan;
  // One object under two names: the bundle shortens what stands behind `core`, and knows nothing of what only simulations have.
  private readonly core: SimulatedCore;
  private readonly simulated: SimulatedCore;
  private readonly runtime: Machine;
  private readonly invariants: Invariants;
  private readonly scenario: Pid<never>;
  private readonly watcher: Watcher | undefined;
  private failure: Failure | undefined;
  /** Virtual ms. */
  private returnedAt: number | undefined;
  private injection: Injection | undefined;
  private refusal: Error | undefined;

  constructor(plan: Plan, { strategy, seed, schedule, faults, expected }: Choosing, watcher?: Watcher) {
    this.plan = plan;
    this.watcher = watcher;
    const core = acquire();
    this.core = core;
    this.simulated = core;
    core.init(plan.maxProcesses + 1);
    this.simulated.configure(strategy, seed, plan.depth, expected, plan.steps, plan.lag, plan.delays ? 1 : 0);
    this.script(choicesOf(schedule));
    const options: RuntimeOptions & MachineOptions = {
      core: (machine) => this.wrapped(machine, faults),
      clock: () => this.simulated.time(),
      maxProcesses: plan.maxProcesses,
      messages: plan.messages,
      development: watcher !== undefined,
      logger: (report) => this.reported(report),
      onMainExit: () => {},
    };
    this.runtime = createRuntime(options) as Machine;
    this.invariants = new Invariants(this.runtime);
    listenForHostUse(this.runtime, plan.onHostUse);
    this.scenario = this.runtime.spawnMonitor(this.bodyOf(plan))[0];
  }

  private script(choices: readonly number[]): void {
    const { core, simulated } = this;
    new Int32Array(core.memory.buffer, simulated.traceAt(), choices.length).set(choices);
    simulated.setScripted(choices.length);
  }

  /** The scenario as a body, which says when it has returned. */
  private bodyOf({ scenario }: Plan): (self: Self<never>) => Generator<never, void, unknown> {
    const run = this;
    const body = function* (self: Self<never>): Generator<never, void, unknown> {
      const result = scenario(self as never);
      if (typeof (result as Iterator<unknown> | undefined)?.next === "function") {
        yield* result as Generator<never, void, unknown>;
      } else if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
        throw new UsageError(`the scenario ${scenario.name} is async: ${WAY_OUT}`);
      }
      run.returnedAt = run.simulated.time();
    };
    return Object.assign(body, { displayName: scenario.name || "scenario" });
  }

  /** The core that the runtime calls. What few runs need is put around its functions for those alone. */
  private wrapped(machine: Machine, faults: readonly Fault[]): Core {
    const { plan, simulated } = this;
    const core: SimulatedCore = { ...this.core };
    const step = core.next;
    const advance = core.advance;
    const check = plan.asyncBodies !== "allow";
    let last = 0;
    core.next = (handed) => {
      if (last !== 0) {
        if (check && machine.table[last]?.kind === ASYNC) this.refuse(machine, last);
        const { always } = this.invariants;
        if (always.length > 0) this.hold(always);
      }
      const answer = step(handed);
      last = answer > 0 ? answer & 0xff_ffff : 0;
      return answer;
    };
    core.advance = (now, work) => {
      if (this.returnedAt !== undefined && simulated.isOnlyTime() !== 0) {
        const rest = plan.settle ?? (this.invariants.eventually.length > 0 ? SETTLE : 0);
        if (core.nextDeadline() > this.returnedAt + rest) {
          simulated.halt();
          return 0;
        }
      }
      if (faults.length > 0 && simulated.isOnlyTime() !== 0 && core.nextDeadline() > LOST) {
        simulated.halt();
        return 0;
      }
      return advance(now, work);
    };
    if (faults.length > 0) {
      this.injection = new Injection(machine, faults, () => this.scenario, plan.faults?.victims);
      this.injection.wrap(core, () => simulated.steps());
    }
    this.watcher?.wrap(core, machine);
    return core;
  }

  private hold(always: Invariants["always"]): void {
    this.fail(Invariants.broken(always, "always"));
  }

  private refuse(machine: Machine, slot: number): void {
    const pid = machine.table[slot] as unknown as Pid<never>;
    const name = machine.processInfo(pid, "initialCall");
    this.refusal = new UsageError(`${pid}${name ? ` (${name})` : ""} has an async body: ${WAY_OUT}`);
    this.simulated.halt();
  }

  private reported(report: Report): void {
    this.watcher?.report(report);
    const isScenario = report.kind === "crash" && report.pid === this.scenario;
    if (report.level !== "error" || (!isScenario && this.plan.expects(report))) return;
    this.fail(failureOf(report, this.scenario));
  }

  /** The first failure is the run's. */
  private fail(failure: Failure | undefined): void {
    if (failure === undefined || this.failure !== undefined) return;
    this.failure = failure;
    this.watcher?.failed(failure);
    this.simulated.halt();
  }

  /** @param last the host was given time enough: what waits for it now, waits for ever. */
  go(last = false): RunResult | undefined {
    const { runtime, simulated } = this;
    do runtime.run();
    while (this.injection?.happened());
    if (this.refusal !== undefined) {
      this.result();
      throw this.refusal;
    }
    if (simulated.isHalted() === 0 && this.failure === undefined && !last && this.awaitsHost()) return undefined;
    if (this.failure === undefined) this.fail(this.ending());
    return this.result();
  }

  /** Whether a process waits for a promise of the host. */
  awaitsHost(): boolean {
    const { core, runtime } = this;
    for (let slot = core.slots(); slot > 0; slot--) {
      const process = runtime.table[slot];
      if (process === undefined || process === runtime.main) continue;
      if ((core.read(slot, PROCESS_STATE) & 255) === PARKED) return true;
    }
    return false;
  }

  /** What is wrong with the end of the run. */
  private ending(): Failure | undefined {
    const { plan, runtime, scenario, simulated } = this;
    if (this.returnedAt === undefined) {
      if (simulated.steps() >= plan.steps) {
        const title = `no end after ${plan.steps} steps`;
        return { kind: "livelock", title, text: `${title}:\n${this.graph()}` };
      }
      if (!runtime.isAlive(scenario)) {
        const reason = this.reasonOf(scenario);
        const title = `the scenario was ended: ${formatExit(reason)}`;
        return { kind: "exit", title, text: title, pid: scenario, reason };
      }
      const title = "all processes wait, and no timer is set";
      return { kind: "deadlock", title, text: `${title}:\n${this.graph()}`, pid: scenario };
    }
    if (simulated.steps() >= plan.steps) {
      const title = `the scenario has returned, but there was no end after ${plan.steps} steps`;
      return { kind: "livelock", title, text: `${title}:\n${this.graph()}` };
    }
    return Invariants.broken(this.invariants.eventually, "eventually") ?? this.leftovers();
  }

  private graph(): string {
    return waitGraph(this.runtime, this.runtime.self());
  }

  private reasonOf(pid: Pid<never>): unknown {
    const { runtime } = this;
    const messages = runtime.processInfo(runtime.self(), "messages") ?? [];
    for (const message of messages) {
      if (Array.isArray(message) && message[0] === "DOWN" && message[3] === pid) return message[4];
    }
    return undefined;
  }

  private leftovers(): Failure | undefined {
    const { plan, runtime } = this;
    if (plan.leftovers === "ignore") return undefined;
    for (const pid of runtime.processes()) {
      if (pid === runtime.self()) continue;
      const info = runtime.processInfo(pid);
      if (info === undefined) continue;
      const who = info.registeredName ?? (info.initialCall || "a process");
      if (plan.leftovers !== "messages") {
        const title = `${who} is left over`;
        return { kind: "leftover", title, text: `${title}:\n${this.graph()}`, pid };
      }
      if (info.messageQueueLen > 0) {
        const title = `${who} has unread messages`;
        return { kind: "leftover", title, text: `${title}:\n${this.graph()}`, pid };
      }
    }
    return undefined;
  }

  private result(): RunResult {
    const { core, failure, simulated } = this;
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
    const result: RunResult = {
      failure,
      trace: new Int32Array(core.memory.buffer, simulated.traceAt(), simulated.choices()).slice(),
      steps: simulated.steps(),
      fingerprint: hex(simulated.printHigh()) + hex(simulated.printLow()),
      time: simulated.time(),
    };
    disconnect(this.runtime.core as SimulatedCore);
    release(core);
    return result;
  }
}

/**
 * The runtime may still call its core: a turn may be due, or a promise be kept that a process waited for. From now on nothing is there: the memory is another
 * run's.
 */
function disconnect(core: SimulatedCore): void {
  const functions = core as unknown as Record<string, unknown>;
  for (const name of Object.keys(functions)) {
    if (typeof functions[name] === "function") functions[name] = () => 0;
  }
  const nothing = () => NO_PROCESS;
  core.next = nothing;
  core.spawn = nothing;
  core.send = nothing;
  core.sendAlias = nothing;
  core.take = nothing;
  core.candidate = nothing;
  core.pass = nothing;
  core.passTagged = nothing;
  core.drop = nothing;
  core.walk = nothing;
  core.grave = nothing;
  core.nextDeadline = nothing;
}

/** How long `eventually` waits for what is left after the scenario, virtual ms. */
const SETTLE = 60_000;

const WAY_OUT =
  "the order in which its promises are kept is the host's, and no seed brings it back. Write it as a generator body, which waits for promises " +
  'with yield* self.until(promise), or allow it with asyncBodies: "allow"';
