import { describe, expect, test } from "vitest";
import {
  type Action,
  createRuntime,
  ExitError,
  type From,
  formatReport,
  GenStateMachine,
  ignore,
  inspect,
  keepState,
  keepStateAndData,
  type MachineCallbacks,
  type MachineReport,
  nextState,
  on,
  P,
  type Pid,
  postpone,
  type Ref,
  type Report,
  type Runtime,
  repeatState,
  repeatStateAndData,
  type Self,
  Supervisor,
  stop,
  stopAndReply,
  sys,
  type ViaModule,
} from "../../src/index.ts";
import { gate, ownRuntime, rejection, settle } from "../semantics/support/own-runtime.ts";

/** Runs a generator body in a process of its own, for as long as it takes, and gives its result. */
function inside<T>(
  runtime: Runtime,
  body: (self: Self<any>) => Generator<any, T, any>,
  pass?: (ms: number) => void,
): T {
  let outcome: { value: T } | { error: unknown } | undefined;
  runtime.spawn(function* (self: Self<any>) {
    try {
      outcome = { value: yield* body(self) };
    } catch (error) {
      outcome = { error };
    }
  });
  runtime.run();
  for (let ms = 0; outcome === undefined && pass !== undefined && ms < 5000; ms++) pass(1);
  if (outcome === undefined) throw new Error("the body has not come to its end");
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** The reason that a body fails with. */
function failure(runtime: Runtime, body: (self: Self<any>) => Generator<any, unknown, any>): unknown {
  try {
    return { value: inside(runtime, body) };
  } catch (error) {
    if (error instanceof ExitError) return error.reason;
    throw error;
  }
}

/** What is in a process's mailbox, printed: a difference between pids would print the whole runtime. */
function flush(self: Self<any>): string[] {
  return (self.runtime.processInfo(self.pid, "messages") as unknown[]).map(inspect);
}

const Door = GenStateMachine.define({
  name: "Door",
  init: (code: string) => nextState("locked", { code, tries: 0 }),
  states: {
    locked: {
      enter: (data) => keepState({ ...data, tries: 0 }),
      calls: {
        unlock: (data, code: string) =>
          code === data.code
            ? nextState("open", data, { reply: "welcome", stateTimeout: 100 })
            : keepState({ ...data, tries: data.tries + 1 }, { reply: "wrong" }),
        tries: (data) => keepStateAndData({ reply: data.tries }),
        pass: postpone,
      },
    },
    open: {
      calls: { unlock: postpone, pass: () => keepStateAndData({ reply: "through" }) },
      casts: { change: (data, code: string) => keepState({ ...data, code }) },
      stateTimeout: (data) => nextState("locked", data),
    },
  },
});

describe("a defined machine", () => {
  test("answers by its state, postpones, and times out", () => {
    const { runtime, reports, pass } = ownRuntime();
    const seen = inside(
      runtime,
      function* () {
        const door = yield* Door.startLink("1234", { name: "door" });
        const answers: unknown[] = [yield* Door.call.unlock(door, "0000"), yield* Door.call.tries("door")];
        const passing = GenStateMachine.sendRequest(door, ["pass"]);
        answers.push(yield* Door.call.unlock(door, "1234", { timeout: 1000 }));
        answers.push(yield* GenStateMachine.receiveResponse(passing));
        Door.cast.change(door, "5678");
        // Waits for the door to be locked again.
        answers.push(yield* GenStateMachine.call("door", ["unlock", "5678"]));
        answers.push(yield* sys.getState(door));
        return answers;
      },
      pass,
    );
    expect(seen).toEqual([
      "wrong",
      1,
      "welcome",
      ["reply", "through"],
      "welcome",
      ["open", { code: "5678", tries: 0 }],
    ]);
    expect(reports).toEqual([]);
  });

  test("is called from the host and from async bodies alike", async () => {
    const { runtime } = ownRuntime();
    const run = async <T>(promise: PromiseLike<T>) => {
      await settle(runtime);
      return await promise;
    };
    const door = await run(Door.start("1", { as: runtime }));
    const answers = Promise.all([Door.call.unlock(door, "2"), Door.call.unlock(door, "1"), Door.call.pass(door)]);
    expect(await run(answers)).toEqual(["wrong", "welcome", "through"]);
  });

  test("has a child specification", () => {
    const { runtime } = ownRuntime();
    const Temporary = GenStateMachine.define({
      name: "Temporary",
      init: (start: number) => nextState("only", start),
      states: { only: {} },
      restart: "temporary",
    });
    const child = Temporary.child(7, { name: "seven", shutdown: 100 });
    expect(child).toMatchObject({ id: "Temporary", restart: "temporary", shutdown: 100 });
    expect(
      inside(runtime, function* () {
        yield* child.start();
        return yield* sys.getState("seven");
      }),
    ).toEqual(["only", 7]);
  });

  test("takes generator and async handlers, and no event meanwhile", async () => {
    const { runtime } = ownRuntime();
    const { promise, open } = gate<string>();
    const Slow = GenStateMachine.define({
      init: () => nextState("idle", [] as string[]),
      states: {
        idle: {
          calls: {
            *soon(data) {
              yield* runtime.sleep(0);
              return keepState([...data, "soon"], { reply: "slept" });
            },
            async later(data) {
              const value = await promise;
              return keepState([...data, value], { reply: value });
            },
            log: (data) => keepStateAndData({ reply: data }),
          },
          casts: { note: (data, text: string) => keepState([...data, text]) },
        },
      },
    });
    const machine = await Slow.start({ as: runtime });
    const later = Slow.call.later(machine, { as: runtime }).then((value) => value);
    await settle(runtime);
    Slow.cast.note(machine, "behind");
    const soon = Slow.call.soon(machine).then((value) => value);
    open("opened");
    await settle(runtime);
    expect([await later, await soon]).toEqual(["opened", "slept"]);
    const log = Slow.call.log(machine).then((value) => value);
    await settle(runtime);
    expect(await log).toEqual(["opened", "behind", "soon"]);
  });

  test("takes each kind of event by its table", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const Table = GenStateMachine.define({
      init: () =>
        nextState("only", "data", [
          { nextEvent: ["internal", ["load", 3]] },
          { timeout: { name: "tick", ms: 5, content: "t" } },
          { stateTimeout: { ms: 6, content: "s" } },
        ]),
      states: {
        only: {
          enter: (data, from) => void seen.push(["enter", data, from]),
          internal: { load: (data, n: number) => void seen.push(["load", data, n]) },
          casts: { note: (data, a: number, b: number) => void seen.push(["note", data, a, b]) },
          info: {
            ping: (data, message) => void seen.push(["ping", data, message]),
            _: (data, message) => {
              seen.push(["info", data, message]);
              return keepStateAndData(7);
            },
          },
          timeout: (data, content) => void seen.push(["timeout", data, content]),
          timeouts: { tick: (data, content) => void seen.push(["tick", data, content]) },
          stateTimeout: (data, content) => void seen.push(["stateTimeout", data, content]),
          handleEvent: (type, content, data) => void seen.push(["rest", type, content, data]),
        },
      },
    });
    const machine = inside(runtime, function* () {
      return yield* Table.start();
    }) as Pid<unknown>;
    Table.cast.note(machine, 1, 2);
    GenStateMachine.cast(machine, "other");
    runtime.send(machine, ["ping", 1]);
    runtime.send(machine, { type: "ping" });
    runtime.run();
    pass(5);
    pass(1);
    runtime.send(machine, 42);
    runtime.run();
    pass(7);
    expect(seen).toEqual([
      ["enter", "data", "only"],
      ["load", "data", 3],
      ["note", "data", 1, 2],
      ["rest", "cast", "other", "data"],
      ["ping", "data", ["ping", 1]],
      ["ping", "data", { type: "ping" }],
      ["tick", "data", "t"],
      ["stateTimeout", "data", "s"],
      ["info", "data", 42],
      ["timeout", "data", 7],
    ]);
  });

  test("says what is wrong with it", () => {
    const define = GenStateMachine.define as (spec: unknown) => unknown;
    const init = () => nextState("a", 0);
    expect(() => define({ init, states: { a: {} }, calls: {} })).toThrow(
      new TypeError(
        "GenStateMachine.define: expected name, init, states, handleEvent, stateEnter, terminate, formatStatus, restart, shutdown, got calls",
      ),
    );
    expect(() => define({ states: { a: {} } })).toThrow(
      new TypeError("GenStateMachine.define: expected a function as init, got undefined"),
    );
    expect(() => define({ init, states: { a: 1 } })).toThrow(
      new TypeError('GenStateMachine.define: state "a": expected an object, got 1'),
    );
    expect(() => define({ init, states: { a: { call: {} } } })).toThrow(TypeError);
    expect(() => GenStateMachine.start({ init } as MachineCallbacks, [])).toThrow(
      /^GenStateMachine.start: expected callbacks with init, and states or handleEvent, got /,
    );
  });
});

