import { current, GenServer, type Op, on, P, type Pid, type Self, stop } from "../../src/index.ts";
import type { ChildScenario, Outcome, SupervisorEvent } from "./supervisor-scenario.ts";
import type { Term } from "./term.ts";
import { Raised, type Values } from "./values.ts";

/** Who is told what the children of a scenario do. */
export interface Nursery {
  readonly values: Values;
  log(event: SupervisorEvent): void;
  watch(pid: Pid<never>): void;
  /** Async start functions under way. */
  pending: number;
}

/** What a start function has begun: a process that is soon ready, or a start that fails. */
interface Beginning {
  readonly started: Pid<unknown> | "ignore";
  readonly failing?: Op<Pid<unknown>>;
}

/** The only messages that a child acts upon. */
export class Order {
  readonly op: "exit" | "error";
  readonly reason: Term;

  constructor(op: "exit" | "error", reason: Term) {
    this.op = op;
    this.reason = reason;
  }
}

/** The start functions of one scenario's children. */
export class Starts {
  private readonly nursery: Nursery;
  private readonly calls = new Map<string, number>();

  constructor(nursery: Nursery) {
    this.nursery = nursery;
  }

  /** The start function of a child as a generator, in the supervisor. */
  *start(child: ChildScenario): Generator<unknown, Pid<unknown> | "ignore", unknown> {
    const supervisor = current() as Self<unknown>;
    const { started, failing } = this.begin(supervisor, child, (self) =>
      self.send(supervisor.pid, ["ready", self.pid]),
    );
    if (failing !== undefined) return yield* failing;
    if (started === "ignore") return started;
    yield* supervisor.receive(on(["ready", started], () => undefined));
    return started;
  }

  /** The same as an async function. */
  async startAsync(child: ChildScenario): Promise<Pid<unknown> | "ignore"> {
    const { nursery } = this;
    const supervisor = current() as Self<unknown>;
    nursery.pending++;
    try {
      let tell = () => {};
      const ready = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const { started, failing } = this.begin(supervisor, child, tell);
      if (failing !== undefined) return await failing;
      if (started !== "ignore") await ready;
      return started;
    } finally {
      nursery.pending--;
    }
  }

  /** `ready`: called in the new process once it is. */
  private begin(supervisor: Self<unknown>, child: ChildScenario, ready: (self: Self<unknown>) => void): Beginning {
    const { nursery } = this;
    const [label, outcome] = this.next(child);
    if (outcome === "ok") {
      nursery.log(["start", label]);
      const pid = supervisor.spawnLink(puppet, supervisor.pid, child, nursery, ready);
      nursery.values.bindPid(label, pid);
      nursery.watch(pid);
      return { started: pid };
    }
    nursery.log(["start", label, outcome]);
    if (outcome === "ignore") return { started: "ignore" };
    if ("exit" in outcome) return supervisor.exit(nursery.values.toValue(outcome.exit));
    const reason = nursery.values.toValue(outcome.error);
    const { runtime } = supervisor;
    return { started: "ignore", failing: GenServer.start({ init: () => stop(reason) }, [], { as: runtime }) };
  }

  private next({ id, start = ["ok"] }: ChildScenario): [label: string, outcome: Outcome] {
    const number = (this.calls.get(id) ?? 0) + 1;
    this.calls.set(id, number);
    return [`${id}#${number}`, start[Math.min(number, start.length) - 1] as Outcome];
  }
}

/** The process of a child. */
function* puppet(
  self: Self<unknown>,
  supervisor: Pid<unknown>,
  { trap = false, on_shutdown = "exit" }: ChildScenario,
  { values }: Nursery,
  ready: (self: Self<unknown>) => void,
): Generator<unknown, void, unknown> {
  self.trapExit = trap;
  ready(self);
  for (;;) {
    const order = yield* self.receive(
      on(Order, (order) => order),
      on(["EXIT", supervisor, P._], ([, , reason]) => [reason]),
    );
    if (order instanceof Order) {
      if (order.op === "error") throw new Raised(order.reason);
      self.exit(values.toValue(order.reason));
    }
    if (on_shutdown === "exit") self.exit((order as unknown[])[0]);
    if (typeof on_shutdown === "object") self.exit(values.toValue(on_shutdown.reason));
  }
}
