import { describe, expect, test } from "vitest";
import {
  type EventHandler,
  EventHandlerReport,
  ExitError,
  GenEvent,
  type HandlerRef,
  ok,
  on,
  P,
  type Pid,
  Registry,
  type Runtime,
  reply,
  type Self,
  Supervisor,
  stop,
  sys,
} from "../../src/index.ts";
import { ownRuntime, settle, thrown } from "../semantics/support/own-runtime.ts";
import { begin, caught, inside, received } from "./support/inside.ts";

/** A handler that tells a process what it is called for; its requests and events say what it is to return. */
function telling(name: string): EventHandler<any, Pid<any> | [Pid<any>, ...unknown[]]> {
  const act = (kind: string) => (what: any, state: any) => {
    const [pid, runtime] = state;
    const [word, ...args] = Array.isArray(what) ? what : [what];
    switch (word) {
      case "remove":
        return GenEvent.remove("removed");
      case "swap":
        return GenEvent.swap(state, "swapping", args[0], args[1] ?? state, "swapped");
      case "crash":
        throw new Error("oops");
      case "exit":
        throw new ExitError("gone");
      case "nonsense":
        return kind === "call" ? "nonsense" : undefined;
      default:
        runtime.send(pid, [name, kind, what]);
        return kind === "call" ? reply(["ok", what], state) : state;
    }
  };
  return {
    name,
    init(args: any, previous) {
      if (args === "stop") return stop("refused");
      if (args === "throw") throw new Error("no init");
      const [pid] = args;
      if (previous !== undefined) args[1].send(pid, [name, "init", previous]);
      return args;
    },
    handleEvent: act("event"),
    handleInfo: act("info"),
    handleCall: act("call"),
    terminate(reason, [pid, runtime]) {
      if (reason === "fail") throw new Error("no end");
      runtime.send(pid, [name, "terminate", reason]);
      return `${name} ended`;
    },
  };
}

const one = telling("one");
const two = telling("two");

/** Runs a body with a manager and what handlers begin with. */
function withManager<T>(
  body: (self: Self<any>, manager: Pid<any>, me: [Pid<any>, Runtime]) => Generator<any, T, any>,
): { value: T; reports: EventHandlerReport[]; texts: (string | undefined)[]; runtime: Runtime } {
  const { runtime, reports } = ownRuntime();
  const value = inside(runtime, function* (self) {
    const manager = yield* GenEvent.start();
    return yield* body(self, manager, [self.pid, runtime]);
  });
  return { value, reports: reports as EventHandlerReport[], texts: reports.map(({ text }) => text), runtime };
}

const reasonOf = (error: unknown) => (error as ExitError).reason;