/**
 * The machine of OTP's test suite, in short: `idle`, `waiting` for a confirmation, `connected`. In both callback modes; with a function for all events the
 * states are arrays.
 */
function connection(mode: "stateFunctions" | "handleEventFunction", log: unknown[] = []): MachineCallbacks {
  type Handle = NonNullable<MachineCallbacks["handleEvent"]>;
  const wrap = (state: string) => (mode === "stateFunctions" ? state : [state]);
  const common: Handle = (type, content, state, data) => {
    const call = typeof type !== "string" && type[0] === "call";
    const tag = Array.isArray(content) ? content[0] : content;
    if (call && tag === "get") return keepStateAndData({ reply: [state, data] });
    if (call && tag === "alive?") return keepStateAndData({ reply: "yes" });
    if (call && tag === "stop") return stopAndReply(content[1] ?? "normal", { reply: "stopped" });
    if (type === "cast" && tag === "stop") return content[1] === undefined ? "stop" : stop(content[1]);
    if (call && tag === "bad return") return "nonsense" as never;
    if (call && tag === "bad action") return keepStateAndData("bad action" as never);
    if (call && tag === "bad timeout") return keepStateAndData({ timeout: { ms: -1 } });
    if (call && tag === "boom") throw new RangeError("boom");
    if (call) return keepStateAndData({ reply: "eh?" });
    log.push([type, content]);
    return undefined;
  };
  const states: Record<string, Handle> = {
    idle: (type, content, state, data) =>
      typeof type !== "string" && content === "connect"
        ? nextState(wrap("waiting"), data, { reply: "accept", timeout: Number.POSITIVE_INFINITY })
        : common(type, content, state, data),
    waiting: (type, content, state, data) => {
      if (type === "cast" && content === "ping") return keepStateAndData(["postpone"]);
      if (typeof type !== "string" && content === "confirm")
        return nextState(wrap("connected"), data, { reply: "yes" });
      return common(type, content, state, data);
    },
    connected: (type, content, state, data) => {
      if (typeof type !== "string" && content === "disconnect")
        return nextState(wrap("idle"), data, [{ reply: "yes" }]);
      return common(type, content, state, data);
    },
  };
  const shared: MachineCallbacks = {
    init(arg) {
      if (arg === "ignore") return ignore();
      if (arg === "stop") return stop("stopped");
      if (arg === "throw") throw nextState(wrap("idle"), "thrown");
      if (arg === "boom") throw new RangeError("boom");
      if (arg === "nonsense") return "nonsense" as never;
      return nextState(wrap("idle"), arg ?? "data");
    },
    terminate(reason, state, data) {
      log.push(["terminate", reason, state, data]);
      if (data === "crash in terminate") throw new RangeError("terminate");
      if (data === "throw in terminate") throw "nothing";
    },
  };
  if (mode === "handleEventFunction") {
    return { ...shared, handleEvent: (type, content, [name], data) => states[name]?.(type, content, [name], data) };
  }
  const functions = Object.entries(states).map(([name, handle]) => [
    name,
    (type: Parameters<Handle>[0], content: unknown, data: unknown) => handle(type, content, name, data),
  ]);
  return { ...shared, states: Object.fromEntries(functions) };
}

/** Names kept in a Map. */
function viaModule(): ViaModule {
  const names = new Map<unknown, Pid<unknown>>();
  return {
    registerName: (key, pid) => !names.has(key) && names.set(key, pid) !== undefined,
    unregisterName: (key) => names.delete(key),
    whereisName: (key) => {
      const pid = names.get(key);
      return pid;
    },
  };
}

