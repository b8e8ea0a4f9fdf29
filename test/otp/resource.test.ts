import { describe, expect, test, vi } from "vitest";
import { disposable, exit, GenServer, type Pid, Resource, ResourceReport, Supervisor, Task } from "../../src/index.ts";
import { gate, idle, settle, thrown } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting, links, mailbox } from "./acting.ts";

/** Notes when it is closed. */
const closing = (log: unknown[], name: unknown) => ({ close: () => void log.push(name) });

describe("own", () => {
  const ends: [string, (self: AnySelf) => Generator<unknown, void, unknown>][] = [
    ["returns", function* () {}],
    [
      "throws",
      function* () {
        throw new Error("expected by the test");
      },
    ],
    [
      "exits",
      function* () {
        exit("bye");
      },
    ],
    ["is killed", (self) => idle(self)],
  ];
  for (const [how, end] of ends) {
    test(`closes resources in reverse order when the process ${how}, after its finally blocks`, () => {
      const { runtime } = acting();
      const log: unknown[] = [];
      const pid = runtime.spawn(function* (self: AnySelf) {
        try {
          for (const name of [1, 2, 3]) expect(Resource.own(closing(log, name))).toHaveProperty("close");
          yield* end(self);
        } finally {
          log.push("finally");
        }
      });
      runtime.run();
      runtime.exit(pid, "kill");
      runtime.run();
      expect(log).toEqual(["finally", 3, 2, 1]);
      expect(runtime.isAlive(pid)).toBe(false);
    });
  }

  test("closes by whatever a thing has for that, or as it is told", async () => {
    const { runtime } = acting();
    const log: unknown[] = [];
    const note = (name: string) => () => void log.push(name);
    const controller = new AbortController();
    controller.signal.addEventListener("abort", note("abort controller"));
    const channel = new MessageChannel();
    const closePort = vi.spyOn(channel.port1, "close").mockImplementation(note("port") as never);
    const stream = new ReadableStream({ cancel: note("stream") });
    const timer = setTimeout(note("never"), 60_000);
    async function* numbers() {
      try {
        yield 1;
      } finally {
        log.push("generator");
      }
    }
    const generator = numbers();
    await generator.next();
    runtime.spawn((_self: AnySelf) => {
      Resource.own({ [Symbol.asyncDispose]: note("asyncDispose"), close: note("never") });
      Resource.own({ [Symbol.dispose]: note("dispose"), close: note("never") });
      Resource.own({ destroy: note("destroy") });
      Resource.own({ terminate: note("terminate") });
      Resource.own({ kill: note("kill") });
      Resource.own(controller);
      Resource.own(channel.port1);
      Resource.own(stream);
      Resource.own(generator);
      Resource.own(note("function"));
      Resource.own(timer, (each) => {
        clearTimeout(each);
        log.push("timer");
      });
    });
    await settle(runtime);
    expect(log).toEqual([
      "timer",
      "function",
      "generator",
      "stream",
      "port",
      "abort controller",
      "kill",
      "terminate",
      "destroy",
      "dispose",
      "asyncDispose",
    ]);
    closePort.mockRestore();
    channel.port1.close();
  });

  test("waits for one to be closed before it closes the next", async () => {
    const { runtime } = acting();
    const log: unknown[] = [];
    const { promise, open } = gate();
    runtime.spawn((_self: AnySelf) => {
      Resource.own(closing(log, 1));
      Resource.own("slow", async () => {
        log.push("begun");
        await promise;
        log.push("done");
      });
      Resource.own(closing(log, 3));
    });
    await settle(runtime);
    expect(log).toEqual([3, "begun"]);
    open();
    await settle(runtime);
    expect(log).toEqual([3, "begun", "done", 1]);
  });

  test("reports each that fails, and closes the others all the same", async () => {
    const { runtime, reports } = acting();
    const log: unknown[] = [];
    const pid = runtime.spawn((_self: AnySelf) => {
      Resource.own(closing(log, 1));
      Resource.own("a", () => {
        throw new RangeError("sync");
      });
      Resource.own("b", () => Promise.reject(new TypeError("async")));
      Resource.own("c", () => Promise.reject("no error"));
      Resource.own(closing(log, 2));
    });
    await settle(runtime);
    expect(log).toEqual([2, 1]);
    expect(reports.every((report) => report instanceof ResourceReport && report.pid === pid)).toBe(true);
    const all = reports as ResourceReport[];
    expect(all.map(({ resource, reason }) => [resource, String(reason)])).toEqual([
      ["c", "no error"],
      ["b", "TypeError: async"],
      ["a", "RangeError: sync"],
    ]);
    const lines = all[2]?.text.split("\n");
    expect(lines?.[0]).toBe(`Process ${pid} has ended, and a resource of it could not be closed`);
    expect(lines?.[1]).toBe("** (RangeError) sync");
    expect(lines?.at(-1)).toBe('Resource: "a"');
  });

  test("reports one that takes too long, and goes on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { runtime, reports } = acting();
      const log: unknown[] = [];
      runtime.spawn((_self: AnySelf) => {
        Resource.own(closing(log, 1));
        Resource.own("stuck", () => new Promise(() => {}));
      });
      await settle(runtime);
      vi.advanceTimersByTime(4999);
      await settle(runtime);
      expect([log, reports]).toEqual([[], []]);
      vi.advanceTimersByTime(1);
      await settle(runtime);
      expect(log).toEqual([1]);
      expect(reports.map((report) => String(report.reason))).toEqual(["Error: it was not closed within 5000 ms"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("refuses what can't be closed", () => {
    const { act } = acting();
    act(function* (self) {
      expect(thrown(() => Resource.own(7))).toEqual(
        new TypeError(
          "Resource.own: expected something with Symbol.asyncDispose, Symbol.dispose, close, destroy, terminate, cancel, abort, kill or return, or a function that closes it, got 7",
        ),
      );
      expect(thrown(() => Resource.own("text"))).toBeInstanceOf(TypeError);
      expect(thrown(() => Resource.own({}, 7 as never))).toBeInstanceOf(TypeError);
      expect(Resource.list()).toEqual([]);
      yield* self.sleep(0);
    });
  });

  test("an async body owns by its self, and what comes too late is closed at once", async () => {
    const { runtime } = acting();
    const log: unknown[] = [];
    const { promise, open } = gate();
    let late: unknown;
    const pid = runtime.spawn(async (self: AnySelf) => {
      Resource.own(closing(log, 1));
      await null;
      Resource.own(closing(log, 2), undefined, { as: self });
      await promise;
      late = thrown(() => Resource.own(closing(log, "late"), undefined, { as: self }));
    });
    await settle(runtime);
    runtime.exit(pid, "kill");
    await settle(runtime);
    expect(log).toEqual([2, 1]);
    open();
    await settle(runtime);
    expect(log).toEqual([2, 1, "late"]);
    expect(late).toMatchObject({ name: "ExitError", reason: "killed" });
  });

  test("a server owns what its callbacks open, and a task what it does", () => {
    const { act } = acting();
    const log: unknown[] = [];
    act(function* (self) {
      const server = yield* GenServer.start({ init: () => Resource.own(closing(log, "server")) }, []);
      yield* Task.await(Task.async(() => void Resource.own(closing(log, "task"))));
      yield* self.sleep(1);
      expect(log).toEqual(["task"]);
      yield* GenServer.stop(server);
      expect(log).toEqual(["task", "server"]);
    });
  });

  test("the main process owns for the host, and closes when the runtime stops", async () => {
    const { runtime } = acting();
    const log: unknown[] = [];
    Resource.own(closing(log, 1), undefined, { as: runtime });
    Resource.own(closing(log, 2), undefined, { as: runtime });
    expect(Resource.list({ as: runtime }).length).toBe(2);
    const signal = Resource.signal({ as: runtime });
    await runtime.stop();
    expect(log).toEqual([2, 1]);
    expect(signal.aborted).toBe(true);
  });
});

describe("close, disown, list and signal", () => {
  test("a resource may be closed before the end, and is not closed again", async () => {
    const { actAsync } = acting();
    const log: unknown[] = [];
    await actAsync(function* () {
      const [one, two] = [Resource.own(closing(log, 1)), Resource.own({ close: async () => void log.push(2) })];
      const three = Resource.own(closing(log, 3));
      expect(Resource.list()).toEqual([one, two, three]);
      expect(yield* Resource.close(one)).toBe(true);
      expect(yield* Resource.close(two)).toBe(true);
      expect(yield* Resource.close(one)).toBe(false);
      expect(log).toEqual([1, 2]);
      expect(Resource.list()).toEqual([three]);
    });
    expect(log).toEqual([1, 2, 3]);
  });

  test("what closing throws is thrown where it is asked for", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      const failing = Resource.own("x", () => Promise.reject(new RangeError("stuck")), { as: self });
      await expect(Resource.close(failing, { as: self })).rejects.toThrow("stuck");
      expect(Resource.list({ as: self })).toEqual([]);
    });
  });

  test("a resource that is disowned stays open", () => {
    const { act } = acting();
    const log: unknown[] = [];
    act(function* (self) {
      const one = Resource.own(closing(log, 1));
      expect(Resource.disown(one)).toBe(true);
      expect(Resource.disown(one)).toBe(false);
      yield* self.sleep(0);
    });
    expect(log).toEqual([]);
  });

  test("the signal is that of the process", () => {
    const { runtime } = acting();
    let signal: AbortSignal | undefined;
    const pid = runtime.spawn(function* (self: AnySelf) {
      signal = Resource.signal();
      expect(signal).toBe(self.signal);
      yield* idle(self);
    });
    runtime.run();
    expect(signal?.aborted).toBe(false);
    runtime.exit(pid, "kill");
    runtime.run();
    expect(signal?.aborted).toBe(true);
  });

  test("a thousand processes leave nothing open", () => {
    const { runtime } = acting();
    let open = 0;
    const body = function* (self: AnySelf) {
      for (let each = 0; each < 3; each++) {
        open++;
        Resource.own(() => void open--);
      }
      yield* idle(self);
    };
    const pids = Array.from({ length: 1000 }, () => runtime.spawn(body));
    runtime.run();
    expect(open).toBe(3000);
    for (const pid of pids) runtime.exit(pid, "shutdown");
    runtime.run();
    expect(open).toBe(0);
  });
});