describe("a manager", () => {
  test("is started with and without a link and a name, and stopped", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      for (const start of [GenEvent.start, GenEvent.startLink]) {
        const anonymous = yield* start();
        expect(yield* GenEvent.whichHandlers(anonymous)).toEqual([]);
        expect(runtime.processInfo(self.pid, "links")?.includes(anonymous)).toBe(start === GenEvent.startLink);
        expect(yield* GenEvent.stop(anonymous)).toBe("ok");
        const named = yield* start({ name: "events" });
        expect(yield* GenEvent.whichHandlers("events")).toEqual([]);
        for (const again of [GenEvent.start, GenEvent.startLink]) {
          expect(reasonOf(yield* caught(() => again({ name: "events" })))).toEqual(["already_started", named]);
        }
        yield* GenEvent.stop("events");
        expect(runtime.whereis("events")).toBeUndefined();
      }
      yield* Registry.startLink({ keys: "unique", name: "reg" });
      const via = Registry.via("reg", "events");
      yield* GenEvent.start({ name: via });
      expect(yield* GenEvent.whichHandlers(via)).toEqual([]);
      yield* GenEvent.stop(via);
      const [pid, ref] = yield* GenEvent.startMonitor();
      yield* GenEvent.stop(pid, "shutdown");
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, "shutdown"]);
    });
  });

  test("ends with its parent, when that ends, after the handlers", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const parent = self.spawn(function* (theirs: Self<any>) {
        const manager = yield* GenEvent.startLink({ name: "events" });
        yield* GenEvent.addHandler(manager, one, [self.pid, runtime]);
        yield* theirs.receive();
        theirs.exit("enough");
      });
      yield* self.sleep(0);
      self.send(parent, "end");
      yield* self.sleep(0);
      return [runtime.whereis("events"), yield* self.receive()];
    });
    expect(seen).toEqual([undefined, ["one", "terminate", "stop"]]);
  });

  test("is a child of a supervisor", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      const child = GenEvent.child({ name: "events", restart: "transient" });
      expect(child).toMatchObject({ id: "events", restart: "transient" });
      expect(GenEvent.child()).toMatchObject({ id: "GenEvent" });
      const supervisor = yield* Supervisor.startLink([child], { strategy: "one_for_one" });
      const first = runtime.whereis("events") as Pid<any>;
      self.exit(first, "kill");
      yield* self.sleep(0);
      expect(runtime.whereis("events")).not.toBe(first);
      expect(yield* GenEvent.whichHandlers("events")).toEqual([]);
      yield* Supervisor.stop(supervisor);
    });
  });

  test("is read and changed by sys: the state of each handler", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.addHandler(manager, one, me);
      yield* GenEvent.addHandler(manager, [two, "id"], me);
      expect(yield* sys.getState(manager)).toEqual([
        [two, "id", me],
        [one, false, me],
      ]);
      const replaced = yield* sys.replaceState(manager, (rows: any[]) =>
        rows.map(([handler, id, state]) => [handler, id, [...state, "more"]]),
      );
      expect(replaced[0][2]).toHaveLength(3);
      yield* sys.suspend(manager);
      expect(yield* sys.getState(manager)).toEqual(replaced);
      expect(yield* caught(() => sys.replaceState(manager, () => "nonsense"))).toBeInstanceOf(TypeError);
      yield* sys.resume(manager);
      const status = yield* sys.getStatus(manager);
      expect([status.behaviour, status.status]).toEqual(["GenEvent", "running"]);
      expect(yield* sys.getState(manager)).toEqual(replaced);
      yield* self.sleep(0);
    });
  });
});