describe.each(["stateFunctions", "handleEventFunction"] as const)("with %s", (mode) => {
  const state = (name: string) => (mode === "stateFunctions" ? name : [name]);

  function* talk(machine: Pid<unknown> | string): Generator<any, void, any> {
    const ask = (request: unknown) => GenStateMachine.call(machine, request);
    expect(yield* ask("alive?")).toBe("yes");
    expect(yield* ask("get")).toEqual([state("idle"), "data"]);
    expect(yield* ask("connect")).toBe("accept");
    GenStateMachine.cast(machine, "ping");
    expect(yield* ask("get")).toEqual([state("waiting"), "data"]);
    expect(yield* ask("confirm")).toBe("yes");
    expect(yield* ask("get")).toEqual([state("connected"), "data"]);
    expect(yield* ask("disconnect")).toBe("yes");
    expect(yield* ask("what")).toBe("eh?");
    expect(yield* ask(["stop"])).toBe("stopped");
  }

  test("it starts, linked, monitored or not, talks and stops", () => {
    const { runtime, reports } = ownRuntime();
    const log: unknown[] = [];
    const machine = connection(mode, log);
    inside(runtime, function* (self) {
      yield* talk(yield* GenStateMachine.start(machine, []));
      yield* talk(yield* GenStateMachine.startLink(machine, []));
      const [pid, ref] = yield* GenStateMachine.startMonitor(machine, []);
      yield* talk(pid);
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, "normal"]);
      expect(flush(self)).toEqual([]);
    });
    const one = [
      ["cast", "ping"],
      ["terminate", "normal", state("idle"), "data"],
    ];
    expect(log).toEqual([...one, ...one, ...one]);
    expect(reports).toEqual([]);
  });

  test("a name is taken once, and free again", () => {
    const { runtime } = ownRuntime();
    const machine = connection(mode);
    const via = viaModule();
    for (const name of ["machine", ["via", via, "key"]] as const) {
      const ask = (request: unknown) => GenStateMachine.call(name, request);
      inside(runtime, function* () {
        const pid = yield* GenStateMachine.startLink(machine, [], { name });
        expect(GenStateMachine.whereis(name)).toBe(pid);
        for (const how of ["start", "startLink", "startMonitor"] as const) {
          const error = yield* caught(GenStateMachine[how](machine, [], { name }));
          expect(error.reason).toEqual(["already_started", pid]);
        }
        expect(yield* ask("alive?")).toBe("yes");
        expect(yield* GenStateMachine.stop(name)).toBe("ok");
        if (typeof name === "string") yield* GenStateMachine.startLink(machine, [], { name });
      });
    }
  });

  test("a start can be ignored, stop, fail, or take too long", () => {
    const { runtime, reports, pass } = ownRuntime();
    const machine = connection(mode);
    const slow: MachineCallbacks = {
      ...machine,
      *init() {
        yield* runtime.sleep(1000);
        return nextState(state("idle"), "data");
      },
    };
    const start = (arg: unknown) =>
      failure(runtime, function* () {
        return yield* GenStateMachine.start(machine, [arg]);
      });
    expect(start("ignore")).toEqual({ value: "ignore" });
    expect(start("stop")).toBe("stopped");
    expect(reports).toEqual([]);
    expect(start("boom")).toEqual(new RangeError("boom"));
    expect(start("nonsense")).toEqual(["bad_return_from_init", "nonsense"]);
    // Both are reported, and no other failure is. Twin: gen_statem:init_it.
    expect(reports.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["stateMachine", new RangeError("boom")],
      ["stateMachine", ["bad_return_from_init", "nonsense"]],
    ]);
    expect(
      inside(
        runtime,
        function* () {
          return (yield* caught(GenStateMachine.start(slow, [], { timeout: 5 }))).reason;
        },
        pass,
      ),
    ).toBe("timeout");
    // What is thrown and no error is a result.
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(machine, ["throw"]);
      expect(yield* sys.getState(pid)).toEqual([state("idle"), "thrown"]);
    });
  });

  test("stop ends it with any reason, and fails when there is none", () => {
    const { runtime, reports } = ownRuntime();
    const machine = connection(mode);
    inside(runtime, function* (self) {
      for (const reason of ["normal", "shutdown", ["shutdown", "why"], "other"]) {
        const [pid, ref] = yield* GenStateMachine.startMonitor(machine, []);
        expect(yield* GenStateMachine.stop(pid, reason)).toBe("ok");
        expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, reason]);
        const error = yield* caught(GenStateMachine.stop(pid));
        expect([error.reason, error.call]).toEqual([
          "noproc",
          ["GenStateMachine.stop", pid, "normal", Number.POSITIVE_INFINITY],
        ]);
      }
      const pid = yield* GenStateMachine.start(machine, [], { name: "to stop" });
      expect(() => GenStateMachine.stop(pid, "other", "soon" as never)).toThrow(TypeError);
      expect(runtime.isAlive(pid)).toBe(true);
      expect(yield* GenStateMachine.stop(["to stop", runtime.node])).toBe("ok");
      expect((yield* caught(GenStateMachine.stop("to stop"))).reason).toBe("noproc");
    });
    expect(reports.map(({ reason }) => reason)).toEqual(["other"]);
  });

  test("a shutdown is told to who is linked, and reported to nobody", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      self.trapExit = true;
      const pid = yield* GenStateMachine.startLink(connection(mode), []);
      expect(yield* GenStateMachine.call(pid, ["stop", ["shutdown", "reason"]])).toBe("stopped");
      expect(yield* self.receive()).toEqual(["EXIT", pid, ["shutdown", "reason"]]);
      const error = yield* caught(GenStateMachine.call(pid, "hello"));
      expect([error.reason, error.call]).toEqual([
        "noproc",
        ["GenStateMachine.call", pid, "hello", Number.POSITIVE_INFINITY],
      ]);
      expect(flush(self)).toEqual([]);
    });
    expect(reports).toEqual([]);
  });

  test.each([
    ["bad return", ["bad_return_from_state_function", "nonsense"]],
    ["bad action", ["bad_action_from_state_function", "bad action"]],
    ["bad timeout", ["bad_action_from_state_function", { timeout: { ms: -1 } }]],
    ["boom", new RangeError("boom")],
  ])("%s ends it", (request, reason) => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      self.trapExit = true;
      const pid = yield* GenStateMachine.startLink(connection(mode), []);
      const error = yield* caught(GenStateMachine.call(pid, request));
      expect(error.reason).toEqual(reason);
      expect(yield* self.receive()).toEqual(["EXIT", pid, reason]);
    });
    expect(reports.map((report) => [report.kind, report.reason])).toEqual([["stateMachine", reason]]);
  });

  test("terminate may crash, or throw what is no error", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* () {
      const one = yield* GenStateMachine.start(connection(mode), ["throw in terminate"]);
      expect(yield* GenStateMachine.stop(one)).toBe("ok");
      expect(reports).toEqual([]);
      const two = yield* GenStateMachine.start(connection(mode), ["crash in terminate"]);
      expect((yield* caught(GenStateMachine.stop(two))).reason).toEqual(new RangeError("terminate"));
    });
    expect(reports.map(({ reason }) => reason)).toEqual([new RangeError("terminate")]);
  });

  test("sys looks at it, replaces its state, suspends and resumes it", () => {
    const { runtime, pass } = ownRuntime();
    inside(
      runtime,
      function* (self) {
        const pid = yield* GenStateMachine.start(connection(mode), [], { name: "watched" });
        expect(yield* sys.getState("watched")).toEqual([state("idle"), "data"]);
        const replaced = yield* sys.replaceState(pid, ([name]) => [name, "replaced"]);
        expect(replaced).toEqual([state("idle"), "replaced"]);
        expect(yield* caughtAny(sys.replaceState(pid, () => boom()))).toEqual(new RangeError("boom"));
        expect(yield* caughtAny(sys.replaceState(pid, () => "nonsense"))).toBeInstanceOf(TypeError);
        expect(yield* GenStateMachine.call(pid, "get")).toEqual([state("idle"), "replaced"]);
        yield* sys.suspend(pid);
        const request = GenStateMachine.sendRequest(pid, "alive?");
        expect(yield* GenStateMachine.waitResponse(request, 100)).toBe("timeout");
        expect(yield* sys.getState(pid)).toEqual([state("idle"), "replaced"]);
        const status = yield* sys.getStatus(pid);
        expect([status.pid === pid, status.behaviour, status.status]).toEqual([true, "GenStateMachine", "suspended"]);
        yield* sys.resume(pid);
        expect(yield* GenStateMachine.waitResponse(request)).toEqual(["reply", "yes"]);
        yield* GenStateMachine.stop(pid);
        expect(flush(self)).toEqual([]);
      },
      pass,
    );
  });
});

function boom(): never {
  throw new RangeError("boom");
}

/** What an operation throws. */
function* caughtAny(op: { [Symbol.iterator](): Iterator<any, unknown, any> }): Generator<any, unknown, any> {
  let value: unknown;
  try {
    value = yield* op as Iterable<unknown>;
  } catch (error) {
    return error;
  }
  throw new Error(`expected an error, got ${String(value)}`);
}

function* caught(op: { [Symbol.iterator](): Iterator<any, unknown, any> }): Generator<any, ExitError, any> {
  const error = yield* caughtAny(op);
  expect(error).toBeInstanceOf(ExitError);
  return error as ExitError;
}

