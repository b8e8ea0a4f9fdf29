// biome-ignore-all lint/suspicious/noExplicitAny: the pids of children take anything
import {
  type ChildSpec,
  GenServer,
  ignore,
  type Op,
  type Pid,
  reply,
  Supervisor,
  type SupervisorInit,
} from "../../src/index.ts";
import type { Same } from "./same.ts";

const Stack = GenServer.define({
  name: "Stack",
  init: (items: string[]) => items,
  calls: { pop: (items) => reply(items[0], items.slice(1)) },
});

// Children are specs, modules, and modules with arguments.
const spec: ChildSpec = { id: "w", start: () => Stack.startLink([]), restart: "transient", shutdown: 5000 };
void Supervisor.startLink([spec, Stack, [Stack, []], Stack.child([], { name: "stack" })], { strategy: "one_for_one" });
void Supervisor.startLink([{ id: 1, start: async () => await Stack.startLink([]) }], { strategy: "rest_for_one" });
void Supervisor.startLink([{ id: 1, start: () => "ignore", shutdown: Number.POSITIVE_INFINITY }], {
  strategy: "one_for_all",
});

// @ts-expect-error: no such strategy
void Supervisor.startLink([], { strategy: "all" });
// @ts-expect-error: a strategy has to be chosen
void Supervisor.startLink([], {});
// @ts-expect-error: no such restart type
void Supervisor.startLink([{ id: 1, start: () => Stack.startLink([]), restart: "forever" }], {
  strategy: "one_for_one",
});
// @ts-expect-error: a child without a start
void Supervisor.startLink([{ id: 1 }], { strategy: "one_for_one" });
// @ts-expect-error: a start function that gives no pid
void Supervisor.startLink([{ id: 1, start: () => 7 }], { strategy: "one_for_one" });

// A supervisor of one's own: the arguments are those of its init.
const Tree = Supervisor.define({
  init: (name: string, count: number) =>
    count === 0 ? ignore() : Supervisor.init([[Stack, [name]]], { strategy: "one_for_all", maxRestarts: count }),
});
void Tree.startLink("a", 1, { name: "tree" });
Tree.child("a", 1, { id: "tree", significant: true });
// @ts-expect-error: the second argument is a number
void Tree.startLink("a", "1");
// @ts-expect-error: an argument is missing
void Tree.startLink("a");

const init: SupervisorInit = Supervisor.init([Tree.child("b", 2)], { strategy: "one_for_one" });
init.flags.maxRestarts satisfies number;

function* body(sup: Pid<any>) {
  const children = yield* Supervisor.whichChildren(sup);
  for (const [, child] of children) true satisfies Same<typeof child, Pid<any> | "restarting" | undefined>;
  const { active } = yield* Supervisor.countChildren("sup");
  active satisfies number;
  const started = yield* Supervisor.startChild(sup, Stack);
  true satisfies Same<typeof started, Pid<any> | undefined>;
  (yield* Supervisor.terminateChild(sup, "w")) satisfies "ok";
}
Supervisor.stop("sup", "shutdown", 1000) satisfies Op<"ok">;

export { body };