describe("handlers", () => {
  test("are added, the newest first; one whose init fails is not", () => {
    withManager(function* (_self, manager, me) {
      expect(reasonOf(yield* caught(() => GenEvent.addHandler(manager, one, "stop" as never)))).toBe("refused");
      const failed = yield* caught(() => GenEvent.addHandler(manager, [one, 1], "throw" as never));
      expect(reasonOf(failed)).toMatchObject({ message: "no init" });
      expect((failed as ExitError).call?.[0]).toBe("GenEvent.addHandler");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
      expect(yield* GenEvent.addHandler(manager, one, me)).toBe("ok");
      yield* GenEvent.addHandler(manager, [one, ["a", 1]], me);
      const handlers = yield* GenEvent.whichHandlers(manager);
      expect(handlers).toEqual([[one, ["a", 1]], one]);
      expect((handlers[0] as readonly unknown[])[0]).toBe(one);
    });
  });

  test("are deleted: that gives what terminate does", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.addHandler(manager, one, me);
      for (const missing of [two, [one, 1]] as HandlerRef[]) {
        expect(reasonOf(yield* caught(() => GenEvent.deleteHandler(manager, missing)))).toBe("module_not_found");
      }
      expect(yield* GenEvent.deleteHandler(manager, one, "bye")).toBe("one ended");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
      for (const id of [1, 2]) yield* GenEvent.addHandler(manager, [one, id], me);
      expect(yield* GenEvent.deleteHandler(manager, [one, 1])).toBe("one ended");
      const failed = yield* caught(() => GenEvent.deleteHandler(manager, [one, 2], "fail"));
      expect(reasonOf(failed)).toMatchObject({ message: "no end" });
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
      const silent = GenEvent.handler({ name: "silent", init: () => 0, handleEvent: (_: unknown, n) => n });
      yield* GenEvent.addHandler(manager, silent);
      expect(yield* GenEvent.deleteHandler(manager, silent)).toBe("ok");
      expect(yield* received(self)).toEqual([
        ["one", "terminate", "bye"],
        ["one", "terminate", undefined],
      ]);
    });
  });

  test("take each other's place: init is told what terminate gave", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.swapHandler(manager, [one, 1], [two, me]);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([two]);
      yield* GenEvent.swapHandler(manager, [two, "arg"], [[one, 4], me]);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([[one, 4]]);
      yield* GenEvent.swapHandler(manager, [[one, 4], "fail"], [two, me]);
      const failed = yield* caught(() => GenEvent.swapHandler(manager, [two, 0], [one, "stop" as never]));
      expect(reasonOf(failed)).toBe("refused");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
      const [, ...rest] = yield* received(self);
      const [, , third, ...more] = rest;
      expect(rest.slice(0, 2)).toEqual([
        ["two", "terminate", "arg"],
        ["one", "init", "two ended"],
      ]);
      expect(third).toMatchObject(["two", "init", ["EXIT", { message: "no end" }]]);
      expect(more).toEqual([["two", "terminate", 0]]);
    });
  });

  test("get events, requests and other messages", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.addHandler(manager, one, me);
      yield* GenEvent.addHandler(manager, [two, 1], me);
      expect(GenEvent.notify(manager, "a")).toBe("ok");
      expect(yield* GenEvent.syncNotify(manager, ["b"])).toBe("ok");
      self.send(manager, "c");
      self.send(manager, ["notify", "d"]);
      expect(yield* GenEvent.call(manager, one, "e")).toEqual(["ok", "e"]);
      expect(yield* GenEvent.call(manager, [two, 1], "f", { timeout: 100 })).toEqual(["ok", "f"]);
      expect(yield* received(self)).toEqual([
        ["two", "event", "a"],
        ["one", "event", "a"],
        ["two", "event", ["b"]],
        ["one", "event", ["b"]],
        ["two", "info", "c"],
        ["one", "info", "c"],
        ["two", "event", "d"],
        ["one", "event", "d"],
        ["one", "call", "e"],
        ["two", "call", "f"],
      ]);
      for (const missing of [two, [one, 1]] as HandlerRef[]) {
        expect(reasonOf(yield* caught(() => GenEvent.call(manager, missing, "e")))).toBe("bad_module");
      }
    });
  });

  test("keep a state of their own, which may be hidden", () => {
    const counter = GenEvent.handler({
      name: "counter",
      init: (n: number) => ok(n, "hibernate"),
      handleEvent: (event: string, n) => ok(n + event.length, "hibernate"),
      handleCall: (request: "count" | "crash", n) => {
        if (request === "crash") throw new Error("oops");
        return reply(n, n, "hibernate");
      },
      formatStatus: (status) => ({ ...status, state: "hidden", message: "hidden" }),
    });
    const { texts } = withManager(function* (_self, manager) {
      yield* GenEvent.addHandler(manager, counter, 1);
      yield* GenEvent.addHandler(manager, [counter, "b"], 10);
      yield* GenEvent.syncNotify(manager, "four");
      expect(yield* GenEvent.call(manager, counter, "count")).toBe(5);
      expect(yield* GenEvent.call(manager, [counter, "b"], "count")).toBe(14);
      const { state } = yield* sys.getStatus(manager);
      expect(state).toEqual([
        [counter, "b", "hidden"],
        [counter, false, "hidden"],
      ]);
      yield* caught(() => GenEvent.call(manager, counter, "crash"));
    });
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('\nLast message: "hidden"\nState: "hidden"');
  });

  test("may be generators and async functions; nothing else is handled meanwhile", async () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const slow = GenEvent.handler({
      name: "slow",
      *init() {
        yield* runtime.sleep(0);
        return 0;
      },
      async handleEvent(event: string, n: number) {
        seen.push(event);
        await null;
        seen.push(`${event} done`);
        return n + 1;
      },
      *handleCall(_: unknown, n: number) {
        yield* runtime.sleep(10);
        return reply(n, n);
      },
      *terminate(): Generator<any, string, any> {
        yield* runtime.sleep(0);
        return "ended";
      },
    });
    const { outcome } = begin(runtime, function* () {
      const manager = yield* GenEvent.start();
      yield* GenEvent.addHandler(manager, slow);
      GenEvent.notify(manager, "a");
      GenEvent.notify(manager, "b");
      const late = yield* caught(() => GenEvent.call(manager, slow, 1, { timeout: 5 }));
      return [reasonOf(late), yield* GenEvent.call(manager, slow, 1), yield* GenEvent.deleteHandler(manager, slow)];
    });
    for (let i = 0; i < 20; i++) {
      await settle(runtime);
      pass(5);
    }
    expect(outcome()).toEqual({ value: ["timeout", 2, "ended"] });
    expect(seen).toEqual(["a", "a done", "b", "b done"]);
  });

  test("remove themselves, and put others in their place", () => {
    for (const how of ["event", "sync", "info", "call"]) {
      for (const [first, second] of [
        [one, two],
        [
          [one, 1],
          [two, 2],
        ],
      ] as [HandlerRef, HandlerRef][]) {
        const { reports } = withManager(function* (self, manager, me) {
          const tell = function* (what: unknown, to: HandlerRef): Generator<any, unknown, any> {
            if (how === "call") return yield* GenEvent.call(manager, to, what);
            if (how === "info") self.send(manager, what);
            else if (how === "event") GenEvent.notify(manager, what);
            else yield* GenEvent.syncNotify(manager, what);
            return undefined;
          };
          yield* GenEvent.addHandler(manager, first, me);
          expect(yield* tell(["swap", second], first)).toBe(how === "call" ? "swapped" : undefined);
          expect(yield* GenEvent.whichHandlers(manager)).toEqual([second]);
          expect(yield* tell("remove", second)).toBe(how === "call" ? "removed" : undefined);
          expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
          expect(yield* received(self)).toEqual([
            ["one", "terminate", "swapping"],
            ["two", "init", "one ended"],
            ["two", "terminate", "remove_handler"],
          ]);
        });
        expect(reports).toEqual([]);
      }
    }
  });

  test("keep their place when they are swapped by themselves", () => {
    withManager(function* (_self, manager, me) {
      for (const id of [1, 2, 3]) yield* GenEvent.addHandler(manager, [one, id], me);
      yield* GenEvent.call(manager, [one, 2], ["swap", two]);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([[one, 3], two, [one, 1]]);
    });
  });
});