/** A machine whose states are functions of type, content and data. */
function machine(
  init: MachineCallbacks["init"],
  states: NonNullable<MachineCallbacks["states"]>,
  more: Partial<MachineCallbacks> = {},
): MachineCallbacks {
  return { init, states, ...more };
}

/** `["call", from]` → from. */
function fromOf(type: unknown): From {
  return (type as ["call", From])[1];
}

describe("transitions", () => {
  test("stopAndReply answers several clients, and then ends", () => {
    const { runtime, reports } = ownRuntime();
    const Machine = machine(() => nextState("start", undefined as unknown), {
      start: (type, content) => nextState("wait", [fromOf(type), content]),
      wait: (type, content, [first, reply]) =>
        stopAndReply("reason", [
          { reply, to: first },
          { reply: content, to: fromOf(type) },
        ]),
    });
    inside(runtime, function* (self) {
      self.trapExit = true;
      const pid = yield* GenStateMachine.startLink(Machine, []);
      const one = GenStateMachine.sendRequest(pid, "reply1");
      const two = GenStateMachine.sendRequest(pid, "reply2");
      yield* self.sleep(0);
      expect(flush(self)).toEqual([
        inspect([one.ref, "reply1"]),
        inspect([two.ref, "reply2"]),
        inspect(["EXIT", pid, "reason"]),
      ]);
    });
    expect(reports).toHaveLength(1);
  });

  test("stop may answer the call that it ends at", () => {
    const { runtime } = ownRuntime();
    const Machine = GenStateMachine.define({
      init: () => nextState("only", 0),
      states: { only: { calls: { end: (data, by: number) => stop("normal", data + by, { reply: "bye" }) } } },
    });
    inside(runtime, function* () {
      const pid = yield* Machine.start();
      expect(yield* Machine.call.end(pid, 2)).toBe("bye");
      expect(runtime.isAlive(pid)).toBe(false);
    });
  });

  // OTP's state_enter, with its outcomes.
  test("enter calls come with each new state, and when it is repeated", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[][] = [];
    const flushed = () => seen.splice(0);
    const tell = (...entry: unknown[]) => void seen.push(entry);
    const Machine = machine(
      () => nextState("start", 1),
      {
        start(type, content, n: number) {
          if (type === "enter") tell(n, "enter", "start", content);
          else if (type === "internal") tell(n, "internal", "start", content);
          else if (content === "repeat") return repeatState(n + 1, { reply: [n, "repeat", "start"] });
          else if (content === "echo") {
            return nextState("wait", n + 1, [{ reply: [n, "echo", "start"] }, { timeout: { ms: 0, content: n } }]);
          } else return stopAndReply("bye", [{ reply: [n, "stop"] }], n + 1);
          return keepState(n + 1);
        },
        wait(type, content, n: number) {
          const timeouts: Action[] = [{ timeout: { ms: 0, content: n } }, { stateTimeout: { ms: 0, content: n } }];
          if (type === "enter") {
            tell(n, "enter", content);
            return n < 5 ? repeatState(n + 1, timeouts) : keepState(n + 1, timeouts);
          }
          if (typeof type === "string") {
            tell(n, type, content);
            return keepState(n + 1);
          }
          if (content === "repeat") {
            return repeatStateAndData([{ reply: [n, "repeat", "wait"] }, { timeout: { ms: 0, content: n } }]);
          }
          return nextState("start", n + 1, [{ nextEvent: ["internal", "wait"] }, { reply: [n, "echo", "wait"] }]);
        },
      },
      { stateEnter: true },
    );
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(Machine, []);
      const ask = (request: unknown) => GenStateMachine.call(pid, request);
      expect(flushed()).toEqual([[1, "enter", "start", "start"]]);
      expect(yield* ask("echo")).toEqual([2, "echo", "start"]);
      yield* sys.getState(pid);
      expect(flushed()).toEqual([
        [3, "enter", "start"],
        [4, "enter", "start"],
        [5, "enter", "start"],
        [6, "timeout", 5],
        [7, "stateTimeout", 5],
      ]);
      expect(yield* ask("repeat")).toEqual([8, "repeat", "wait"]);
      yield* sys.getState(pid);
      expect(flushed()).toEqual([
        [8, "enter", "wait"],
        [9, "timeout", 8],
        [10, "stateTimeout", 8],
      ]);
      expect(yield* ask("echo")).toEqual([11, "echo", "wait"]);
      yield* sys.getState(pid);
      expect(flushed()).toEqual([
        [12, "enter", "start", "wait"],
        [13, "internal", "start", "wait"],
      ]);
      expect(yield* ask("repeat")).toEqual([14, "repeat", "start"]);
      yield* sys.getState(pid);
      expect(flushed()).toEqual([[15, "enter", "start", "start"]]);
      expect(yield* ask("stop")).toEqual([16, "stop"]);
    });
  });

  test("a replaced state is compared by its parts", () => {
    const { runtime } = ownRuntime();
    const entered: unknown[] = [];
    const Machine: MachineCallbacks = {
      stateEnter: true,
      init: () => nextState(["at", { x: 1 }], 0),
      handleEvent(type, content, state, data: number) {
        if (type !== "enter") return nextState(content, data + 1);
        entered.push([content, state]);
        return undefined;
      },
    };
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(Machine, []);
      GenStateMachine.cast(pid, ["at", { x: 1 }]);
      GenStateMachine.cast(pid, ["at", { x: 2 }]);
      expect(yield* sys.getState(pid)).toEqual([["at", { x: 2 }], 2]);
    });
    expect(entered).toEqual([
      [
        ["at", { x: 1 }],
        ["at", { x: 1 }],
      ],
      [
        ["at", { x: 1 }],
        ["at", { x: 2 }],
      ],
    ]);
  });

  // OTP's event_order, with its outcome.
  test("added events come first, then postponed ones, and both cancel an event timeout", () => {
    const { runtime } = ownRuntime();
    const Machine = machine(() => nextState("start", [] as unknown[]), {
      start: (type, content) =>
        type === "cast"
          ? keepStateAndData("postpone")
          : nextState(
              "buffer",
              [],
              [
                { nextEvent: ["internal", "ok3"] },
                { nextEvent: ["internal", "ok4"] },
                { timeout: { ms: 0, content: "ok5" } },
                { reply: content },
              ],
            ),
      buffer: (type, content, data: unknown[]) =>
        typeof type === "string" ? keepState([...data, content]) : keepStateAndData({ reply: data }),
    });
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(Machine, []);
      GenStateMachine.cast(pid, "ok1");
      GenStateMachine.cast(pid, "ok2");
      expect(yield* GenStateMachine.call(pid, "buffer")).toBe("buffer");
      expect(yield* GenStateMachine.call(pid, "get")).toEqual(["ok3", "ok4", "ok1", "ok2"]);
    });
  });

  test("events of all types can be added", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const Machine: MachineCallbacks = {
      init: () => nextState("start", undefined, { nextEvent: ["internal", 0] }),
      handleEvent(type, content) {
        if (content === "stop") {
          const events: unknown[] = [
            ["internal", 1],
            ["stateTimeout", 2],
            ["timeout", 3],
            ["info", 4],
            ["cast", 5],
            [["timeout", 6], 6],
            [type, "really"],
          ];
          return keepStateAndData(events.map((nextEvent) => ({ nextEvent }) as Action));
        }
        seen.push(typeof type === "string" || type[0] === "timeout" ? [type, content] : content);
        return content === "really" ? stopAndReply("shutdown", { reply: "stopped" }) : undefined;
      },
    };
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(Machine, []);
      expect(yield* GenStateMachine.call(pid, "stop")).toBe("stopped");
    });
    expect(seen).toEqual([
      ["internal", 0],
      ["internal", 1],
      ["stateTimeout", 2],
      ["timeout", 3],
      ["info", 4],
      ["cast", 5],
      [["timeout", 6], 6],
      "really",
    ]);
  });

  test.each([
    [{ nextEvent: ["calling", 1] }],
    [{ nextEvent: [["call", "nobody"], 1] }],
    [{ nextEvent: "internal" }],
    [{ reply: 1 }],
    [{ reply: 1, to: ["x", 1] }],
    [{ postpone: 1 }],
    [{ hibernate: "yes" }],
    [{ timeout: -1 }],
    [{ timeout: "soon" }],
    [{ timeout: { ms: Number.NaN, abs: true } }],
    [{ stateTimeout: { ms: 1, abs: "no" } }],
    [{ changeCallbackModule: {} }],
    [{ pushCallbackModule: null }],
    ["popCallbackModule"],
    [{ stateTimeOut: 5 }],
    [null],
    [-1],
  ])("%j is no action", (action) => {
    const { runtime, reports } = ownRuntime();
    const Machine: MachineCallbacks = {
      init: () => nextState("only", 0),
      handleEvent: () => keepState(1, [{ hibernate: true }, action] as never),
    };
    inside(runtime, function* (self) {
      const [pid, ref] = yield* GenStateMachine.startMonitor(Machine, []);
      GenStateMachine.cast(pid, "go");
      const reason = ["bad_action_from_state_function", action];
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, reason]);
      // The new data are in the report, as in OTP.
      expect((reports[0] as MachineReport).state).toEqual(["only", 1]);
    });
  });

  test.each([
    ["postpone", ["bad_state_enter_action_from_state_function", "postpone"]],
    [{ postpone: true }, ["bad_action_from_state_function", { postpone: true }]],
    [{ nextEvent: ["internal", 1] }, ["bad_state_enter_action_from_state_function", { nextEvent: ["internal", 1] }]],
  ])("an enter call can't ask for %j", (action, reason) => {
    const { runtime } = ownRuntime();
    const Machine = machine(() => nextState("only", 0), { only: { enter: () => keepStateAndData(action as never) } });
    inside(runtime, function* (self) {
      const [pid, ref] = yield* GenStateMachine.startMonitor(Machine, []);
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, reason]);
    });
  });

  test("an enter call can't go on to another state, and may stop", () => {
    const { runtime } = ownRuntime();
    const going = nextState("b", 0);
    for (const [result, reason] of [
      [going, ["bad_state_enter_return_from_state_function", going]],
      [stop("enough"), "enough"],
      ["stop", "normal"],
    ] as const) {
      const Machine = machine(() => nextState("a", 0), { a: { enter: () => result as never }, b: {} });
      inside(runtime, function* (self) {
        const [pid, ref] = yield* GenStateMachine.startMonitor(Machine, []);
        expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, reason]);
      });
    }
  });

  test("a reply that is none ends a stopAndReply", () => {
    const { runtime } = ownRuntime();
    const Machine: MachineCallbacks = {
      init: () => nextState("only", 0),
      handleEvent: () => stopAndReply("bye", [{ reply: 1 }, "postpone"]),
    };
    inside(runtime, function* (self) {
      const [pid, ref] = yield* GenStateMachine.startMonitor(Machine, []);
      expect(yield* GenStateMachine.call(pid, "go")).toBe(1);
      const reason = ["bad_reply_action_from_state_function", "postpone"];
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, reason]);
    });
  });

  test("a state or an event that nobody handles is an error that says so", () => {
    const { runtime, reports } = ownRuntime();
    const Machine = machine(() => nextState("a", 0), { a: { casts: { go: () => nextState("c", 0) } }, b: {} });
    inside(runtime, function* () {
      for (const event of ["go", "what"]) {
        const pid = yield* GenStateMachine.start({ ...Machine, name: "M" }, []);
        GenStateMachine.cast(pid, event);
        GenStateMachine.cast(pid, "more");
        yield* caught(GenStateMachine.stop(pid));
      }
    });
    expect(reports.map(({ reason }) => (reason as Error).message)).toEqual([
      'M: expected "a", "b" as state, got "c"',
      'M has no handler in state "a" for ["cast", "what"]',
    ]);
  });

  test("what the states don't handle comes to handleEvent", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const Machine = GenStateMachine.define({
      init: () => nextState("a", 1),
      states: { a: { casts: { known: () => nextState("b", 2) } }, b: {} },
      handleEvent: (type, content, state, data) => void seen.push([type, content, state, data]),
    });
    inside(runtime, function* () {
      const pid = yield* Machine.start();
      GenStateMachine.cast(pid, "other");
      Machine.cast.known(pid);
      GenStateMachine.cast(pid, ["known"]);
      yield* sys.getState(pid);
    });
    expect(seen).toEqual([
      ["cast", "other", "a", 1],
      ["cast", ["known"], "b", 2],
    ]);
  });

  // OTP's pop_too_many, and more.
  test("callbacks are changed, pushed and popped, but the last ones stay", () => {
    const { runtime } = ownRuntime();
    const answering = (name: string, others: () => Record<string, Action>): MachineCallbacks => ({
      init: () => nextState("only", 0),
      handleEvent: (_, content) =>
        content === "who"
          ? keepStateAndData({ reply: name })
          : keepStateAndData([others()[content] as Action, { reply: "ok" }]),
    });
    const all: Record<string, Action> = { pop: "popCallbackModule" };
    const a = answering("a", () => all);
    all["push b"] = { pushCallbackModule: answering("b", () => all) };
    all["change to c"] = { changeCallbackModule: { callbacks: answering("c", () => all) } };
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(a, []);
      const ask = (request: string) => GenStateMachine.call(pid, request);
      const seen: unknown[] = [];
      for (const request of ["push b", "push b", "change to c", "pop", "pop", "change to c"]) {
        expect(yield* ask(request)).toBe("ok");
        seen.push(yield* ask("who"));
      }
      expect(seen).toEqual(["b", "b", "c", "b", "a", "c"]);
      expect((yield* caught(ask("pop"))).reason).toEqual(["bad_action_from_state_function", "popCallbackModule"]);
    });
  });

  test("a machine that feeds itself for ever lets the others live, and the host", async () => {
    await using runtime = createRuntime();
    const Machine: MachineCallbacks = {
      init: () => nextState("only", 0, { timeout: 0 }),
      handleEvent: (_type, _content, _state, data: number) => keepState(data + 1, { timeout: 0 }),
    };
    const pid = await GenStateMachine.start(Machine, [], { as: runtime });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await runtime.run(() => "another")).toBe("another");
    runtime.exit(pid, "kill");
    expect(runtime.isAlive(pid)).toBe(false);
  });
});

