import { describe, expect, test } from "vitest";
import {
  createRuntime,
  type Exit,
  ExitError,
  type From,
  formatExit,
  formatReport,
  GenServer,
  ignore,
  noReply,
  type Op,
  ok,
  on,
  P,
  type Pid,
  type Report,
  type Runtime,
  reply,
  type Self,
  type ServerReport,
  stop,
  type Via,
} from "../../src/index.ts";
import { ownRuntime, settle, thrown } from "../semantics/support/own-runtime.ts";
import { exitOf, briefly as inside } from "./support/inside.ts";

const Stack = GenServer.define({
  name: "Stack",
  init: (items: string[]) => items,
  calls: {
    pop: (items) => reply(items[0], items.slice(1)),
    peek: (items, index = 0) => reply(items[index], items),
  },
  casts: { push: (items, item: string) => [item, ...items] },
});

/** A server that does what it is asked to: `["do", f]` calls f(state, from) in the callback. */
const Puppet = GenServer.define({
  name: "Puppet",
  init: (state: unknown = "state") => state,
  handleCall: (request, from, state) => request(state, from),
  handleCast: (request, state) => request(state),
  info: { _: (state, message) => (typeof message === "function" ? message(state) : state) },
  continue: { with: (state, f: (state: unknown) => unknown) => f(state) },
});

const lastReport = (reports: readonly Report[]) => reports.at(-1) as ServerReport;
const textOf = (report: Report) => formatReport(report).replace(/^\S+ /, "");

describe("from a generator body", () => {
  test("a server is started, called and cast to, by pid and by name", () => {
    const { runtime, reports } = ownRuntime();
    const seen = inside(runtime, function* () {
      const server = yield* Stack.startLink(["hello"], { name: "stack" });
      Stack.cast.push(server, "world");
      return [
        yield* Stack.call.pop("stack", { timeout: 5000 }),
        yield* Stack.call.peek(server, 0),
        yield* GenServer.call("stack", ["pop"]),
        yield* Stack.call.pop(["stack", runtime.node]),
        GenServer.whereis("stack") === server,
        GenServer.whereis("nobody"),
      ];
    });
    expect(seen).toEqual(["world", "hello", "hello", undefined, true, undefined]);
    expect(reports).toEqual([]);
  });

  test("a process's messages and other answers stay where they are during a call", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const server = yield* Stack.start(["a"]);
      self.send(self.pid, "before");
      const answer = yield* Stack.call.pop(server);
      return [answer, yield* self.receive()];
    });
    expect(seen).toEqual(["a", "before"]);
  });

  test("so they do when they are many, whoever of several asks, and the server's end is noticed", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const server = yield* Stack.start([]);
      const many = Array.from({ length: 100 }, (_, i) => i);
      for (const i of many) self.send(self.pid, i);
      const other = runtime.spawn(function* (them: Self) {
        for (let i = 0; i < 5; i++) yield* Stack.call.peek(server);
        yield* them.receive();
      });
      for (let i = 0; i < 5; i++) yield* Stack.call.peek(server);
      const ended = yield* exitOf(GenServer.call(server, "nonsense"));
      const messages: unknown[] = [];
      for (const _ of many) messages.push(yield* self.receive());
      const another = yield* Stack.start(["b"]);
      const answers = [yield* Stack.call.peek(another), yield* Stack.call.peek(another)];
      return [messages, answers, (ended as ExitError).reason instanceof Error, runtime.isAlive(other)];
    });
    expect(seen).toEqual([Array.from({ length: 100 }, (_, i) => i), ["b", "b"], true, true]);
  });

  test("an answer is given as it is, whatever could be run or waited for", () => {
    const { runtime } = ownRuntime();
    const promised = Promise.resolve("a value");
    const seen = inside(runtime, function* () {
      const server = yield* Puppet.start();
      return [yield* GenServer.call(server, (state: unknown) => reply(promised, state))];
    });
    expect((seen as unknown[])[0]).toBe(promised);
  });

  test("calling oneself is an error at once", () => {
    const { runtime } = ownRuntime();
    const reason = inside(runtime, function* () {
      const server = yield* Puppet.start();
      return yield* GenServer.call(server, function* (state: unknown) {
        return reply(yield* exitOf(GenServer.call(server, "me")), state);
      });
    });
    expect(reason).toMatchObject({ reason: "calling_self" });
    expect(formatExit(reason)).toMatch(
      /^exited in: GenServer\.call\(#PID<0\.\d+\.0>, "me", 5000\)\n {4}\*\* \(EXIT\) process attempted to call itself$/,
    );
  });
});