describe("a handler that fails", () => {
  test("is removed with a report, and the others stay", () => {
    for (const how of ["event", "sync", "info"]) {
      const { reports, texts } = withManager(function* (self, manager, me) {
        yield* GenEvent.addHandler(manager, two, me);
        yield* GenEvent.addHandler(manager, [one, "a"], me);
        if (how === "event") GenEvent.notify(manager, "crash");
        if (how === "sync") yield* GenEvent.syncNotify(manager, "crash");
        if (how === "info") self.send(manager, "crash");
        expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
        const messages = yield* received(self);
        expect(messages).toMatchObject([
          ["one", "terminate", ["error", { message: "oops" }]],
          ["two", "terminate", ["error", { message: "oops" }]],
        ]);
      });
      expect(reports).toHaveLength(2);
      expect(reports[0]).toBeInstanceOf(EventHandlerReport);
      expect(reports[0]?.kind).toBe("event");
      expect(texts[0]).toMatch(
        /^:gen_event handler \[one, "a"\] installed in #PID<0\.\d+\.0> terminating\n\*\* \(Error\) oops\n {4}at /,
      );
      expect(texts[0]).toContain('\nLast message: "crash"\nState: [#PID<');
      expect(texts[1]).toMatch(/^:gen_event handler two installed/);
    }
  });

  test("says so to who called it", () => {
    const { reports, texts } = withManager(function* (_self, manager, me) {
      yield* GenEvent.addHandler(manager, one, me);
      const error = yield* caught(() => GenEvent.call(manager, one, "crash"));
      expect(reasonOf(error)).toMatchObject({ message: "oops" });
      expect((error as ExitError).call?.slice(0, 2)).toEqual(["GenEvent.call", manager]);
      yield* GenEvent.addHandler(manager, one, me);
      expect(reasonOf(yield* caught(() => GenEvent.call(manager, one, "exit")))).toBe("gone");
      yield* GenEvent.addHandler(manager, one, me);
      const nonsense = yield* caught(() => GenEvent.call(manager, one, "nonsense"));
      expect(reasonOf(nonsense)).toEqual(["bad_return_value", "nonsense"]);
      const mute = GenEvent.handler({ name: "mute", init: () => 0, handleEvent: (_: unknown, n) => n });
      yield* GenEvent.addHandler(manager, mute);
      expect(reasonOf(yield* caught(() => GenEvent.call(manager, mute, 1)))).toMatchObject({
        message: "mute has no handleCall",
      });
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
    });
    expect(reports).toHaveLength(4);
    expect(texts[1]).toContain('** (stop) "gone"');
    expect(texts[2]).toContain('** (stop) bad return value: "nonsense"');
  });

  test("has forgotten to return its state", () => {
    const { reports } = withManager(function* (_self, manager, me) {
      yield* GenEvent.addHandler(manager, one, me);
      yield* GenEvent.syncNotify(manager, "nonsense");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
    });
    expect(reports.map(({ reason }) => reason)).toEqual([["bad_return_value", undefined]]);
  });

  test("may fail at its end, too, and its successor at its beginning", () => {
    const bad: EventHandler = {
      ...one,
      name: "bad",
      terminate() {
        throw new Error("again");
      },
    };
    const { reports, texts } = withManager(function* (_self, manager, me) {
      yield* GenEvent.addHandler(manager, bad, me);
      yield* GenEvent.syncNotify(manager, "crash");
      yield* GenEvent.addHandler(manager, one, me);
      yield* GenEvent.syncNotify(manager, ["swap", two, "throw"]);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([]);
    });
    expect(reports.map(({ reason }) => (reason as Error).message)).toEqual(["oops", "no init"]);
    expect(texts[1]).toMatch(/^:gen_event handler two /);
  });

  test("has its manager's name in the report", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      yield* GenEvent.start({ name: "events" });
      yield* GenEvent.addHandler("events", one, [self.pid, runtime]);
      yield* GenEvent.syncNotify("events", "crash");
    });
    expect(reports[0]?.text).toMatch(/^:gen_event handler one installed in events terminating\n/);
    expect(reports[0]?.registeredName).toBe("events");
  });

  test("has no use for a message: that is logged", () => {
    const { runtime, texts, reports } = withManager(function* (self, manager) {
      const mute = GenEvent.handler({ name: "mute", init: () => 0, handleEvent: (_: unknown, n) => n });
      yield* GenEvent.addHandler(manager, mute);
      self.send(manager, "what?");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([mute]);
    });
    expect(texts).toEqual([`** Undefined handleInfo in mute\n** Unhandled message: "what?"`]);
    expect((reports[0] as { level: string } | undefined)?.level).toBe("warning");
    expect(runtime).toBeDefined();
  });
});