describe("timeouts", () => {
  /** Notes each event and does what `table` says for its content. */
  function noting(seen: unknown[], first: readonly Action[], table: Record<string, () => unknown>): MachineCallbacks {
    return {
      init: () => nextState("a", 0, first),
      handleEvent(type, content, state) {
        seen.push([typeof type === "string" || type[0] === "timeout" ? type : "call", content, state]);
        return table[content as string]?.() as never;
      },
    };
  }

  function started(runtime: Runtime, callbacks: MachineCallbacks): Pid<unknown> {
    return inside(runtime, function* () {
      return yield* GenStateMachine.start(callbacks, []);
    });
  }

  test("an event timeout ends with any event, a state timeout with the state, a named one with neither", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const all: Action[] = [
      { timeout: { ms: 10, content: "event" } },
      { stateTimeout: { ms: 20, content: "state" } },
      { timeout: { name: "n", ms: 30, content: "named" } },
    ];
    const table = { stay: () => keepState(1), move: () => nextState("b", 1), all: () => keepStateAndData(all) };
    const pid = started(runtime, noting(seen, all, table));
    const during = (content: string | undefined, ms = 100) => {
      if (content !== undefined) GenStateMachine.cast(pid, content);
      for (let i = 0; i < ms; i++) pass(1);
      return seen.splice(0);
    };
    const named = [["timeout", "n"], "named"];
    expect(during(undefined)).toEqual([
      ["timeout", "event", "a"],
      ["stateTimeout", "state", "a"],
      [...named, "a"],
    ]);
    during("all", 5);
    expect(during("stay")).toEqual([
      ["cast", "stay", "a"],
      ["stateTimeout", "state", "a"],
      [...named, "a"],
    ]);
    during("all", 5);
    expect(during("move")).toEqual([
      ["cast", "move", "a"],
      [...named, "b"],
    ]);
  });

  test("they are restarted, updated and cancelled", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const timer = (ms: number | "update" | "cancel", content?: string): Action => ({
      timeout: { name: "n", ms, content },
    });
    const table = {
      restart: () => keepStateAndData(timer(50, "restarted")),
      update: () => keepStateAndData(timer("update", "updated")),
      cancel: () => keepStateAndData([timer(1, "never"), timer("cancel")]),
      forever: () => keepStateAndData(timer(Number.POSITIVE_INFINITY)),
      two: () => keepStateAndData([timer(1, "one"), timer(2, "two")]),
    };
    const pid = started(runtime, noting(seen, [], table));
    const fired = (...steps: (string | number)[]) => {
      for (const step of steps) {
        for (let i = 0; i < Number(step); i++) pass(1);
        if (typeof step === "string") GenStateMachine.cast(pid, step);
        runtime.run();
      }
      return seen.splice(0).filter((entry) => (entry as unknown[])[0] !== "cast");
    };
    const bringing = (content: string) => [[["timeout", "n"], content, "a"]];
    expect(fired("restart", 49)).toEqual([]);
    expect(fired("restart", 49)).toEqual([]);
    expect(fired(1)).toEqual(bringing("restarted"));
    expect(fired("restart", 30, "update", 19)).toEqual([]);
    expect(fired(1)).toEqual(bringing("updated"));
    // With nothing to update it comes at once.
    expect(fired("update")).toEqual(bringing("updated"));
    expect(fired("restart", 10, "cancel", 100)).toEqual([]);
    expect(fired("restart", 10, "forever", 100)).toEqual([]);
    // The last of several counts.
    expect(fired("two", 1)).toEqual([]);
    expect(fired(1)).toEqual(bringing("two"));
  });

  test("one that had fired when it was cancelled does not come", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const table = {
      move: () => nextState("b", 0, { stateTimeout: 5 }),
      cancel: () => keepStateAndData({ stateTimeout: "cancel" }),
    };
    const pid = started(runtime, noting(seen, [{ stateTimeout: 5 }], table));
    inside(runtime, function* () {
      return yield* sys.suspend(pid);
    });
    GenStateMachine.cast(pid, "move");
    pass(5);
    inside(runtime, function* () {
      return yield* sys.resume(pid);
    });
    expect(seen.splice(0)).toEqual([["cast", "move", "a"]]);
    pass(5);
    expect(seen.splice(0)).toEqual([["stateTimeout", undefined, "b"]]);
    // A message of somebody else's timer is information.
    const timer = runtime.startTimer(pid, "mine", 1);
    pass(1);
    expect(seen).toEqual([["info", ["timeout", timer, "mine"], "b"]]);
  });

  test("absolute times are the runtime's", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    pass(1000);
    const at = (ms: number, content: string, name: string): Action => ({
      timeout: { name, ms: runtime.now() + ms, abs: true, content },
    });
    started(runtime, noting(seen, [at(20, "later", "a"), at(-20, "past", "b")], {}));
    pass(1);
    expect(seen.splice(0)).toEqual([[["timeout", "b"], "past", "a"]]);
    pass(18);
    expect(seen).toEqual([]);
    pass(1);
    expect(seen).toEqual([[["timeout", "a"], "later", "a"]]);
  });

  // OTP's state_timeout, with its outcome.
  test("those of 0 ms come after added events, in their order, and are events that end an event timeout", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const zero = (kind: "timeout" | "stateTimeout", content: string): Action =>
      ({ [kind]: { ms: 0, content } }) as Action;
    const table = {
      go: () =>
        nextState("b", 0, [zero("timeout", "t2"), zero("stateTimeout", "s2"), { nextEvent: ["internal", "i2"] }]),
      i2: () => keepStateAndData(zero("timeout", "t3")),
      s2: () => keepStateAndData([zero("timeout", "t4"), zero("stateTimeout", "s5")]),
      t4: () => keepStateAndData([zero("stateTimeout", "s6"), zero("timeout", "t7")]),
    };
    const pid = started(runtime, noting(seen, [], table));
    GenStateMachine.cast(pid, "go");
    runtime.run();
    expect(seen.map((entry) => (entry as unknown[])[1])).toEqual(["go", "i2", "s2", "t4", "s6"]);
  });

  test("what a name is made of tells it from others", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const named = (name: unknown, ms: number): Action => ({ timeout: { name, ms, content: ms } });
    started(
      runtime,
      noting(seen, [named(["room", 1], 1), named(["room", 2], 2), named(1, 3), named("timeout", 4), 5], {
        2: () => keepStateAndData([named(["room", 2], 7), named(["room", 1], 6), named(["room", 1], 8)]),
      }),
    );
    for (let i = 0; i < 20; i++) pass(1);
    expect(seen.map((entry) => (entry as unknown[]).slice(0, 2))).toEqual([
      [["timeout", ["room", 1]], 1],
      [["timeout", ["room", 2]], 2],
      [["timeout", 1], 3],
      [["timeout", "timeout"], 4],
      [["timeout", ["room", 2]], 7],
      [["timeout", ["room", 1]], 8],
    ]);
  });
});

