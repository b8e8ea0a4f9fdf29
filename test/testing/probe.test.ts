import { describe, expect, test } from "vitest";
import { createRuntime, current, ExitError, GenServer, on, P, type Pid, type Self } from "../../src/index.ts";
import { type Probe, startProbe } from "../../src/testing/index.ts";
import { acting } from "../otp/acting.ts";
import { ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { failure } from "./support/failure.ts";

describe("in a process", () => {
  test("notes what it gets, and gives it in order", () => {
    const { act } = acting();
    act(function* (self) {
      const probe: Probe<"a" | ["b", number] | "c"> = startProbe();
      self.send(probe.pid, "a");
      self.send(probe.pid, ["b", 1]);
      self.send(probe.pid, "c");
      expect(yield* probe.expectMessage("a")).toBe("a");
      const received: ["b", number] = yield* probe.expectMessage(["b", P.number]);
      expect(received).toEqual(["b", 1]);
      expect(yield* probe.expectMessage()).toBe("c");
      yield* probe.expectNoMessage();
      expect(probe.messages).toEqual(["a", ["b", 1], "c"]);
    });
  });

  test("expectMessage wants the next one, assertReceive the oldest that matches", () => {
    const { act } = acting();
    act(function* (self) {
      const probe = startProbe();
      for (const each of [1, 2, ["x", 3], 4]) self.send(probe.pid, each);
      expect(yield* probe.assertReceive(["x", P._])).toEqual(["x", 3]);
      expect(yield* probe.assertReceive(on(2, () => "two"))).toBe("two");
      const error = yield* failure(probe.expectMessage(4));
      expect(error.message).toBe(
        `Assertion failed, the next message at probe ${probe.pid} does not match
  pattern: 4
  value: 1
Showing 1 of 1 message in the mailbox
  value: 4`,
      );
      expect(error.stack).toContain("probe.test");
      const none = yield* failure(probe.assertReceive({ x: () => 1, y: () => 2 }));
      expect(none.message).toBe(
        `Assertion failed, no matching message at probe ${probe.pid} after 100ms
  pattern: a message with a tag of {x, y}
Showing 1 of 1 message in the mailbox
  value: 4`,
      );
      yield* probe.expectMessage(4);
      const empty = yield* failure(probe.expectMessage("more", 5));
      expect(empty.message).toBe(
        `Assertion failed, no message at probe ${probe.pid} after 5ms
  pattern: "more"
The probe's mailbox is empty.`,
      );
    });
  });

  test("waits for what comes later, for several at once", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    let probe: Probe | undefined;
    runtime.spawn(function* (self: Self<any>) {
      probe = startProbe();
      const { pid } = self;
      for (const wanted of ["a", "b"]) {
        self.spawn(function* () {
          seen.push(yield* (probe as Probe).assertReceive(wanted, 1000));
          runtime.send(pid, wanted);
        });
      }
      yield* self.receive();
      yield* self.receive();
      seen.push("end");
    });
    runtime.run();
    pass(900);
    runtime.send(probe?.pid as Pid<any>, "b");
    runtime.run();
    expect(seen).toEqual(["b"]);
    runtime.send(probe?.pid as Pid<any>, "a");
    runtime.run();
    expect(seen).toEqual(["b", "a", "end"]);
    expect(runtime.processes()).toHaveLength(1);
  });

  test("refuteReceive fails as soon as a message comes that matches", () => {
    const { act } = acting();
    act(function* (self) {
      const probe = startProbe();
      self.send(probe.pid, "ok");
      yield* probe.refuteReceive("bad");
      self.runtime.sendAfter(probe.pid, "bad", 10);
      const error = yield* failure(probe.refuteReceive("bad"));
      expect(error.message).toBe(`Unexpectedly received message "bad" (which matched "bad") at probe ${probe.pid}`);
      const other = yield* failure(probe.expectNoMessage(0));
      expect(other.message).toContain('Unexpectedly received message "ok"');
    });
  });

  test("stands for a server: answers calls as it is told, or when it is told", () => {
    const { act } = acting();
    act(function* (self) {
      const probe = startProbe({
        name: "stack",
        calls: {
          pop: () => 3,
          *slow([, ms]: any) {
            yield* (current() as Self).sleep(ms);
            return "slow";
          },
        },
      });
      expect(yield* GenServer.call("stack", ["pop"])).toBe(3);
      expect(yield* GenServer.call("stack", ["slow", 10])).toBe("slow");
      yield* probe.expectCall(["slow", 10]);
      const call = yield* probe.expectCall(["pop"]);
      expect(call.request).toEqual(["pop"]);
      GenServer.cast("stack", ["push", 1]);
      const cast: ["push", number] = yield* probe.expectCast(["push", P.number]);
      expect(cast).toEqual(["push", 1]);
      const client = self.spawn(function* () {
        self.runtime.send(self.pid, ["got", yield* GenServer.call("stack", ["peek"])]);
      });
      const peek = yield* probe.expectCall();
      expect(peek.request).toEqual(["peek"]);
      expect(peek.from[0] === client).toBe(true);
      peek.reply("top");
      expect(yield* self.receive()).toEqual(["got", "top"]);
      const error = yield* failure(probe.expectCall(["pop"], 0));
      expect(error.message).toContain('  pattern: ["$gen_call", ');
    });
  });

  test("a function may answer all calls, and messages may be reacted to", () => {
    const { act } = acting();
    act(function* (self) {
      const server = startProbe({ calls: (request, [from]) => [request, from === self.pid] });
      expect(yield* GenServer.call(server.pid, "anything")).toEqual(["anything", true]);
      const table = startProbe({ messages: { val: ([, from]) => self.runtime.send(from, 13) } });
      self.send(table.pid, ["val", self.pid]);
      expect(yield* self.receive()).toBe(13);
      self.send(table.pid, "unknown");
      expect(yield* table.assertReceive("unknown")).toBe("unknown");
      const clauses = startProbe({
        messages: [on(["ping", P.pid], ([, from]) => self.runtime.send(from, "pong" as never)), on(P._, () => {})],
      });
      self.send(clauses.pid, ["ping", self.pid]);
      expect(yield* self.receive()).toBe("pong");
    });
  });

  test("ends with the process that started it, and gives its name back", () => {
    const { act, runtime } = acting();
    act(function* () {
      startProbe({ name: "probe", trapExit: true });
    });
    expect(runtime.registered()).toEqual([]);
    expect(runtime.processes()).toHaveLength(1);
  });

  test("may trap exits, and be stopped", () => {
    const { act, runtime } = acting();
    act(function* (self) {
      const probe = startProbe({ trapExit: true, name: "probe" });
      yield* self.sleep(0);
      self.exit(probe.pid, "boom");
      expect(yield* probe.expectMessage(["EXIT", P.pid, "boom"])).toHaveLength(3);
      const ref = self.monitor(probe.pid);
      probe.stop();
      const [, , , , reason] = (yield* self.receive(on(["DOWN", ref, P._, P._, P._], (down) => down))) as unknown[];
      expect(reason).toBe("normal");
      expect(runtime.whereis("probe")).toBeUndefined();
    });
  });

  test.each(["clone", "freeze"] as const)("works where messages are handed over otherwise: %s", (messages) => {
    const { act } = acting({ messages });
    act(function* (self) {
      const probe = startProbe();
      self.send(probe.pid, { type: "a", n: 1 });
      expect(yield* probe.expectMessage({ type: "a" })).toEqual({ type: "a", n: 1 });
      yield* probe.expectNoMessage();
    });
  });

  test("a reaction that throws is the probe's crash, which fails who waits", () => {
    const { act, reports } = acting();
    act(function* (self) {
      const probe = startProbe({
        messages: {
          boom: () => {
            throw new Error("boom");
          },
        },
      });
      self.send(probe.pid, "boom");
      let error: unknown;
      try {
        yield* probe.assertReceive("never");
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(ExitError);
    });
    expect(reports).toHaveLength(1);
  });
});

describe("in the host's code", () => {
  test("is waited for, and ends where the block does, with its context, or with its runtime", async () => {
    const { runtime } = ownRuntime();
    const cleanups: (() => Promise<void>)[] = [];
    const context = { after: (cleanup: () => Promise<void>) => cleanups.push(cleanup) };
    {
      await using probe = startProbe({ as: runtime, name: "probe" });
      runtime.spawn(() => void runtime.send("probe", "hello"));
      expect(await probe.expectMessage("hello")).toBe("hello");
      const error = await rejection(probe.expectMessage("more", 0));
      expect((error as Error).stack).toContain("probe.test");
      await probe.expectNoMessage(0);
    }
    expect(runtime.registered()).toEqual([]);
    startProbe({ as: runtime, context, name: "second" });
    await cleanups[0]?.();
    expect(runtime.registered()).toEqual([]);
    expect(runtime.processes()).toHaveLength(1);
    const third = startProbe({ as: runtime, name: "third" });
    third.stop();
    third.stop();
    await third[Symbol.asyncDispose]();
    expect(runtime.registered()).toEqual([]);
  });

  test("several may wait at once", async () => {
    const runtime = createRuntime();
    const probe = startProbe({ as: runtime });
    const both = Promise.all([probe.assertReceive("a"), probe.assertReceive("b")]);
    runtime.send(probe.pid, "b");
    runtime.send(probe.pid, "a");
    expect(await both).toEqual(["a", "b"]);
    await runtime.stop();
    await settle(runtime);
  });
});

describe("wrong arguments", () => {
  const { runtime } = { runtime: createRuntime({ clock: () => 0 }) };

  test.each<[string, () => unknown]>([
    [
      'startProbe: expected name, trapExit, messages, calls, context, as as an option, got "call"',
      () => startProbe({ call: 1 } as never),
    ],
    [
      "startProbe: expected a tag table or an array of clauses as messages, got 7",
      () => startProbe({ messages: 7 as never }),
    ],
    [
      "startProbe: expected a function or a table of functions as calls, got 7",
      () => startProbe({ calls: 7 as never }),
    ],
    ["startProbe: expected as context what a test is given", () => startProbe({ as: runtime, context: {} as never })],
    ["expectMessage: expected a timeout in ms", () => startProbe({ as: runtime }).expectMessage(1, -1)],
    [
      'refuteReceive: expected timeout, as as an option, got "message"',
      () => startProbe({ as: runtime }).refuteReceive(1, { message: "" } as never),
    ],
  ])("%s", (message, call) => {
    expect((thrown(call) as Error).message).toContain(message);
  });

  test("a name that is taken", () => {
    startProbe({ as: runtime, name: "taken" });
    expect((thrown(() => startProbe({ as: runtime, name: "taken" })) as Error).name).toBe("NameError");
  });
});