describe("a supervised handler", () => {
  test("ends with its supervisor; then the others are told", () => {
    const { runtime, reports } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const manager = yield* GenEvent.start();
      yield* GenEvent.addHandler(manager, two, [self.pid, runtime]);
      const supervisor = self.spawn(function* (theirs: Self<any>) {
        yield* GenEvent.addSupHandler(manager, one, [self.pid, runtime]);
        yield* theirs.receive();
        theirs.exit("sup_died");
      });
      yield* self.sleep(0);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([one, two]);
      self.send(supervisor, "end");
      yield* self.sleep(0);
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([two]);
      const messages = yield* received(self);
      expect(messages[1][2][1]).toBe(supervisor);
      return messages.map(([name, kind, what]: any) => [name, kind, Array.isArray(what) ? what.at(-1) : what]);
    });
    expect(seen).toEqual([
      ["one", "terminate", "sup_died"],
      ["two", "info", "sup_died"],
    ]);
    expect(reports).toEqual([]);
  });

  test("tells its supervisor why it is gone", () => {
    withManager(function* (self, manager, me) {
      const fates: unknown[] = [];
      const fate = () =>
        self.receive(on(["gen_event_EXIT", P._, P._], ([, handler, reason]) => void fates.push([handler, reason])));
      const add = (handler: HandlerRef) => GenEvent.addSupHandler(manager, handler, me);

      yield* add(one);
      yield* GenEvent.deleteHandler(manager, one);
      yield* fate();
      yield* add([one, 1]);
      yield* GenEvent.syncNotify(manager, "remove");
      yield* fate();
      yield* add(one);
      yield* GenEvent.syncNotify(manager, "crash");
      yield* fate();
      yield* add(one);
      yield* caught(() => GenEvent.call(manager, one, "nonsense"));
      yield* fate();
      // Who replaces it takes it over.
      yield* add(one);
      yield* GenEvent.swapHandler(manager, [one, 1], [[two, 2], me]);
      yield* fate();
      yield* GenEvent.syncNotify(manager, ["swap", one]);
      yield* fate();
      yield* GenEvent.deleteHandler(manager, one);
      yield* fate();
      yield* GenEvent.addHandler(manager, one, me);
      yield* GenEvent.swapSupHandler(manager, [one, 1], [two, me]);
      yield* add([one, 3]);
      yield* GenEvent.stop(manager);
      yield* fate();
      yield* fate();
      expect(fates.slice(0, 2)).toEqual([
        [one, "normal"],
        [[one, 1], "normal"],
      ]);
      expect(fates[2]).toMatchObject([{ name: "one" }, { message: "oops" }]);
      expect(fates.slice(3)).toEqual([
        [one, ["bad_return_value", "nonsense"]],
        [one, ["swapped", [two, 2], self.pid]],
        [
          [two, 2],
          ["swapped", one, self.pid],
        ],
        [one, "normal"],
        [[one, 3], "shutdown"],
        [two, "shutdown"],
      ]);
    });
  });

  test("does not take its supervisor along when the manager ends", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.addSupHandler(manager, one, me);
      expect(self.runtime.processInfo(self.pid, "links")).toEqual([manager]);
      yield* GenEvent.stop(manager, "bad");
      expect(self.runtime.processInfo(self.pid, "links")).toEqual([]);
    });
  });

  test("of a process that is dead already is gone at once", () => {
    withManager(function* (self, manager, me) {
      yield* GenEvent.addHandler(manager, two, me);
      yield* sys.suspend(manager);
      const asking = self.spawn(function* () {
        yield* GenEvent.addSupHandler(manager, one, me);
      });
      yield* self.sleep(0);
      self.exit(asking, "kill");
      yield* sys.resume(manager);
      yield* GenEvent.syncNotify(manager, "event");
      expect(yield* GenEvent.whichHandlers(manager)).toEqual([two]);
      expect(yield* received(self)).toEqual([
        ["one", "terminate", ["stop", "noproc"]],
        ["two", "info", ["EXIT", asking, "noproc"]],
        ["two", "event", "event"],
      ]);
    });
  });
});