describe("calls", () => {
  const Echo: MachineCallbacks = {
    init: () => nextState("only", [] as From[]),
    handleEvent(type, content, _state, clients: From[]) {
      if (content === "later") return keepState([...clients, fromOf(type)]);
      if (content === "now")
        return keepState(
          [],
          clients.map((to) => ({ reply: "late", to })),
        );
      return keepStateAndData(typeof type === "string" ? [] : { reply: content });
    },
  };

  test("one that takes too long fails, and what comes late is lost", () => {
    const { runtime, pass } = ownRuntime();
    inside(
      runtime,
      function* (self) {
        const pid = yield* GenStateMachine.start(Echo, [], { name: "echo" });
        const error = yield* caught(GenStateMachine.call("echo", "later", { timeout: 10 }));
        expect([error.reason, error.call]).toEqual(["timeout", ["GenStateMachine.call", "echo", "later", 10]]);
        GenStateMachine.cast(pid, "now");
        expect(yield* GenStateMachine.call(pid, "again")).toBe("again");
        expect(flush(self)).toEqual([]);
      },
      pass,
    );
  });

  test("requests are sent without waiting, and their responses found later", () => {
    const { runtime, pass } = ownRuntime();
    inside(
      runtime,
      function* (self) {
        const pid = yield* GenStateMachine.start(Echo, [], { name: "echo" });
        const one = GenStateMachine.sendRequest("echo", 1);
        const two = GenStateMachine.sendRequest(pid, 2);
        const message: unknown = yield* self.receive();
        expect(GenStateMachine.checkResponse(message, two)).toBe("noReply");
        expect(GenStateMachine.checkResponse(message, one)).toEqual(["reply", 1]);
        expect(GenStateMachine.checkResponse("other", one)).toBe("noReply");
        expect(yield* GenStateMachine.waitResponse(two)).toEqual(["reply", 2]);

        const late = GenStateMachine.sendRequest(pid, "later");
        expect(yield* GenStateMachine.waitResponse(late, 5)).toBe("timeout");
        GenStateMachine.cast(pid, "now");
        expect(yield* GenStateMachine.waitResponse(late)).toEqual(["reply", "late"]);
        const lost = GenStateMachine.sendRequest(pid, "later");
        expect(yield* GenStateMachine.receiveResponse(lost, 5)).toBe("timeout");
        GenStateMachine.cast(pid, "now");
        const pending = GenStateMachine.sendRequest(pid, "later");
        yield* GenStateMachine.stop(pid, "shutdown");
        expect(yield* GenStateMachine.receiveResponse(pending)).toEqual(["error", "shutdown", pid]);
        const nobody = GenStateMachine.sendRequest("echo", 3);
        expect(yield* GenStateMachine.receiveResponse(nobody)).toEqual(["error", "noproc", "echo"]);
        expect(flush(self)).toEqual([]);
      },
      pass,
    );
  });

  test("a handler asks whose call it is, and others answer", () => {
    const { runtime } = ownRuntime();
    const Machine = GenStateMachine.define({
      init: () => nextState("only", 0),
      states: {
        only: {
          calls: {
            delegate() {
              const from = GenStateMachine.from<string>();
              runtime.spawn(() => GenStateMachine.reply(from, "by another"));
              return undefined;
            },
          },
          casts: { none: () => void GenStateMachine.from() },
        },
      },
    });
    inside(runtime, function* () {
      const pid = yield* Machine.start();
      expect(yield* Machine.call.delegate(pid)).toBe("by another");
      Machine.cast.none(pid);
      expect((yield* caught(GenStateMachine.stop(pid))).reason).toMatchObject({ name: "UsageError" });
    });
  });

  test("a machine that calls itself hears of it at once", () => {
    const { runtime } = ownRuntime();
    const Machine = GenStateMachine.define({
      init: () => nextState("only", 0),
      states: {
        only: {
          calls: {
            *me() {
              const error = yield* caught(GenStateMachine.call(runtime.self(), "me"));
              return keepStateAndData({ reply: error.reason });
            },
          },
        },
      },
    });
    inside(runtime, function* () {
      const pid = yield* Machine.start();
      expect(yield* Machine.call.me(pid)).toBe("calling_self");
    });
  });

  test("an answer of a dead machine's is the reason of its death, from the host as well", async () => {
    const { runtime } = ownRuntime();
    const starting = GenStateMachine.start(connection("stateFunctions"), [], { as: runtime }).then((pid) => pid);
    await settle(runtime);
    const pid = await starting;
    const failing = rejection(GenStateMachine.call(pid, "boom", { as: runtime }));
    await settle(runtime);
    expect(((await failing) as ExitError).reason).toEqual(new RangeError("boom"));
  });
});