describe("from async bodies and the host", () => {
  test("await serves as yield* does, any number at once", async () => {
    await using runtime = createRuntime({ logger: () => {} });
    const server = await Stack.startLink(["a", "b", "c"], { as: runtime });
    const answers = await Promise.all([Stack.call.pop(server), Stack.call.pop(server), Stack.call.pop(server)]);
    expect(answers).toEqual(["a", "b", "c"]);
    // Nothing is left of the processes that waited.
    expect(runtime.processes().length).toBe(2);
  });

  test("what startLink starts is linked to the main process, or to the async body that says so", async () => {
    await using runtime = createRuntime({ logger: () => {} });
    const server = await Stack.startLink([], { as: runtime });
    expect(runtime.processInfo(server, "links")).toEqual([runtime.self()]);
    const linked = await runtime.run(async (self: Self) => {
      await self.sleep(0);
      const server = await Stack.startLink([], { as: self });
      return [runtime.processInfo(server, "links"), [self.pid]];
    });
    expect(linked[0]).toEqual(linked[1]);
  });

  test("a call fails as soon as the server goes down", async () => {
    const reports: Report[] = [];
    await using runtime = createRuntime({ logger: (report) => reports.push(report) });
    const server = await Puppet.start({ as: runtime });
    const kill = () => {
      setTimeout(() => runtime.exit(server, "kill"), 1);
      return noReply("state");
    };
    const call = GenServer.call(server, kill, { timeout: Number.POSITIVE_INFINITY });
    const error = await call.then(undefined, (error: unknown) => error);
    expect(error).toBeInstanceOf(ExitError);
    expect(error).toMatchObject({
      reason: "killed",
      call: ["GenServer.call", server, expect.any(Function), Number.POSITIVE_INFINITY],
    });
    expect(reports).toEqual([]);
  });

  test("callbacks may be async, and while one waits the server handles nothing else", async () => {
    await using runtime = createRuntime({ logger: () => {} });
    const log: unknown[] = [];
    const Slow = GenServer.define({
      init: async (n: number) => n,
      calls: {
        work: async (n, by: number) => {
          log.push(`begin ${by}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          log.push(`end ${by}`);
          return reply(n + by, n + by);
        },
      },
      casts: { add: async (n, by: number) => n + by },
    });
    const server = await Slow.start(1, { as: runtime });
    Slow.cast.add(server, 10);
    expect(await Promise.all([Slow.call.work(server, 100), Slow.call.work(server, 1000)])).toEqual([111, 1111]);
    expect(log).toEqual(["begin 100", "end 100", "begin 1000", "end 1000"]);
  });
});

describe("starting", () => {
  test("a failing init fails the start, with its reason", () => {
    const { runtime, reports } = ownRuntime();
    const failure = new Error("init");
    const started = (init: (...args: never[]) => unknown) =>
      inside(runtime, () => exitOf(GenServer.start({ init } as never, [])));
    const reasonOf = (init: () => unknown) => (started(init) as ExitError).reason;
    expect(
      reasonOf(() => {
        throw failure;
      }),
    ).toBe(failure);
    expect(reasonOf(() => stop("nope"))).toBe("nope");
    expect(reasonOf(() => reply(1, 2))).toEqual(["bad_return_value", expect.anything()]);
    expect(
      reasonOf(() => {
        throw 3;
      }),
    ).toEqual(["bad_return_value", 3]);
    expect(reasonOf(() => runtime.exit("shutdown"))).toBe("shutdown");
    expect(reasonOf(() => runtime.exit("normal"))).toBe("normal");
    expect(started(() => ignore())).toBe("ignore");
    expect(runtime.processes().length).toBe(1);
    // As in Elixir, whoever starts it is told, and nobody else.
    expect(reports).toEqual([]);
  });

  test("a linked starter that doesn't trap exits goes down with a failing init; one that does is told both ways", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* () {
      yield* Stack.startLink([], { name: "taken" });
      yield* GenServer.startLink({ init: () => stop("nope") }, []);
      seen.push("not reached");
    });
    const ref = runtime.monitor(pid);
    const [down, messages] = inside(runtime, function* (self) {
      self.trapExit = true;
      const failed = yield* exitOf(GenServer.startLink({ init: () => stop("nope") }, []));
      const ignored = yield* GenServer.startLink({ init: () => ignore() }, []);
      return [
        [(failed as ExitError).reason, ignored],
        [yield* self.receive(), yield* self.receive()].map(([tag, , reason]) => [tag, reason]),
      ];
    });
    expect(down).toEqual(["nope", "ignore"]);
    expect(messages).toEqual([
      ["EXIT", "nope"],
      ["EXIT", "normal"],
    ]);
    expect(seen).toEqual([]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", pid, "nope"]]);
    expect(runtime.whereis("taken")).toBeUndefined();
  });

  test("an init that takes longer than its timeout is killed, and nothing is left of it", () => {
    const { runtime, pass } = ownRuntime();
    let failed: unknown;
    runtime.spawn(function* (self: Self) {
      self.trapExit = true;
      failed = yield* exitOf(
        GenServer.startLink(
          {
            *init() {
              yield* runtime.sleep(1000);
            },
          },
          [],
          { timeout: 100, name: "slow" },
        ),
      );
      failed = [(failed as ExitError).reason, runtime.whereis("slow"), runtime.processInfo(self.pid, "messages")];
    });
    runtime.run();
    pass(99);
    expect(failed).toBeUndefined();
    pass(1);
    expect(failed).toEqual(["timeout", undefined, []]);
  });

  test("a name that is taken fails the start with its holder", () => {
    const { runtime } = ownRuntime();
    const [first, failed, count] = inside(runtime, function* () {
      const first = yield* Stack.start([], { name: "one" });
      const failed = yield* exitOf(Stack.start([], { name: "one" }));
      return [first, failed, runtime.processes().length];
    });
    expect((failed as ExitError).reason).toEqual(["already_started", first]);
    expect(count).toBe(3);
    expect(formatExit((failed as ExitError).reason)).toBe(`already started: ${first}`);
  });

  test("startMonitor gives the monitor, and leaves none behind when it fails", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const [server, ref] = yield* Stack.startMonitor([]);
      const ignored = yield* GenServer.startMonitor({ init: () => ignore() }, []);
      const failed = yield* exitOf(GenServer.startMonitor({ init: () => stop("nope") }, []));
      const monitors = runtime.processInfo(self.pid, "monitors");
      yield* GenServer.stop(server);
      const down = yield* self.receive();
      return [
        ignored,
        (failed as ExitError).reason,
        monitors,
        [server],
        down,
        ["DOWN", ref, "process", server, "normal"],
      ];
    });
    expect(seen[0]).toBe("ignore");
    expect(seen[1]).toBe("nope");
    expect(seen[2]).toEqual(seen[3]);
    expect(seen[4]).toEqual(seen[5]);
  });

  test("a server knows who started it", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      runtime.register(self.pid, "starter");
      const server = yield* Puppet.start();
      const dictionary = runtime.processInfo(server, "dictionary");
      const child = yield* GenServer.call(server, function* (state: unknown) {
        const child: Pid<any> = yield* Puppet.startLink();
        return reply(runtime.processInfo(child, "dictionary"), state);
      });
      return [dictionary?.get("$ancestors"), child.get("$ancestors"), server, dictionary?.get("$initial_call")];
    });
    expect(seen[0]).toEqual(["starter"]);
    expect(seen[1]).toEqual([seen[2], "starter"]);
    expect(seen[3]).toBe("Puppet.start");
  });

  test("names kept by a module of one's own", () => {
    const { runtime } = ownRuntime();
    const holders = new Map<unknown, Pid<any>>();
    const module = {
      registerName: (key: unknown, pid: Pid<any>) => !holders.has(key) && holders.set(key, pid).has(key),
      unregisterName: (key: unknown) => holders.delete(key),
      whereisName: (key: unknown) => holders.get(key),
    };
    const name: Via = ["via", module, { room: 1 }.room];
    const seen = inside(runtime, function* () {
      const server = yield* Stack.start(["a"], { name });
      const again = yield* exitOf(Stack.start(["a"], { name }));
      Stack.cast.push(name, "b");
      return [yield* Stack.call.pop(name), GenServer.whereis(name) === server, (again as ExitError).reason, server];
    });
    expect(seen).toEqual(["b", true, ["already_started", seen[3]], seen[3]]);
  });
});

describe("calls", () => {
  test("fail at once when there is no such server", () => {
    const { runtime } = ownRuntime();
    const failures = inside(runtime, function* (self) {
      const dead = runtime.spawn(() => {});
      yield* self.sleep(0);
      return [
        yield* exitOf(GenServer.call(dead, "x")),
        yield* exitOf(GenServer.call("nobody", "x")),
        yield* exitOf(GenServer.call(["nobody", runtime.node], "x")),
        yield* exitOf(GenServer.call(["nobody", "other@host"], "x")),
      ].map((error) => (error as ExitError).reason);
    });
    expect(failures).toEqual(["noproc", "noproc", "noproc", "noconnection"]);
  });

  test("fail when their time is over, and a late answer never reaches the mailbox", () => {
    const { runtime, pass } = ownRuntime();
    let client: From | undefined;
    let failed: unknown;
    const Server = GenServer.define({
      init: () => 0,
      calls: {
        wait: (n) => {
          client = GenServer.from();
          return noReply(n);
        },
      },
    });
    const caller = runtime.spawn(function* (self: Self) {
      const server = yield* Server.start();
      failed = yield* exitOf(Server.call.wait(server, { timeout: 50 }));
      yield* self.sleep(Number.POSITIVE_INFINITY);
    });
    runtime.run();
    pass(49);
    expect(failed).toBeUndefined();
    pass(1);
    expect(failed).toMatchObject({ reason: "timeout" });
    GenServer.reply(client as From, "late");
    GenServer.reply(client as From, "twice");
    runtime.run();
    expect(runtime.processInfo(caller, "messages")).toEqual([]);
    expect(runtime.processInfo(caller, "monitors")).toEqual([]);
  });

  test("an answer that is given twice counts once", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const server = yield* Puppet.start();
      const answer = yield* GenServer.call(server, (state: unknown, from: From) => {
        GenServer.reply(from, "first");
        GenServer.reply(from, "second");
        return noReply(state);
      });
      yield* self.sleep(0);
      return [answer, runtime.processInfo(self.pid, "messageQueueLen")];
    });
    expect(seen).toEqual(["first", 0]);
  });

  test("are answered by whoever has the client", () => {
    const { runtime } = ownRuntime();
    const answer = inside(runtime, function* () {
      const server = yield* Puppet.start();
      return yield* GenServer.call(server, (state: unknown, from: From) => {
        runtime.spawn(() => GenServer.reply(from, "from elsewhere"));
        return noReply(state);
      });
    });
    expect(answer).toBe("from elsewhere");
  });

  test("GenServer.from is the client of the call that is handled, also after the handler has waited", () => {
    const { runtime, pass } = ownRuntime();
    const Server = GenServer.define({
      init: () => 0,
      calls: {
        *slowly(n, ms: number) {
          yield* runtime.sleep(ms);
          GenServer.reply(GenServer.from<number>(), ms);
          return noReply<number, number>(n);
        },
      },
    });
    const answers: number[] = [];
    for (const ms of [20, 10]) {
      runtime.spawn(function* () {
        const server = yield* Server.start();
        answers.push(yield* Server.call.slowly(server, ms));
      });
    }
    runtime.run();
    for (let i = 0; i < 4; i++) pass(10);
    expect(answers).toEqual([10, 20]);
    expect(() => GenServer.from()).toThrow("GenServer.from: no call is handled here");
  });

  test("multiCall and abcast reach the servers of a name on this node, and name the nodes that are not there", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* () {
      yield* Stack.start(["a", "b"], { name: "stack" });
      GenServer.abcast("stack", ["push", "c"]);
      GenServer.abcast("nobody", ["push", "c"]);
      return [
        yield* GenServer.multiCall("stack", ["pop"]),
        yield* GenServer.multiCall("stack", ["pop"], { nodes: [runtime.node, "other@host"] }),
        yield* GenServer.multiCall("nobody", ["pop"]),
      ];
    });
    expect(seen).toEqual([
      [[[runtime.node, "c"]], []],
      [[[runtime.node, "a"]], ["other@host"]],
      [[], [runtime.node]],
    ]);
  });
});

describe("casts and other messages", () => {
  test("a cast to nobody is lost silently", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      const dead = runtime.spawn(() => {});
      yield* self.sleep(0);
      expect(GenServer.cast(dead, "x")).toBe("ok");
      expect(GenServer.cast("nobody", "x")).toBe("ok");
      expect(GenServer.cast(["nobody", "other@host"], "x")).toBe("ok");
    });
  });

  test("messages come to info by their tag, to `_` without one, and are logged when nothing takes them", () => {
    const { runtime, reports } = ownRuntime();
    const Server = GenServer.define({
      name: "Server",
      init: (): unknown[] => [],
      info: {
        tick: (seen, message) => [...seen, message],
        DOWN: (seen, [, , , , reason]) => [...seen, reason],
      },
      calls: { seen: (seen) => reply(seen, seen) },
    });
    const seen = inside(runtime, function* (self) {
      const server = yield* Server.start();
      self.send(server, "tick");
      self.send(server, ["tick", 1]);
      self.send(server, { type: "tick" });
      self.send(server, ["DOWN", 1, 2, 3, "why"]);
      self.send(server, 42);
      self.send(server, "constructor");
      return yield* Server.call.seen(server);
    });
    expect(seen).toEqual(["tick", ["tick", 1], { type: "tick" }, "why"]);
    expect(reports.map(textOf)).toEqual([
      expect.stringMatching(/^\[error\] Server #PID<0\.\d+\.0> received unexpected message in handleInfo: 42$/),
      expect.stringMatching(/received unexpected message in handleInfo: "constructor"$/),
    ]);
  });

  test("an answer that nobody waits for is an ordinary message", () => {
    const { runtime } = ownRuntime();
    const seen = inside(runtime, function* (self) {
      const server = yield* Puppet.start();
      const alias = self.alias();
      self.send(server, ["$gen_call", [self.pid, alias], (state: unknown) => reply("answer", state)]);
      return [yield* self.receive(), [alias, "answer"]];
    });
    expect(seen[0]).toEqual(seen[1]);
  });
});

describe("what callbacks say comes next", () => {
  test("continue runs before anything else, from init and from every callback", () => {
    const { runtime } = ownRuntime();
    const log: string[] = [];
    const Server = GenServer.define({
      init: () => ok(0, { continue: ["step", "init"] }),
      continue: {
        step: (n, from: string) => {
          log.push(`continue after ${from}`);
          return n === 0 ? noReply(1, { continue: ["step", "continue"] }) : n;
        },
      },
      calls: { go: (n) => reply("gone", n, { continue: ["step", "call"] }) },
      casts: { go: (n) => noReply(n, { continue: ["step", "cast"] }) },
      info: {
        go: (n) => noReply(n, { continue: ["step", "info"] }),
        look: (n) => {
          log.push("look");
          return n;
        },
      },
    });
    inside(runtime, function* (self) {
      const server = yield* Server.start();
      yield* Server.call.go(server);
      Server.cast.go(server);
      self.send(server, "go");
      self.send(server, "look");
    });
    runtime.run();
    expect(log).toEqual([
      "continue after init",
      "continue after continue",
      "continue after call",
      "continue after cast",
      "continue after info",
      "look",
    ]);
  });

  test("a timeout comes as the message timeout, unless another one comes first", () => {
    const { runtime, pass } = ownRuntime();
    const log: unknown[] = [];
    const Server = GenServer.define({
      init: () => ok(0, 100),
      info: {
        timeout: (n) => {
          log.push("timeout", n);
          return n;
        },
      },
      casts: { add: (n) => noReply(n + 1, 50), stay: (n) => n },
    });
    let server!: Pid<any>;
    runtime.spawn(function* () {
      server = yield* Server.start();
    });
    runtime.run();
    pass(90);
    Server.cast.add(server);
    runtime.run();
    pass(49);
    expect(log).toEqual([]);
    pass(1);
    expect(log).toEqual(["timeout", 1]);
    Server.cast.add(server);
    Server.cast.stay(server);
    pass(1000);
    expect(log).toEqual(["timeout", 1]);
    Server.cast.add(server);
    runtime.run();
    pass(50);
    expect(log).toEqual(["timeout", 1, "timeout", 3]);
  });

  test("hibernate is accepted", () => {
    const { runtime } = ownRuntime();
    const Server = GenServer.define({
      init: () => ok(1, "hibernate"),
      calls: { get: (n) => reply(n, n, "hibernate") },
    });
    const answer = inside(runtime, function* () {
      const server = yield* Server.start({ hibernateAfter: 10 });
      return (yield* Server.call.get(server)) + (yield* Server.call.get(server));
    });
    expect(answer).toBe(2);
  });
});

describe("ending", () => {
  const outcome = (act: (server: Pid<any>, self: Self<any>) => Generator<any, unknown, any> | Op<unknown>) => {
    const { runtime, reports } = ownRuntime();
    const terminated: unknown[] = [];
    const Server = GenServer.define({
      init: () => "state",
      handleCall: (request, from, state) => request(state, from),
      handleCast: (request, state) => request(state),
      terminate: (reason, state) => terminated.push([reason, state]),
    });
    const [result, reason] = inside(runtime, function* (self) {
      self.trapExit = true;
      const [server, ref] = yield* Server.startMonitor();
      const result: unknown = yield* act(server, self) as Op<unknown>;
      const down = yield* self.receive(on(["DOWN", ref, P._, P._, P._], (message) => message));
      return [result, down[4]];
    });
    return { result, reason, terminated, reports };
  };

  test("a callback stops its server: terminate runs, then the client is answered, then the process ends", () => {
    const { result, reason, terminated, reports } = outcome((server) =>
      GenServer.call(server, () => stop("shutdown", "last", { reply: "bye" })),
    );
    expect(result).toBe("bye");
    expect(reason).toBe("shutdown");
    expect(terminated).toEqual([["shutdown", "last"]]);
    expect(reports).toEqual([]);
  });

  test("normal, shutdown and [shutdown, term] are no failures; anything else is reported", () => {
    for (const reason of ["normal", "shutdown", ["shutdown", 1]]) {
      const ended = outcome((server) => exitOf(GenServer.call(server, (state: unknown) => stop(reason, state))));
      expect(ended.reports).toEqual([]);
      expect(ended.reason).toEqual(reason);
      expect(ended.result).toMatchObject({ reason });
    }
    const ended = outcome((server) => exitOf(GenServer.call(server, (state: unknown) => stop("bad", state))));
    expect(ended.terminated).toEqual([["bad", "state"]]);
    expect(textOf(lastReport(ended.reports))).toMatch(
      /^\[error\] GenServer #PID<0\.\d+\.0> terminating\n\*\* \(stop\) "bad"\nLast message \(from #PID<0\.\d+\.0>\): \[Function\]\nState: "state"\nClient #PID<0\.\d+\.0> is alive\n\n {4}at /,
    );
  });

  test("a callback that throws an error ends its server with that, and terminate is told", () => {
    const failure = new RangeError("boom");
    const { result, reason, terminated, reports } = outcome((server) =>
      exitOf(
        GenServer.call(server, () => {
          throw failure;
        }),
      ),
    );
    expect(result).toMatchObject({ reason: failure });
    expect(reason).toBe(failure);
    expect(terminated).toEqual([[failure, "state"]]);
    expect(reports).toHaveLength(1);
    const report = lastReport(reports);
    expect(report).toMatchObject({ kind: "server", level: "error", reason: failure, state: "state" });
    expect(textOf(report)).toMatch(/terminating\n\*\* \(RangeError\) boom\n {4}at .*gen-server\.test\.ts/);
    expect(report.client?.stack.join("\n")).toMatch(/gen-server\.test\.ts/);
  });

  test("an exit in a callback is the reason; what is thrown and no error stands for what is returned", () => {
    const exited = outcome((server, self) => exitOf(GenServer.call(server, () => self.runtime.exit("because"))));
    expect(exited.reason).toBe("because");
    expect(textOf(lastReport(exited.reports))).toMatch(/\*\* \(stop\) "because"\n/);
    const threw = outcome((server) =>
      exitOf(
        GenServer.call(server, () => {
          throw stop("thrown", "state", { reply: "caught" });
        }),
      ),
    );
    expect(threw.result).toBe("caught");
    expect(threw.reason).toBe("thrown");
  });

  test.each([
    ["call", "nonsense"],
    ["call", undefined],
    ["cast", undefined],
    ["cast", reply(1, 2)],
    ["cast", ignore()],
    ["cast", stop("x", "state", { reply: 1 })],
  ] as const)("a %s that returns %o ends the server: bad return value", (work, value) => {
    const { reason, reports } = outcome(function* (server) {
      if (work === "cast") GenServer.cast(server, () => value);
      else yield* exitOf(GenServer.call(server, () => value));
    });
    expect(reason).toEqual(["bad_return_value", value]);
    expect(textOf(lastReport(reports))).toMatch(/\n\*\* \(stop\) bad return value: /);
  });

  test("a terminate that throws is reported, and its error is the reason", () => {
    const { runtime, reports } = ownRuntime();
    const failure = new Error("terminate");
    const reason = inside(runtime, function* () {
      const server = yield* GenServer.start(
        {
          init: () => 0,
          handleCall: (_, __, n) => stop("shutdown", n),
          terminate() {
            throw failure;
          },
        },
        [],
      );
      return yield* exitOf(GenServer.call(server, "stop"));
    });
    expect(reason).toMatchObject({ reason: failure });
    expect(lastReport(reports).reason).toBe(failure);
  });

  /** The parts of a server that traps exits, and notes those that are messages. */
  const trapping = (runtime: Runtime, log: unknown[]) => ({
    init: () => {
      runtime.processFlag("trapExit", true);
      return 0;
    },
    info: {
      EXIT: (n: number, [, , reason]: Exit) => {
        log.push(["info", reason]);
        return n;
      },
    },
  });

  test("a parent's exit ends a server that traps exits by its terminate, other exits are messages", () => {
    const { runtime, pass } = ownRuntime();
    const log: unknown[] = [];
    const Server = GenServer.define({
      ...trapping(runtime, log),
      *terminate(reason) {
        yield* runtime.sleep(5);
        log.push(["terminate", reason]);
      },
    });
    runtime.spawn(function* (self: Self) {
      const server = yield* Server.startLink();
      runtime.spawn(() => runtime.exit(server, "stranger"));
      yield* self.sleep(10);
      runtime.exit("parent");
    });
    runtime.run();
    for (let i = 0; i < 4; i++) pass(5);
    expect(log).toEqual([
      ["info", "stranger"],
      ["terminate", "parent"],
    ]);
    expect(runtime.processes()).toHaveLength(1);
  });

  test("who started a server without a link is no parent of it: its exit is a message like any other", () => {
    const { runtime } = ownRuntime();
    const log: unknown[] = [];
    const Server = GenServer.define({
      ...trapping(runtime, log),
      terminate: (reason) => log.push(["terminate", reason]),
    });
    runtime.spawn(function* () {
      runtime.link(yield* Server.start());
      runtime.exit("starter");
    });
    runtime.run();
    expect(log).toEqual([["info", "starter"]]);
  });

  test("stop ends a server and waits for it", () => {
    const { runtime, pass, reports } = ownRuntime();
    const seen = inside(runtime, function* () {
      const one = yield* Stack.start([], { name: "one" });
      const two = yield* Stack.start([]);
      const ended = [yield* GenServer.stop("one"), runtime.isAlive(one), yield* GenServer.stop(two, ["shutdown", 1])];
      return [...ended, yield* exitOf(GenServer.stop("one")), yield* exitOf(GenServer.stop(yield* own()))].map(
        (each) => (each instanceof ExitError ? each.reason : each),
      );
      function* own() {
        return runtime.self();
      }
    });
    expect(seen).toEqual(["ok", false, "ok", "noproc", "calling_self"]);
    expect(reports).toEqual([]);

    let failed: unknown;
    runtime.spawn(function* () {
      const slow = yield* GenServer.start(
        {
          init: () => 0,
          *terminate() {
            yield* runtime.sleep(100);
          },
        },
        [],
      );
      failed = yield* exitOf(GenServer.stop(slow, "normal", 50));
    });
    runtime.run();
    pass(50);
    expect(failed).toMatchObject({ reason: "timeout" });
    pass(50);
    expect(runtime.processes()).toHaveLength(1);
  });

  test("stop tells when the server ended for another reason", () => {
    const { runtime } = ownRuntime();
    const failed = inside(runtime, function* () {
      const server = yield* GenServer.start({ init: () => 0, terminate: () => runtime.exit("other") }, []);
      return yield* exitOf(GenServer.stop(server));
    });
    expect(failed).toMatchObject({ reason: "other", call: expect.arrayContaining(["GenServer.stop"]) });
  });
});

describe("mistakes", () => {
  test("requests that nothing takes end the server, with what it could have taken", () => {
    const { runtime, reports } = ownRuntime();
    const failures = inside(runtime, function* (self) {
      self.trapExit = true;
      const failed = yield* exitOf(GenServer.call(yield* Stack.start([]), ["pull"]));
      const server = yield* Stack.start([]);
      GenServer.cast(server, "pull");
      const bare = yield* GenServer.start({ init: () => 0 }, []);
      return [failed, yield* exitOf(GenServer.call(bare, "x"))].map(
        (each) => (each as { reason: Error }).reason.message,
      );
    });
    runtime.run();
    expect(failures[0]).toBe('attempted to call Stack with ["pull"], for which it has no handler: it has pop, peek');
    expect(failures[1]).toMatch(/^attempted to call GenServer #PID<0\.\d+\.0> but no handleCall was provided for "x"$/);
    expect(reports.map(({ reason }) => (reason as Error).message)).toContain(
      'attempted to cast Stack with "pull", for which it has no handler: it has push',
    );
  });

  test.each<[string, () => unknown, string]>([
    ["no callbacks", () => GenServer.start({} as never, []), "GenServer.start: expected callbacks with init, got {}"],
    [
      "a name that is none",
      () => Stack.start([], { name: 1 as never }),
      'Stack.start: expected a string or ["via", module, key] as name, got 1',
    ],
    [
      "a negative timeout",
      () => Stack.call.pop("x", { timeout: -1 }),
      "GenServer.call: expected a timeout in ms (0 or more, or Infinity), got -1",
    ],
    [
      "no server",
      () => GenServer.call(undefined as never, "x"),
      "GenServer.call: expected a pid or a name as server, got undefined",
    ],
    [
      "no server to cast to",
      () => GenServer.cast({} as never, "x"),
      "GenServer.cast: expected a pid or a name as server, got {}",
    ],
    ["a spec that is none", () => GenServer.define(1 as never), "GenServer.define: expected an object, got 1"],
    [
      "a spec without init",
      () => GenServer.define({} as never),
      "GenServer.define: expected a function as init, got undefined",
    ],
    [
      "a handler that is none",
      () => GenServer.define({ init: () => 0, calls: { a: 1 } } as never),
      "GenServer.define: expected a function as calls.a, got 1",
    ],
    [
      "a field that is none",
      () => GenServer.define({ init: () => 0, call: {} } as never),
      "GenServer.define: expected one of name, init,",
    ],
    [
      "a next that is none",
      () => noReply(0, "soon" as never),
      'noReply: expected a time in ms, "hibernate" or { continue } as next, got "soon"',
    ],
  ])("%s", (_, call, message) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(message);
  });

  test("the secrets of a state are hidden by formatStatus, and a formatStatus that fails shows nothing", () => {
    const { runtime, reports } = ownRuntime();
    const Secret = (formatStatus: (status: any) => any) =>
      GenServer.define({ init: () => ({ user: "ann", password: "hunter2" }), calls: {}, formatStatus });
    inside(runtime, function* () {
      const safe = Secret((status) => ({ ...status, state: { ...status.state, password: "***" }, message: "hidden" }));
      yield* exitOf(GenServer.call(yield* safe.start(), "boom"));
      const broken = Secret(() => {
        throw new Error("no");
      });
      yield* exitOf(GenServer.call(yield* broken.start(), "boom"));
    });
    const [first, second] = reports.map(textOf);
    expect(first).toContain('State: {user: "ann", password: "***"}');
    expect(first).toContain('): "hidden"');
    expect(`${first}${second}`).not.toContain("hunter2");
  });

  test("a server that is flooded while it is stopped ends all the same", () => {
    const { runtime } = ownRuntime();
    const [reason, alive] = inside(runtime, function* (self) {
      const [server, ref] = yield* Stack.startMonitor([]);
      for (let i = 0; i < 100_000; i++) Stack.cast.push(server, "x");
      runtime.exit(server, "shutdown");
      for (let i = 0; i < 100_000; i++) Stack.cast.push(server, "x");
      const down = yield* self.receive({ DOWN: (message: unknown[]) => message } as never);
      return [(down as unknown[])[4], runtime.isAlive(server), ref];
    });
    expect([reason, alive]).toEqual(["shutdown", false]);
  });
});

test("a child spec has the server's name as its id, and its start is linked", async () => {
  const { runtime } = ownRuntime();
  const Worker = GenServer.define({ name: "Worker", restart: "transient", shutdown: 100, init: (n: number) => n });
  expect(Worker.child(1)).toEqual({ id: "Worker", start: expect.any(Function), restart: "transient", shutdown: 100 });
  expect(Worker.child(1, { id: "other", restart: "temporary", significant: true })).toMatchObject({
    id: "other",
    restart: "temporary",
    significant: true,
  });
  const links = inside(runtime, function* (self) {
    const pid = yield* Worker.child(1, { name: "worker" }).start();
    return [runtime.processInfo(pid, "links"), [self.pid], runtime.whereis("worker") === pid];
  });
  expect(links[0]).toEqual(links[1]);
  expect(links[2]).toBe(true);
  await settle(runtime);
});