test("events to nobody are lost; other requests to nobody fail", () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* () {
    expect(GenEvent.notify("nobody", 1)).toBe("ok");
    for (const act of [
      () => GenEvent.syncNotify("nobody", 1),
      () => GenEvent.call("nobody", one, 1),
      () => GenEvent.addHandler("nobody", one, undefined as never),
      () => GenEvent.whichHandlers("nobody"),
      () => GenEvent.stop("nobody"),
    ]) {
      const error = yield* caught(act);
      expect(error).toBeInstanceOf(ExitError);
      expect(reasonOf(error)).toBe("noproc");
    }
  });
});

test("what is no handler, and what is no manager, is named", () => {
  for (const wrong of [undefined, 1, {}, [], [one, 1, 2], { name: "a" }]) {
    for (const act of [
      () => GenEvent.addHandler("m", wrong as never),
      () => GenEvent.addSupHandler("m", wrong as never),
      () => GenEvent.deleteHandler("m", wrong as never),
      () => GenEvent.swapHandler("m", [wrong as never, 1], [one, undefined as never]),
      () => GenEvent.swapSupHandler("m", [one, 1], [wrong as never, 1]),
      () => GenEvent.call("m", wrong as never, 1),
      () => GenEvent.swap(1, 2, wrong as never, 3),
    ]) {
      expect(thrown(act)).toBeInstanceOf(TypeError);
    }
  }
  expect(thrown(() => GenEvent.addHandler(1 as never, one))).toMatchObject({
    message: "GenEvent.addHandler: expected a pid or a name as server, got 1",
  });
});

test("the host's code adds handlers and supervises them", async () => {
  const manager = await GenEvent.start();
  const log: string[] = [];
  const logging = GenEvent.handler({
    name: "logging",
    init: (_: string[]) => 0,
    handleEvent(event: string, n) {
      log.push(event);
      return n + 1;
    },
    handleCall: (_: "count", n) => reply(n, n),
  });
  await GenEvent.addSupHandler(manager, logging, log);
  await Promise.all(["a", "b"].map((event) => GenEvent.syncNotify(manager, event)));
  expect([log, await GenEvent.call(manager, logging, "count")]).toEqual([["a", "b"], 2]);
  await GenEvent.stop(manager);
  const { receive } = await import("../../src/index.ts");
  expect(await receive(on(["gen_event_EXIT", P._, P._], (message) => message[2]))).toBe("shutdown");
});
