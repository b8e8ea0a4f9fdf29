import { describe, expect, test } from "vitest";
import {
  createRuntime,
  ExitError,
  type From,
  formatReport,
  GenServer,
  ignore,
  noReply,
  ok,
  type Report,
  type Runtime,
  reply,
  type Self,
  stop,
  sys,
} from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";

const Stack = GenServer.define({
  name: "Stack",
  init: (items: string[]) => items,
  calls: {
    pop: (items) => reply(items[0], items.slice(1)),
    peek: (items, index = 0) => reply(items[index], items),
  },
  casts: { push: (items, item: string) => [item, ...items] },
});

/** Runs a generator body in a process of its own and gives its result. */
function inside<T>(runtime: Runtime, body: (self: Self<any>) => Generator<any, T, any>): T {
  let outcome: { value: T } | { error: unknown } | undefined;
  runtime.spawn(function* (self: Self<any>) {
    try {
      outcome = { value: yield* body(self) };
    } catch (error) {
      outcome = { error };
    }
  });
  runtime.run();
  if (outcome === undefined) throw new Error("the body has not come to its end");
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

describe("from a generator body", () => {
  test("a server is started, called and cast to", () => {
    const { runtime, reports } = ownRuntime();
    const seen = inside(runtime, function* () {
      const server = yield* Stack.startLink(["hello"], { name: "stack" });
      Stack.cast.push(server, "world");
      return [
        yield* Stack.call.pop("stack", { timeout: 5000 }),
        yield* Stack.call.peek(server, 0),
        yield* GenServer.call("stack", ["pop"]),
      ];
    });
    expect(seen).toEqual(["world", "hello", "hello"]);
    expect(reports).toEqual([]);
  });

  test("calling oneself is an error at once", () => {
    const { runtime } = ownRuntime();
    const Selfish = GenServer.define({
      init: () => 0,
      calls: {
        *me(state) {
          try {
            yield* GenServer.call(yield* own(), "me");
          } catch (error) {
            return reply((error as ExitError).reason, state);
          }
          return reply("?", state);
        },
      },
    });
    function* own() {
      return runtime.self();
    }
    const answer = inside(runtime, function* () {
      const server = yield* Selfish.start();
      return yield* Selfish.call.me(server);
    });
    expect(answer).toBe("calling_self");
  });
});

describe("from the host", () => {
  test("await serves as yield* does, any number at once", async () => {
    await using runtime = createRuntime({ logger: () => {} });
    const server = await Stack.startLink(["a", "b", "c"], { as: runtime });
    expect(await Promise.all([Stack.call.pop(server), Stack.call.pop(server), Stack.call.pop(server)])).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(runtime.processes().length).toBe(2);
  });

  test("a call fails as soon as the server goes down, and names itself", async () => {
    const reports: Report[] = [];
    await using runtime = createRuntime({ logger: (report) => reports.push(report) });
    const Failing = GenServer.define({
      name: "Failing",
      init: () => ({ secret: 1 }),
      calls: {
        boom() {
          throw new RangeError("boom");
        },
      },
    });
    const server = await Failing.start({ as: runtime });
    const error = await Failing.call.boom(server).then(undefined, (error: unknown) => error);
    expect(error).toBeInstanceOf(ExitError);
    expect((error as ExitError).reason).toBeInstanceOf(RangeError);
    expect((error as ExitError).call).toEqual(["GenServer.call", server, ["boom"], 5000]);
    expect(reports).toHaveLength(1);
    const text = formatReport(reports[0] as Report);
    expect(text).toContain(`GenServer ${server} terminating\n** (RangeError) boom\n    at `);
    expect(text).toMatch(
      /Last message \(from #PID<0\.\d+\.0>\): \["boom"\]\nState: \{secret: 1\}\nClient #PID<0\.\d+\.0> is alive/,
    );
  });

  test("a failing init fails the start", async () => {
    await using runtime = createRuntime({ logger: () => {}, onMainExit: () => {} });
    const start = async (init: () => any) => {
      const Server = GenServer.define({ init });
      try {
        return await Server.start({ as: runtime });
      } catch (error) {
        return (error as ExitError).reason;
      }
    };
    const failure = new Error("init");
    expect(
      await start(() => {
        throw failure;
      }),
    ).toBe(failure);
    expect(await start(() => stop("nope"))).toBe("nope");
    expect(await start(() => ignore())).toBe("ignore");
    expect(await start(() => reply(1, 2))).toEqual(["bad_return_value", expect.anything()]);
    expect(await start(() => runtime.exit("shutdown"))).toBe("shutdown");
    expect(runtime.processes().length).toBe(1);
  });
});

test("continue, timeouts and late answers", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const clients: From<string>[] = [];
  const Server = GenServer.define({
    init: () => ok(0, { continue: ["load", 3] }),
    continue: { load: (_, by: number) => noReply(by, 50) },
    calls: {
      wait: (count) => {
        const from = GenServer.from<string>();
        clients.push(from);
        return noReply<number, string>(count, 100);
      },
    },
    info: {
      timeout: (count) => {
        log.push("timeout", count);
        for (const client of clients.splice(0)) GenServer.reply(client, "late");
        return count + 1;
      },
    },
  });
  let answer: string | undefined;
  runtime.spawn(function* () {
    const server = yield* Server.start();
    yield* runtime.sleep(60);
    answer = yield* Server.call.wait(server);
    log.push(yield* sys.getState(server));
  });
  runtime.run();
  for (let i = 0; i < 20; i++) pass(10);
  expect(log).toEqual(["timeout", 3, "timeout", 4, 5]);
  expect(answer).toBe("late");
});
