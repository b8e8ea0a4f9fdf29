import { describe, expect, test } from "vitest";
import { type ExitError, GenServer, on, P, type Pid, pg, type Self, Supervisor, sys } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "../semantics/support/own-runtime.ts";
import { caught, inside, received } from "./support/inside.ts";

const reasonOf = (error: unknown) => (error as ExitError).reason;

/** Runs a body in a process, in a runtime that has the default scope. */
function withScope<T>(body: (self: Self<any>) => Generator<any, T, any>): T {
  const { runtime, reports } = ownRuntime();
  const result = inside(runtime, function* (self) {
    yield* pg.startLink();
    return yield* body(self);
  });
  expect(reports).toEqual([]);
  return result;
}

describe("groups", () => {
  test("have the members that have joined, and are gone when these are", () => {
    withScope(function* (self) {
      const other = self.spawn(idle);
      expect(pg.getMembers("group")).toEqual([]);
      expect(pg.whichGroups()).toEqual([]);
      expect(yield* pg.join("group", self.pid)).toBe("ok");
      yield* pg.join("group", [other]);
      expect(pg.getMembers("group")).toEqual([self.pid, other]);
      expect(pg.getLocalMembers("group")).toEqual([self.pid, other]);
      yield* pg.join("other", [other, self.pid]);
      expect(pg.whichGroups()).toEqual(["group", "other"]);
      expect(pg.whichLocalGroups()).toEqual(["group", "other"]);
      expect(yield* pg.leave("group", self.pid)).toBe("ok");
      expect(yield* pg.leave("group", self.pid)).toBe("not_joined");
      expect(pg.getMembers("group")).toEqual([other]);
      yield* pg.leave("group", other);
      expect(pg.whichGroups()).toEqual(["other"]);
      expect(yield* pg.leave("group", other)).toBe("not_joined");
    });
  });

  test("have a member as often as it has joined", () => {
    withScope(function* (self) {
      const { pid } = self;
      const other = self.spawn(idle);
      yield* pg.join("group", [pid, other, pid]);
      yield* pg.join("group", pid);
      expect(pg.getMembers("group")).toEqual([pid, other, pid, pid]);
      expect(yield* pg.leave("group", [pid, pid])).toBe("ok");
      expect(pg.getMembers("group")).toEqual([other, pid]);
      // Enough that one of them was in it.
      expect(yield* pg.leave("group", [pid, pid, other])).toBe("ok");
      expect(pg.getMembers("group")).toEqual([]);
      expect(yield* pg.leave("group", [pid, other])).toBe("not_joined");
      yield* pg.join("group", []);
      expect(pg.whichGroups()).toEqual([]);
    });
  });

  test("are left by a process that ends, at once", () => {
    withScope(function* (self) {
      const other = self.spawn(idle);
      yield* pg.join("group", [other, self.pid, other]);
      yield* pg.join(["a", 1], other);
      self.exit(other, "kill");
      expect(pg.getMembers("group")).toEqual([self.pid]);
      expect(pg.getMembers(["a", 1])).toEqual([]);
      yield* self.sleep(0);
      expect(pg.whichGroups()).toEqual(["group"]);
      // One that has ended before leaves again.
      yield* pg.join("dead", other);
      yield* self.sleep(0);
      expect(pg.whichGroups()).toEqual(["group"]);
    });
  });

  test("nothing is left of a process that joins, leaves and ends in any order", () => {
    withScope(function* (self) {
      const other = self.spawn(idle);
      const scope = self.runtime.whereis("pg") as Pid<any>;
      yield* sys.suspend(scope);
      // The end of the member and its leaving wait in the mailbox of the scope together.
      const asking = self.spawn(function* (theirs: Self<any>) {
        theirs.exit(other, "kill");
        yield* pg.join("group", other);
        self.send(self.pid, yield* pg.leave("group", other));
      } as never);
      yield* self.sleep(0);
      yield* sys.resume(scope);
      yield* self.sleep(0);
      expect(self.runtime.isAlive(asking)).toBe(false);
      expect(pg.whichGroups()).toEqual([]);
      const { monitors } = self.runtime.processInfo(scope) as { monitors: unknown[] };
      expect(monitors).toEqual([]);
    });
  });

  test("have names that are equal as Erlang's are", () => {
    withScope(function* ({ pid }) {
      for (const name of ["a", 1, ["room", 1], pid]) yield* pg.join(name, pid);
      expect(pg.getMembers(["room", 1])).toEqual([pid]);
      expect(pg.whichGroups()).toEqual(["a", 1, ["room", 1], pid]);
      expect(thrown(() => pg.getMembers({ room: 1 }))).toBeInstanceOf(TypeError);
      expect(thrown(() => pg.join(undefined, pid))).toBeInstanceOf(TypeError);
    });
  });
});

