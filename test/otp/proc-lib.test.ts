import { expect, test } from "vitest";
import { current, GenServer, type Pid, reply, type Self, Supervisor, stop } from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";
import { exitOf, briefly as inside } from "./support/inside.ts";

type Steps<T> = Generator<unknown, T, unknown>;

/** Runs what it is called with. */
const Puppet = GenServer.define({
  name: "Puppet",
  init: (...first: (() => unknown)[]): any => first[0]?.() ?? "idle",
  handleCall: (run: () => unknown, _, state) => reply(run(), state),
});

test("servers that one process starts begin with the same dictionary, and change their own", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* (self) {
    const servers: Pid<any>[] = [];
    for (let i = 0; i < 3; i++) servers.push(yield* Puppet.startLink());
    const [first, second, third] = servers as [Pid<any>, Pid<any>, Pid<any>];
    const answers = [
      yield* GenServer.call(first, () => [runtime.put("colour", "red"), runtime.put("$initial_call", "mine")]),
      yield* GenServer.call(second, () => [
        runtime.erase("$ancestors"),
        runtime.get("$ancestors"),
        runtime.get("colour"),
      ]),
      yield* GenServer.call(first, () => [runtime.get("colour"), runtime.erase("colour"), runtime.get("colour")]),
    ];
    const dictionaries = [first, second, third, yield* Puppet.startLink()].map((server) =>
      Object.fromEntries(runtime.processInfo(server, "dictionary") ?? []),
    );
    return { answers, dictionaries, pid: self.pid };
  });
  const { answers, dictionaries, pid } = seen;
  const call = "Puppet.startLink";
  expect(answers).toEqual([
    [undefined, call],
    [[pid], undefined, undefined],
    ["red", "red", undefined],
  ]);
  const untouched = { $ancestors: [pid], $initial_call: call };
  expect(dictionaries).toEqual([
    { $ancestors: [pid], $initial_call: "mine" },
    { $initial_call: call },
    untouched,
    untouched,
  ]);
});

test("a server's dictionary in the hands of who asks for it is a copy", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* () {
    const server = yield* Puppet.startLink();
    (runtime.processInfo(server, "dictionary") as Map<unknown, unknown>).set("$initial_call", "forged");
    return [server, yield* Puppet.startLink()].map((each) =>
      runtime.processInfo(each, "dictionary")?.get("$initial_call"),
    );
  });
  expect(seen).toEqual(["Puppet.startLink", "Puppet.startLink"]);
});

test("a name that is given to a server later does not become its sisters'", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* () {
    const first = yield* Puppet.startLink();
    const second = yield* Puppet.startLink();
    runtime.register(first, "first");
    return [first, second].map((server) => runtime.processInfo(server, "registeredName"));
  });
  expect(seen).toEqual(["first", undefined]);
});

for (const traps of [false, true]) {
  const who = traps ? "a starter that traps exits" : "a starter";
  test(`${who} is told the outcome, whatever else the server sends it meanwhile`, () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      self.trapExit = traps;
      const decoys = (pid: Pid<any>): unknown[] => [
        pid,
        [pid, ["failed", "not this"]],
        ["ack", "nobody", ["failed", "nor this"]],
        ["EXIT", pid, "forged"],
      ];
      const server = yield* Puppet.startLink(() => {
        for (const decoy of decoys(runtime.self())) runtime.send(self.pid, decoy);
      });
      const got: unknown[] = [];
      for (let i = 0; i < 4; i++) got.push(yield* self.receive());
      return { got, sent: decoys(server), left: runtime.processInfo(self.pid, "messageQueueLen") };
    });
    expect(seen.got).toEqual(seen.sent);
    expect(seen.left).toBe(0);
  });
}

test("who starts many with many messages waiting is told as well, and its messages stay in their order", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* (self) {
    self.trapExit = true;
    for (let i = 0; i < 100; i++) self.send(self.pid, i);
    const servers = new Set<Pid<any>>();
    for (let i = 0; i < 5; i++) servers.add(yield* Puppet.startLink());
    const failure = yield* exitOf(Puppet.startLink(() => stop("no")));
    const got: unknown[] = [];
    for (let i = 0; i < 101; i++) got.push(yield* self.receive());
    servers.add(yield* Puppet.startLink());
    return { size: servers.size, failure, got, monitors: runtime.processInfo(self.pid, "monitors") };
  });
  expect(seen.size).toBe(6);
  expect(seen.failure).toMatchObject({ reason: "no" });
  expect(seen.got.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(seen.got[100]).toMatchObject({ 0: "EXIT" });
  expect(seen.monitors).toEqual([]);
});

// OTP 25: `proc_lib:start_link` takes the EXIT message of who was killed before it had said anything.
test("a server that is killed before it has begun fails its start, and leaves no message behind", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* (self) {
    self.trapExit = true;
    const killer = (pid: Pid<any>) => runtime.spawn(() => void runtime.exit(pid, "kill"));
    const failure = yield* exitOf(
      Puppet.startLink(function* (): Steps<string> {
        killer(runtime.self());
        yield* (current() as Self<any>).receive();
        return "never";
      }),
    );
    return { failure, left: runtime.processInfo(self.pid, "messages") };
  });
  expect(seen).toMatchObject({ failure: { reason: "killed" }, left: [] });
});

test("an operation that starts a server may be yielded again, and its iterator as well", () => {
  const { runtime } = ownRuntime();
  const seen = inside(runtime, function* (self) {
    self.trapExit = true;
    const start = Puppet.startLink();
    const first = yield* start;
    const begun = start[Symbol.iterator]();
    const second = yield* { [Symbol.iterator]: () => begun };
    return [first, second, yield* start];
  });
  expect(new Set(seen).size).toBe(3);
});

test("a supervisor of which some children have left knows the others in their order", () => {
  const { runtime } = ownRuntime();
  const Worker = GenServer.define({ name: "Worker", init: (id: number) => id });
  const seen = inside(runtime, function* () {
    const children = [1, 2, 3, 4, 5, 6].map((id) => ({
      ...Worker.child(id, { id }),
      restart: id % 2 === 0 ? ("temporary" as const) : ("permanent" as const),
    }));
    const supervisor = yield* Supervisor.startLink(children, { strategy: "one_for_one" });
    for (const id of [2, 4]) yield* Supervisor.terminateChild(supervisor, id);
    yield* Supervisor.startChild(supervisor, { ...Worker.child(7, { id: 2 }), restart: "temporary" });
    const before = (yield* Supervisor.whichChildren(supervisor)).map(([id]) => id);
    yield* Supervisor.terminateChild(supervisor, 6);
    yield* Supervisor.terminateChild(supervisor, 2);
    const after = (yield* Supervisor.whichChildren(supervisor)).map(([id]) => id);
    return { before, after, counts: yield* Supervisor.countChildren(supervisor) };
  });
  expect(seen.before).toEqual([2, 6, 5, 3, 1]);
  expect(seen.after).toEqual([5, 3, 1]);
  expect(seen.counts).toMatchObject({ specs: 3, active: 3 });
});