test("its parent's end is its own, after terminate, when it traps exits", () => {
  const { runtime, reports } = ownRuntime();
  const seen: unknown[] = [];
  const Machine: MachineCallbacks = {
    *init() {
      (yield* selfOf(runtime)).trapExit = true;
      return nextState("only", 0);
    },
    handleEvent: (type, content) => void seen.push([type, content]),
    terminate: (...args) => void seen.push(args),
  };
  let pid: Pid<unknown> | undefined;
  const parent = runtime.spawn(function* (self: Self<any>) {
    pid = yield* GenStateMachine.startLink(Machine, []);
    yield* self.receive();
    runtime.exit("shutdown");
  });
  runtime.run();
  const other = runtime.spawn(function* (self: Self<any>) {
    self.link(pid as Pid<unknown>);
    self.exit("other");
  });
  runtime.run();
  runtime.send(parent as Pid<any>, "go");
  runtime.run();
  expect(seen).toEqual([
    ["info", ["EXIT", other, "other"]],
    ["shutdown", "only", 0],
  ]);
  expect(reports).toEqual([]);
  expect(runtime.isAlive(pid as Pid<unknown>)).toBe(false);
});

/** The `self` of the process that runs, which has no parameter of it: callbacks use the functions of the runtime. */
function* selfOf(runtime: Runtime): Generator<any, { trapExit: boolean }, any> {
  return {
    set trapExit(value: boolean) {
      runtime.processFlag("trapExit", value);
    },
  } as { trapExit: boolean };
}