describe("scopes", () => {
  test("are independent of each other", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* ({ pid }) {
      const first = yield* pg.startLink("one");
      yield* pg.start("two");
      expect(runtime.whereis("one")).toBe(first);
      expect(reasonOf(yield* caught(() => pg.start("one")))).toEqual(["already_started", first]);
      yield* pg.join("group", pid, { scope: "one" });
      expect(pg.getMembers("group", { scope: "one" })).toEqual([pid]);
      expect(pg.getMembers("group", { scope: "two" })).toEqual([]);
      expect(pg.whichGroups({ scope: "two" })).toEqual([]);
      expect(yield* pg.leave("group", pid, { scope: "two" })).toBe("not_joined");
    });
  });

  test("that do not run have no members; the rest is an error", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* ({ pid }) {
      expect(pg.getMembers("group")).toEqual([]);
      expect(thrown(() => pg.whichGroups())).toMatchObject({ message: `pg: the scope "pg" does not run` });
      for (const act of [
        () => pg.join("group", pid),
        () => pg.leave("group", pid),
        () => pg.monitor("group"),
        () => pg.monitorScope(),
        () => pg.demonitor(runtime.monitor(pid)),
      ]) {
        expect(reasonOf(yield* caught(act))).toBe("noproc");
      }
      for (const act of [
        () => pg.start(1 as never),
        () => pg.getMembers("group", { scope: "" }),
        () => pg.join("group", "pid" as never),
        () => pg.join("group", [pid, 1] as never),
        () => pg.join("group", undefined as never),
        () => pg.leave("group", {} as never),
      ]) {
        expect(thrown(act)).toBeInstanceOf(TypeError);
      }
    });
  });

  test("lose their groups when they are restarted", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      expect(pg.child()).toMatchObject({ id: "pg" });
      yield* Supervisor.startLink([pg.child("scope")], { strategy: "one_for_one" });
      const scope = runtime.whereis("scope") as Pid<any>;
      yield* pg.join("group", self.pid, { scope: "scope" });
      self.exit(scope, "kill");
      expect(pg.getMembers("group", { scope: "scope" })).toEqual([]);
      yield* self.sleep(0);
      expect(pg.whichGroups({ scope: "scope" })).toEqual([]);
      yield* pg.join("group", self.pid, { scope: "scope" });
      expect(pg.getMembers("group", { scope: "scope" })).toEqual([self.pid]);
    });
  });

  test("end of messages that make no sense, as in OTP", () => {
    for (const act of [
      (self: Self<any>) => self.send("pg", "what?"),
      () => GenServer.cast("pg", "what?"),
      () => GenServer.call("pg", "what?"),
      () => GenServer.call("pg", ["what?"]),
    ]) {
      const { runtime, reports } = ownRuntime();
      inside(runtime, function* (self) {
        const scope = yield* pg.start();
        const ref = self.monitor(scope);
        const asked: any = act(self);
        if (asked?.then !== undefined) expect(reasonOf(yield* caught(() => asked))).toBeInstanceOf(Error);
        expect(yield* self.receive(on(["DOWN", ref, P._, P._, P._], ([, , , , reason]) => reason))).toBeInstanceOf(
          Error,
        );
      });
      expect(reports.map(({ kind }) => kind)).toEqual(["server"]);
    }
  });
});

