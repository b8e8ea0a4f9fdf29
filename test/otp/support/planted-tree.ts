import {
  type Callbacks,
  type ChildSpec,
  DynamicSupervisor,
  GenServer,
  type Pid,
  type Runtime,
  type Self,
  Supervisor,
  self,
  spawnOpt,
  stop,
} from "../../../src/index.ts";
import { PATIENCE, type Plan, type SupervisorPlan, type WorkerPlan } from "./plan.ts";

type AnyPid = Pid<any>;
type Steps<T> = Generator<any, T, any>;
type Doing<T> = { [Symbol.iterator](): Iterator<any, T, any> };

/** What a supervisor says of one of its children. */
export interface Sight {
  readonly id: unknown;
  readonly child: AnyPid | "restarting" | undefined;
}

/** What tells a worker to end by itself, and why. */
export type Order = readonly ["end", reason: unknown];

type Message = Order | readonly ["EXIT", AnyPid, unknown];

/** A tree of real processes, grown from a plan. */
export class PlantedTree {
  readonly runtime: Runtime;
  readonly root: PromiseLike<AnyPid>;
  /** How often each was started, by id. */
  readonly starts: Map<string, number> = new Map();
  /** Who each process is, of all that were ever started. */
  readonly ids: Map<AnyPid, string> = new Map();

  constructor(runtime: Runtime, plan: SupervisorPlan) {
    this.runtime = runtime;
    // By the main process: who starts a supervisor must live as long as it does.
    const { children, options } = this.parts(plan);
    this.root = Supervisor.startLink(children, { ...options, strategy: "one_for_one", as: runtime }).then((root) => {
      this.ids.set(root, plan.id);
      return root;
    });
    this.starts.set(plan.id, 1);
  }

  /** Has a process of its own take `steps`, while the others do what they have to. */
  perform<T>(steps: () => Steps<T>): T {
    let outcome: { value: T } | { error: unknown } | undefined;
    this.runtime.spawn(function* () {
      try {
        outcome = { value: yield* steps() };
      } catch (error) {
        outcome = { error };
      }
    });
    this.runtime.run();
    if (outcome === undefined) throw new Error("the steps did not come to an end");
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** The children of supervisors, as these tell them: in the order they start in. */
  look(supervisors: readonly (readonly [AnyPid, SupervisorPlan])[]): Sight[][] {
    return this.perform(function* () {
      const sights: Sight[][] = [];
      for (const [pid, { strategy }] of supervisors) {
        const module = strategy === "dynamic" ? DynamicSupervisor : Supervisor;
        const entries = yield* module.whichChildren(pid);
        const children = entries.map(([id, child]) => ({ id, child }));
        sights.push(strategy === "dynamic" ? children : children.reverse());
      }
      return sights;
    });
  }

  /** Starts who is missing below a supervisor: `kept` when that has still got its spec. */
  add(supervisor: AnyPid, { strategy }: SupervisorPlan, plan: Plan, kept: boolean): AnyPid {
    const spec = this.spec(plan);
    return this.perform(function* () {
      if (strategy === "dynamic") return yield* DynamicSupervisor.startChild(supervisor, spec);
      if (kept) return yield* Supervisor.restartChild(supervisor, plan.id);
      return yield* Supervisor.startChild(supervisor, spec);
    }) as AnyPid;
  }

  spec(plan: Plan): ChildSpec {
    const { ids, starts } = this;
    const launch = plan.kind === "worker" ? starterOf(plan) : this.supervisorOf(plan);
    return {
      id: plan.id,
      type: plan.kind,
      restart: plan.restart,
      significant: plan.significant,
      *start() {
        starts.set(plan.id, (starts.get(plan.id) ?? 0) + 1);
        const pid = yield* launch();
        ids.set(pid, plan.id);
        return pid;
      },
      ...(plan.kind === "worker" && plan.temper === "stubborn" && { shutdown: PATIENCE }),
    };
  }

  private supervisorOf(plan: SupervisorPlan): () => Doing<AnyPid> {
    const { children, options } = this.parts(plan);
    const { strategy } = plan;
    if (strategy === "dynamic") return () => DynamicSupervisor.startLink(options);
    const all = { ...options, strategy, autoShutdown: plan.autoShutdown };
    return () => Supervisor.startLink(children, all);
  }

  private parts({ children, name, maxRestarts, maxSeconds }: SupervisorPlan) {
    return {
      children: children.map((each) => this.spec(each)),
      options: { maxRestarts, maxSeconds, ...(name !== undefined && { name }) },
    };
  }
}

function starterOf({ temper, name }: WorkerPlan): () => Doing<AnyPid> {
  if (temper === "server") {
    return () => GenServer.startLink(server, [], name === undefined ? {} : { name });
  }
  return function* () {
    return spawnOpt(worker, { link: true, args: [self(), temper], ...(name !== undefined && { name }) });
  };
}

function* worker(self: Self<Message>, supervisor: AnyPid, temper: string): Steps<void> {
  if (temper !== "plain") self.trapExit = true;
  for (;;) {
    const message = yield* self.receive();
    if (message[0] === "end") return end(self, message[1]);
    const [, from, reason] = message;
    if (from === supervisor && (temper !== "stubborn" || reason !== "shutdown")) self.exit(reason);
  }
}

function end(self: Self<Message>, reason: unknown): void {
  if (reason instanceof Error) throw reason;
  if (reason !== "normal") self.exit(reason);
}

const server: Callbacks = {
  init: () => "idle",
  handleInfo(order: Order, state) {
    if (order[1] instanceof Error) throw order[1];
    return stop(order[1], state);
  },
};
