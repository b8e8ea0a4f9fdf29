import {
  type ChildCounts,
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorInit,
  GenServer,
  ignore,
  type Op,
  PartitionSupervisor,
  type Pid,
  reply,
  type Via,
} from "../../src/index.ts";
import type { Same } from "./same.ts";

const Room = GenServer.define({
  name: "Room",
  init: (name: string) => name,
  calls: { name: (name) => reply(name, name) },
});

// What startLink, child and init take.
void DynamicSupervisor.startLink();
void DynamicSupervisor.startLink({
  name: "rooms",
  maxChildren: 3,
  extraArguments: [1, "a"],
  maxRestarts: 1,
  maxSeconds: 2,
});
const spec: ChildSpec = DynamicSupervisor.child({ name: "rooms", shutdown: "brutalKill", restart: "temporary" });
const flags: DynamicSupervisorInit = DynamicSupervisor.init({ strategy: "one_for_one" });
void [spec, flags];

// @ts-expect-error: there is one strategy
void DynamicSupervisor.startLink({ strategy: "one_for_all" });
// @ts-expect-error: no such option
void DynamicSupervisor.startLink({ max_children: 3 });
// @ts-expect-error: extra arguments are an array
void DynamicSupervisor.startLink({ extraArguments: "a" });
// @ts-expect-error: no such restart type
void DynamicSupervisor.child({ restart: "always" });

// Children are specs, modules, and modules with arguments.
void DynamicSupervisor.startChild("rooms", Room.child("kitchen", { name: "kitchen" }));
void DynamicSupervisor.startChild("rooms", [Room, "kitchen"]);
void DynamicSupervisor.startChild("rooms", { id: 1, start: (size: number) => Room.startLink(`${size}`) });
// @ts-expect-error: a child without a start
void DynamicSupervisor.startChild("rooms", { id: 1 });
// @ts-expect-error: no child
void DynamicSupervisor.startChild("rooms", "kitchen");
// @ts-expect-error: children are known by their pids
void DynamicSupervisor.terminateChild("rooms", "kitchen");

// biome-ignore lint/suspicious/noExplicitAny: the pids of children take anything
type AnyPid = Pid<any>;
type Started = Same<ReturnType<typeof DynamicSupervisor.startChild>, Op<AnyPid | undefined>>;
type Counted = Same<ReturnType<typeof DynamicSupervisor.countChildren>, Op<ChildCounts>>;
const started: Started = true;
const counted: Counted = true;
void [started, counted];

// A module's arguments are those of its init.
const Rooms = DynamicSupervisor.define({
  name: "Rooms",
  init: (size: number, house: string) =>
    house === "" ? ignore() : DynamicSupervisor.init({ maxChildren: size, extraArguments: [house] }),
});
void Rooms.startLink(3, "house", { name: "rooms" });
void Rooms.child(3, "house", { id: "rooms", restart: "transient" });
void DynamicSupervisor.startLink(Rooms, [3, "house"], { name: "rooms" });
// @ts-expect-error: a size is a number
void Rooms.startLink("3", "house");
// @ts-expect-error: an argument is missing
void Rooms.child(3);
// @ts-expect-error: an argument is missing
void DynamicSupervisor.startLink(Rooms, [3]);
// @ts-expect-error: init gives what DynamicSupervisor.init does
void DynamicSupervisor.define({ init: () => 3 });

// Partitions.
void PartitionSupervisor.startLink({
  name: "rooms",
  childSpec: DynamicSupervisor,
  partitions: 3,
  strategy: "one_for_all",
});
void PartitionSupervisor.startLink({ name: "rooms", childSpec: (partition) => Room.child(`${partition}`) });
void PartitionSupervisor.startLink({
  name: "rooms",
  childSpec: [Room, "x"],
  withArguments: ([name], n) => [`${name} ${n}`],
});
const via: Via = PartitionSupervisor.via("rooms", { any: "key" });
const name: Op<string> = Room.call.name(via);
const partitions: number = PartitionSupervisor.partitions("rooms");
void [name, partitions];
// @ts-expect-error: it needs a name
void PartitionSupervisor.startLink({ childSpec: DynamicSupervisor });
// @ts-expect-error: it needs a child
void PartitionSupervisor.startLink({ name: "rooms" });
// @ts-expect-error: partitions are counted
void PartitionSupervisor.startLink({ name: "rooms", childSpec: DynamicSupervisor, partitions: "3" });
// @ts-expect-error: partitions are no templates
void PartitionSupervisor.startLink({ name: "rooms", childSpec: DynamicSupervisor, strategy: "simple_one_for_one" });