describe("reports", () => {
  const Failing = GenStateMachine.define({
    init: () => nextState("idle", { secret: 42 }, { stateTimeout: 5000 }),
    states: {
      idle: {
        enter: () => keepStateAndData(),
        calls: {
          boom() {
            throw new RangeError("boom");
          },
          end: (data) => stop("bad", data),
          nonsense: () => 7 as never,
        },
        casts: {
          later: postpone,
          many: () => keepStateAndData([{ nextEvent: ["internal", "boom"] }, { nextEvent: ["cast", "b"] }]),
        },
        internal: {
          boom() {
            throw new RangeError("boom");
          },
        },
      },
    },
  });

  function reported(
    how: (pid: Pid<unknown>) => Generator<any, unknown, any>,
    hide = false,
  ): [string, Report, Pid<unknown>] {
    const { runtime, reports } = ownRuntime();
    const callbacks: MachineCallbacks = {
      ...Failing.callbacks,
      ...(hide && { formatStatus: (status) => ({ ...status, data: "hidden", queue: [], reason: "secret" }) }),
    };
    const pid = inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(callbacks, []);
      yield* how(pid);
      return pid;
    });
    expect(reports).toHaveLength(1);
    const [report] = reports as [Report];
    return [formatReport(report).replace(/^\S+ /, ""), report, pid];
  }

  // The words are those of Elixir 1.17's Logger.Translator; Elixir 1.14 has none for gen_statem.
  test("an error is told with queue, postponed events, state, mode and client", () => {
    const [text, report, pid] = reported(function* (pid) {
      Failing.cast.later(pid);
      yield* caught(Failing.call.boom(pid));
    });
    expect(report).toMatchObject({
      level: "error",
      kind: "stateMachine",
      postponed: [["cast", ["later"]]],
      state: ["idle", { secret: 42 }],
      timeouts: [["stateTimeout", undefined]],
      callbackMode: "stateFunctions",
      stateEnter: true,
      client: { isAlive: true },
    });
    expect([report.pid === pid, (report as MachineReport).name === pid]).toEqual([true, true]);
    const lines = text.split("\n").filter((line) => !line.startsWith("    at "));
    expect(
      lines.map((line) => line.replace(/#Ref\S*?<[\d.]+>/, "#Reference").replace(/#PID<0\.\d+\.0>/g, "#PID")),
    ).toEqual([
      "[error] GenStateMachine #PID terminating",
      "** (RangeError) boom",
      'Queue: [[["call", [#PID, #Reference]], ["boom"]]]',
      'Postponed: [["cast", ["later"]]]',
      'State: ["idle", {secret: 42}]',
      'Callback mode: "stateFunctions", state_enter: true',
      "Client #PID is alive",
      "",
    ]);
    expect(text).toMatch(/\*\* \(RangeError\) boom\n {4}at .*gen-state-machine\.test/);
  });

  test("a stop, and a result that is none, have no stack of the program's", () => {
    const [stopped] = reported(function* (pid) {
      yield* caught(Failing.call.end(pid));
    });
    expect(stopped).toContain('terminating\n** (stop) "bad"\nQueue: ');
    const [nonsense] = reported(function* (pid) {
      yield* caught(Failing.call.nonsense(pid));
    });
    expect(nonsense).toContain(
      'terminating\n** (ErlangError) Erlang error: ["bad_return_from_state_function", 7]\nQueue: ',
    );
  });

  test("the queue is the event that was handled, and those behind it", () => {
    const [text, report] = reported(function* (pid) {
      Failing.cast.many(pid);
      yield* caught(GenStateMachine.stop(pid));
    });
    expect((report as MachineReport).queue).toEqual([
      ["internal", "boom"],
      ["cast", "b"],
    ]);
    expect(text).not.toContain("Client");
  });

  test("formatStatus hides what it wants to, and nothing is shown when it fails", () => {
    const [text, report] = reported(function* (pid) {
      yield* caught(Failing.call.boom(pid));
    }, true);
    expect(report).toMatchObject({ reason: "secret", state: ["idle", "hidden"], queue: [] });
    expect(text).not.toContain("secret: 42");
    const { runtime, reports } = ownRuntime();
    const callbacks: MachineCallbacks = { ...Failing.callbacks, formatStatus: boom };
    inside(runtime, function* () {
      const pid = yield* GenStateMachine.start(callbacks, []);
      const shown = (yield* sys.getStatus(pid)).state;
      expect(JSON.stringify(shown)).not.toContain(`"secret":42`);
      yield* caught(Failing.call.boom(pid));
    });
    expect(formatReport(reports[0] as Report)).not.toContain("secret: 42");
  });

  test("sys.getStatus shows postponed events and timeouts", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      const pid = yield* Failing.start({ debug: ["log", "statistics"], hibernateAfter: 100 });
      Failing.cast.later(pid);
      expect((yield* sys.getStatus(pid)).state).toEqual({
        state: "idle",
        data: { secret: 42 },
        postponed: [["cast", ["later"]]],
        timeouts: [["stateTimeout", undefined]],
      });
      expect(yield* sys.log(pid, "get")).toContainEqual(["postpone", ["cast", ["later"]], "idle", "idle"]);
      expect(yield* sys.statistics(pid, "get")).toMatchObject({ messagesIn: 1, messagesOut: 0 });
    });
  });
});

test("a supervisor starts it, restarts it in its first state, and ends it", () => {
  const { runtime, reports } = ownRuntime();
  const Counter = GenStateMachine.define({
    name: "Counter",
    init: (from: number) => nextState("counting", from),
    states: {
      counting: {
        calls: { count: (n) => keepState(n + 1, { reply: n }) },
        casts: { boom },
      },
    },
  });
  inside(runtime, function* (self) {
    const supervisor = yield* Supervisor.startLink([Counter.child(5, { name: "counter" })], {
      strategy: "one_for_one",
    });
    expect([yield* Counter.call.count("counter"), yield* Counter.call.count("counter")]).toEqual([5, 6]);
    const ref = self.monitor("counter");
    Counter.cast.boom("counter");
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => undefined));
    expect((yield* Supervisor.countChildren(supervisor)).active).toBe(1);
    expect(yield* Counter.call.count("counter")).toBe(5);
    yield* Supervisor.stop(supervisor);
    expect(GenStateMachine.whereis("counter")).toBe(undefined);
  });
  expect(reports.map(({ kind }) => kind)).toEqual(["stateMachine", "supervisor"]);
});

test("a machine that is flooded, and has postponed it all, is stopped all the same", () => {
  const { runtime } = ownRuntime();
  const Machine = GenStateMachine.define({
    init: () => nextState("closed", 0),
    states: {
      closed: { casts: { event: postpone, open: (n) => nextState("open", n) } },
      open: { casts: { event: (n) => keepState(n + 1) }, calls: { count: (n) => keepStateAndData({ reply: n }) } },
    },
  });
  inside(runtime, function* () {
    const machine = yield* Machine.start();
    for (let i = 0; i < 100_000; i++) Machine.cast.event(machine);
    Machine.cast.open(machine);
    expect(yield* Machine.call.count(machine)).toBe(100_000);
    for (let i = 0; i < 100_000; i++) Machine.cast.event(machine);
    expect(yield* GenStateMachine.stop(machine)).toBe("ok");
  });
  expect(runtime.processes()).toHaveLength(1);
});

test("an answer given twice, late, or to the dead, is lost", () => {
  const { runtime, reports } = ownRuntime();
  const Machine = GenStateMachine.define({
    init: () => nextState("only", [] as From[]),
    states: {
      only: {
        calls: {
          twice: () => keepStateAndData([{ reply: 1 }, { reply: 2 }]),
          later: (clients) => keepState([...clients, GenStateMachine.from()]),
        },
        casts: {
          now: (clients) =>
            keepState(
              [],
              clients.map((to) => ({ reply: "late", to })),
            ),
        },
      },
    },
  });
  inside(runtime, function* (self) {
    const machine = yield* Machine.start();
    expect(yield* Machine.call.twice(machine)).toBe(1);
    const dead = self.spawn(function* () {
      yield* Machine.call.later(machine);
    });
    yield* sys.getState(machine);
    self.exit(dead, "kill");
    Machine.cast.now(machine);
    expect(yield* sys.getState(machine)).toEqual(["only", []]);
    expect(flush(self)).toEqual([]);
  });
  expect(reports).toEqual([]);
});

test("a machine leaves nothing behind", () => {
  const { runtime, pass } = ownRuntime();
  const before = runtime.processes().length;
  const refs: Ref[] = [];
  inside(
    runtime,
    function* () {
      for (let i = 0; i < 100; i++) {
        const pid = yield* Door.startLink("1", { name: `door ${i}` });
        yield* Door.call.unlock(pid, "1");
        refs.push(GenStateMachine.sendRequest(pid, ["pass"]).ref);
        yield* GenStateMachine.stop(pid);
      }
    },
    pass,
  );
  expect(runtime.processes()).toHaveLength(before);
  expect(runtime.registered()).toEqual([]);
});