describe("await using", () => {
  test("ends a supervisor and its tree where the block ends", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self) => {
      const log: unknown[] = [];
      const worker = (name: string) =>
        Task.child(
          function* (own: AnySelf) {
            Resource.own(() => void log.push(name));
            yield* idle(own);
          },
          [],
          { id: name, restart: "permanent" },
        );
      const as = { as: self };
      {
        const children = [worker("a"), worker("b")];
        await using tree = disposable(await Supervisor.startLink(children, { strategy: "one_for_one", ...as }), as);
        expect((await Supervisor.countChildren(tree.pid, as)).active).toBe(2);
        expect(log).toEqual([]);
      }
      expect(log).toEqual(["b", "a"]);
      expect(links(self)).toEqual([]);
      expect(mailbox(self)).toEqual([]);
    });
    expect(runtime.processes()).toEqual([runtime.self()]);
  });

  test("kills what takes longer than it may, and is quick about what has ended", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self) => {
      const before = runtime.now();
      let stubborn: Pid<any>;
      {
        await using one = disposable(
          self.spawn(function* (own: AnySelf) {
            own.trapExit = true;
            for (;;) yield* own.receive();
          }),
          { timeout: 300, as: self },
        );
        await using two = disposable(
          self.spawn(() => 0),
          { reason: "kill", as: self },
        );
        stubborn = one.pid;
        await self.sleep(0);
        expect(runtime.isAlive(two.pid)).toBe(false);
      }
      expect(runtime.isAlive(stubborn)).toBe(false);
      expect(runtime.now() - before).toBeGreaterThanOrEqual(300);
      expect(thrown(() => disposable(stubborn, { timeout: -1 }))).toBeInstanceOf(RangeError);
    });
  });

  test("ends a runtime", async () => {
    const { runtime } = acting();
    let own: { isAlive(pid: Pid): boolean };
    let pid: Pid;
    {
      await using used = runtime;
      own = used;
      pid = used.spawn(idle);
    }
    expect(own.isAlive(pid)).toBe(false);
  });
});
