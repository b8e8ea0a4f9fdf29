import { describe, expect, test } from "vitest";
import { Agent, ExitError, Registry, run, type Self, Supervisor, sys } from "../../src/index.ts";
import { ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { begin, caught, inside } from "./support/inside.ts";

const links = (self: Self<any>) => self.runtime.processInfo(self.pid, "links");
const reasonOf = (error: unknown) => (error as ExitError).reason;

describe("an agent", () => {
  test("is started without a name, read, changed and stopped", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      const agent = yield* Agent.startLink(function initial() {
        return new Map<string, string>();
      });
      expect(links(self)).toContain(agent);
      expect(runtime.processInfo(agent as never, "dictionary")?.get("$initial_call")).toBe("initial");
      expect(yield* Agent.update(agent, (map) => new Map([...map, ["hello", "world"]]))).toBe("ok");
      expect(yield* Agent.get(agent, (map) => map.get("hello"), { timeout: 3000 })).toBe("world");
      const popped = yield* Agent.getAndUpdate(agent, (map) => [map.get("hello"), new Map()], { timeout: 3000 });
      expect(popped).toBe("world");
      expect(yield* Agent.get(agent, (map) => map.size)).toBe(0);
      expect(yield* Agent.stop(agent)).toBe("ok");
      expect(runtime.isAlive(agent)).toBe(false);
    });
    expect(reports).toEqual([]);
  });

  test("has a name, and is not linked by start", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      const agent = yield* Agent.start(() => ({ n: 1 }), { name: "agent" });
      expect(links(self)).toEqual([]);
      expect(runtime.whereis("agent")).toBe(agent);
      Agent.cast("agent", (state) => ({ n: state.n + 1 }));
      expect(yield* Agent.get("agent", ({ n }) => n)).toBe(2);
      const again = yield* caught(() => Agent.start(() => 0, { name: "agent" }));
      expect(reasonOf(again)).toEqual(["already_started", agent]);
      yield* Agent.stop("agent");
      expect(runtime.whereis("agent")).toBeUndefined();
      Agent.cast("agent", () => 1);
      Agent.cast(agent, () => ({ n: 1 }));
    });
  });

  test("takes the options of a process", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      const agent = yield* Agent.startLink(() => 0, { priority: "high" });
      expect(runtime.processInfo(agent as never, "priority")).toBe("high");
    });
  });

  test("may have any state: undefined, a promise's, what looks like an answer", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      const agent = yield* Agent.start((): unknown => undefined);
      for (const state of [undefined, null, false, ["stop", "normal"], ["reply", 1, 2]]) {
        yield* Agent.update(agent, () => state);
        expect(yield* Agent.get(agent, (s) => s)).toBe(state);
        Agent.cast(agent, () => state);
        expect(yield* Agent.get(agent, (s) => s)).toBe(state);
        expect(yield* Agent.getAndUpdate(agent, (s) => [s, state])).toBe(state);
      }
    });
  });

  test("runs generators and async functions, and does nothing else meanwhile", async () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const { outcome } = begin(runtime, function* (self) {
      const agent = yield* Agent.start(async () => 1);
      Agent.cast(agent, function* (n) {
        yield* runtime.sleep(10);
        seen.push("slept");
        return n + 1;
      });
      Agent.cast(agent, async (n) => {
        seen.push("then");
        await null;
        return n * 10;
      });
      const got = yield* Agent.get(agent, async (n) => n);
      const both = yield* Agent.getAndUpdate(agent, function* (n) {
        yield* runtime.sleep(0);
        return [`${n}`, 0] as const;
      });
      yield* Agent.update(agent, async () => 5);
      return [got, both, yield* Agent.get(agent, (n) => n), self.pid !== agent];
    });
    for (let i = 0; i < 20; i++) {
      await settle(runtime);
      pass(10);
    }
    expect(outcome()).toEqual({ value: [20, "20", 5, true] });
    expect(seen).toEqual(["slept", "then"]);
  });

  test("is a child of a supervisor", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      const children = [Agent.child(() => 1, { name: "agent" }), Agent.child(() => 2, { id: 2, restart: "temporary" })];
      expect(children).toMatchObject([{ id: "Agent" }, { id: 2, restart: "temporary" }]);
      yield* Supervisor.startLink(children, { strategy: "one_for_one" });
      yield* Agent.update("agent", () => 3);
      runtime.exit(runtime.whereis("agent") as never, "kill");
      yield* self.sleep(0);
      expect(yield* Agent.get("agent", (n) => n)).toBe(1);
    });
  });

  test("is called by a name of a registry", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      yield* Registry.startLink({ keys: "unique", name: "reg" });
      const name = Registry.via("reg", "counter");
      yield* Agent.start(() => 1, { name });
      expect(yield* Agent.get(name, (n) => n)).toBe(1);
    });
  });

  test("is shown and changed by sys", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      const agent = yield* Agent.start(() => 1);
      yield* sys.suspend(agent);
      expect(yield* sys.replaceState(agent, (n: number) => n + 1)).toBe(2);
      yield* sys.resume(agent);
      expect(yield* Agent.get(agent, (n) => n)).toBe(2);
    });
  });

  test("serves async bodies and the host's code alike", async () => {
    const counter = await Agent.start(() => 1);
    await Agent.update(counter, (n) => n + 1);
    const inBody = await run(async (self: Self<unknown>) => {
      await self.sleep(0);
      return await Agent.get(counter, (n) => n, { as: self });
    });
    expect(inBody).toBe(2);
    expect(await Promise.all([1, 2, 3].map((x) => Agent.getAndUpdate(counter, (n) => [n * x, n + 1])))).toEqual([
      2, 6, 12,
    ]);
    await Agent.stop(counter);
    expect(reasonOf(await rejection(Agent.get(counter, (n) => n)))).toBe("noproc");
  });
});