describe("who monitors", () => {
  test("a scope is told of all changes", () => {
    withScope(function* (self) {
      const { pid } = self;
      const other = self.spawn(idle);
      const [first, empty] = yield* pg.monitorScope();
      expect(empty).toEqual(new Map());
      yield* pg.join("group", pid);
      yield* pg.join(["other", 1], [other, other]);
      const [second, groups] = yield* pg.monitorScope();
      expect([...groups]).toEqual([
        ["group", [pid]],
        [
          ["other", 1],
          [other, other],
        ],
      ]);
      yield* received(self);
      yield* pg.leave("group", pid);
      yield* pg.leave("group", pid);
      self.exit(other, "kill");
      yield* self.sleep(0);
      const changes = (yield* received(self)) as any[];
      expect(changes.filter(([ref]) => ref === second)).toEqual([
        [second, "leave", "group", [pid]],
        [second, "leave", ["other", 1], [other]],
        [second, "leave", ["other", 1], [other]],
      ]);
      expect(changes.filter(([ref]) => ref === first)).toHaveLength(3);
    });
  });

  test("a group is told of its changes, until it has had enough", () => {
    withScope(function* (self) {
      const { pid } = self;
      const other = self.spawn(idle);
      yield* pg.join("group", pid);
      const [ref, members] = yield* pg.monitor("group");
      expect(members).toEqual([pid]);
      const [empty, none] = yield* pg.monitor("empty");
      expect(none).toEqual([]);
      yield* pg.join("group", [other, pid]);
      yield* pg.join("another", other);
      // Only those that were in it have left it.
      yield* pg.leave("group", [other, other]);
      expect(yield* received(self)).toEqual([
        [ref, "join", "group", [other, pid]],
        [ref, "leave", "group", [other]],
      ]);
      yield* pg.join("group", other);
      yield* pg.join("empty", other);
      self.send(self.pid, "mine");
      expect(yield* pg.demonitor(ref)).toBe("ok");
      yield* pg.join("group", other);
      expect(yield* received(self)).toEqual([[empty, "join", "empty", [other]], "mine"]);
      expect(yield* pg.demonitor(ref)).toBe(false);
      const [all] = yield* pg.monitorScope();
      yield* pg.join("empty", other);
      expect(yield* pg.demonitor(all)).toBe("ok");
      yield* pg.demonitor(empty);
      yield* pg.join("empty", other);
      expect(yield* received(self)).toEqual([]);
    });
  });

  test("is forgotten when it ends", () => {
    withScope(function* (self) {
      const watching = self.spawn(function* (theirs: Self<any>) {
        yield* pg.monitorScope();
        yield* pg.monitor("group");
        yield* idle(theirs);
      });
      yield* self.sleep(0);
      const scope = self.runtime.whereis("pg") as Pid<any>;
      const monitors = () => self.runtime.processInfo(scope, "monitors");
      expect(monitors()).toEqual([watching, watching]);
      self.exit(watching, "kill");
      yield* pg.join("group", self.pid);
      expect(monitors()).toEqual([self.pid]);
    });
  });

  test("and a member of the same group is both", () => {
    withScope(function* (self) {
      const watching = self.spawn(function* (theirs: Self<any>) {
        yield* pg.monitor("group");
        yield* pg.join("group", theirs.pid);
        yield* idle(theirs);
      });
      yield* self.sleep(0);
      expect(pg.getMembers("group")).toEqual([watching]);
      self.exit(watching, "kill");
      yield* self.sleep(0);
      expect(pg.whichGroups()).toEqual([]);
    });
  });
});

test("the host's code joins, and is told of changes in its own mailbox", async () => {
  const { runtime } = ownRuntime();
  const as = { as: runtime };
  const go = async <T>(op: PromiseLike<T>): Promise<T> => {
    const going = Promise.resolve(op);
    runtime.run();
    return await going;
  };
  await go(pg.startLink("pg", as));
  const [ref] = await go(pg.monitor("group", as));
  await go(pg.join("group", runtime.self(), as));
  expect(pg.getMembers("group", as)).toEqual([runtime.self()]);
  expect(await go(runtime.receive())).toEqual([ref, "join", "group", [runtime.self()]]);
  await go(pg.leave("group", runtime.self(), as));
  const demonitoring = Promise.resolve(pg.demonitor(ref, as));
  for (let i = 0; i < 10; i++) {
    runtime.run();
    for (let j = 0; j < 10; j++) await null;
  }
  expect(await demonitoring).toBe("ok");
  expect(runtime.processInfo(runtime.self(), "messageQueueLen")).toBe(0);
});

test("sys shows the groups", () => {
  withScope(function* (self) {
    yield* pg.join("group", self.pid);
    expect((yield* sys.getStatus("pg")).state).toEqual(new Map([["group", [self.pid]]]));
  });
});