describe("what fails", () => {
  const oops = () => {
    throw new Error("oops");
  };

  test("a start whose function throws", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* () {
      const error = yield* caught(() => Agent.start(oops, { name: "agent" }));
      expect(reasonOf(error)).toMatchObject({ message: "oops" });
      expect(runtime.whereis("agent")).toBeUndefined();
    });
  });

  test("a start that takes too long", () => {
    const { runtime, pass } = ownRuntime();
    const { outcome } = begin(runtime, () =>
      caught(() =>
        Agent.start(
          function* () {
            yield* runtime.sleep(Number.POSITIVE_INFINITY);
          },
          { timeout: 100, name: "agent" },
        ),
      ),
    );
    pass(100);
    expect(reasonOf((outcome() as { value: unknown }).value)).toBe("timeout");
    expect(runtime.whereis("agent")).toBeUndefined();
  });

  test("a function that throws ends the agent, with a report", () => {
    for (const act of [Agent.get, Agent.update, Agent.getAndUpdate] as (typeof Agent.get)[]) {
      const { runtime, reports } = ownRuntime();
      inside(runtime, function* () {
        const agent = yield* Agent.start(() => 1);
        const error = yield* caught(() => act(agent as never, oops));
        expect(error).toBeInstanceOf(ExitError);
        expect(reasonOf(error)).toMatchObject({ message: "oops" });
        expect((error as ExitError).call?.slice(0, 2)).toEqual(["GenServer.call", agent]);
        expect(runtime.isAlive(agent)).toBe(false);
      });
      expect(reports).toHaveLength(1);
      expect(reports[0]?.text).toMatch(/^GenServer #PID<0\.\d+\.0> terminating\n\*\* \(Error\) oops\n/);
      expect(reports[0]?.text).toMatch(/\nState: 1\n/);
    }
  });

  test("a cast whose function throws ends the agent", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      const agent = yield* Agent.start(() => 1);
      Agent.cast(agent, oops);
      yield* self.sleep(0);
      expect(runtime.isAlive(agent)).toBe(false);
    });
    expect(reports).toHaveLength(1);
  });

  test("getAndUpdate asks for a pair", () => {
    for (const wrong of [1, [1], [1, 2, 3], undefined, "ab"]) {
      const { runtime, reports } = ownRuntime();
      inside(runtime, function* () {
        const agent = yield* Agent.start(() => 1);
        const error = yield* caught(() => Agent.getAndUpdate(agent, () => wrong as never));
        expect(reasonOf(error)).toEqual(["bad_return_value", wrong]);
        expect(runtime.isAlive(agent)).toBe(false);
      });
      expect(reports).toHaveLength(1);
    }
  });

  test("a call that is not answered in time; the answer is lost", () => {
    const { runtime, pass } = ownRuntime();
    const { outcome } = begin(runtime, function* (self) {
      const agent = yield* Agent.start(() => 1);
      const slow = function* (n: number) {
        yield* runtime.sleep(1000);
        return n;
      };
      const error = yield* caught(() => Agent.get(agent, slow, { timeout: 100 }));
      yield* self.sleep(1000);
      return [reasonOf(error), runtime.processInfo(self.pid, "messageQueueLen"), yield* Agent.get(agent, (n) => n)];
    });
    for (let i = 0; i < 5; i++) pass(1000);
    expect(outcome()).toEqual({ value: ["timeout", 0, 1] });
  });

  test("stop by another reason is as of all servers", () => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* () {
      const first = yield* Agent.start(() => 1);
      yield* Agent.stop(first, "shutdown");
      expect(reports).toEqual([]);
      const second = yield* Agent.start(() => 1);
      yield* Agent.stop(second, "bad", 1000);
      expect(reports).toHaveLength(1);
      expect(reasonOf(yield* caught(() => Agent.stop(second)))).toBe("noproc");
    });
  });

  test("what is no function, and what is no agent", () => {
    const wrong: [() => unknown, string][] = [
      [() => Agent.start(1 as never), "Agent.start: expected a function, got 1"],
      [() => Agent.startLink(undefined as never), "Agent.startLink: expected a function, got undefined"],
      [() => Agent.child("a" as never), `Agent.child: expected a function, got "a"`],
      [() => Agent.get("a", 1 as never), "Agent.get: expected a function, got 1"],
      [() => Agent.update("a", 1 as never), "Agent.update: expected a function, got 1"],
      [() => Agent.getAndUpdate("a", 1 as never), "Agent.getAndUpdate: expected a function, got 1"],
      [() => Agent.cast("a", 1 as never), "Agent.cast: expected a function, got 1"],
    ];
    for (const [act, message] of wrong) {
      const error = thrown(act);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toBe(message);
    }
    expect(thrown(() => Agent.get(1 as never, () => 1))).toBeInstanceOf(TypeError);
  });
});
