import { expect, test } from "vitest";
import { NameError, type Pid, PubSub, Registry, type Self, Supervisor } from "../../src/index.ts";
import { ownRuntime, thrown } from "../semantics/support/own-runtime.ts";
import { inside, received } from "./support/inside.ts";

/** A process that subscribes, and tells what it gets, with its pid as text: who compares two pids compares all of their runtime. */
function* subscriber(self: Self<any>, topic: string): Generator<any, Pid<any>, any> {
  const pid = self.spawn(function* (theirs: Self<any>) {
    PubSub.subscribe("events", topic);
    self.runtime.send(self.pid, "subscribed");
    for (;;) self.runtime.send(self.pid, ["got", `${theirs.pid}`, yield* theirs.receive()]);
  });
  yield* self.receive({ subscribed: () => undefined });
  return pid;
}

for (const poolSize of [1, 3]) {
  const withPubSub = (body: (self: Self<any>) => Generator<any, void, any>) => {
    const { runtime, reports } = ownRuntime();
    inside(runtime, function* (self) {
      yield* PubSub.startLink({ name: "events", poolSize });
      yield* body(self);
    });
    expect(reports).toEqual([]);
  };

  test(`a broadcast reaches the subscribers of its topic, pool of ${poolSize}`, () => {
    withPubSub(function* (self) {
      const pids: Pid<any>[] = [];
      for (const topic of ["a", "a", "b"]) pids.push(yield* subscriber(self, topic));
      PubSub.broadcast("events", "nobody", "lost");
      PubSub.broadcast("events", "a", ["hello", 1]);
      PubSub.localBroadcast("events", "b", "there");
      yield* self.sleep(0);
      const messages = yield* received(self);
      expect(messages).toHaveLength(3);
      expect(messages).toEqual(
        expect.arrayContaining([
          ["got", `${pids[0]}`, ["hello", 1]],
          ["got", `${pids[1]}`, ["hello", 1]],
          ["got", `${pids[2]}`, "there"],
        ]),
      );
    });
  });

  test(`who is left out gets nothing, and who has subscribed twice all twice, pool of ${poolSize}`, () => {
    withPubSub(function* (self) {
      const other = yield* subscriber(self, "a");
      PubSub.subscribe("events", "a");
      PubSub.subscribe("events", "a");
      PubSub.broadcastFrom("events", self.pid, "a", 1);
      PubSub.localBroadcastFrom("events", other, "a", 2);
      yield* self.sleep(0);
      const mine = (yield* received(self)).filter((message) => !Array.isArray(message));
      expect(mine).toEqual([2, 2]);
      PubSub.broadcast("events", "a", 3);
      PubSub.unsubscribe("events", "a");
      PubSub.broadcast("events", "a", 4);
      yield* self.sleep(0);
      const messages = yield* received(self);
      expect(messages.filter((message) => !Array.isArray(message))).toEqual([3, 3]);
      expect(messages.filter(Array.isArray)).toEqual([
        ["got", `${other}`, 3],
        ["got", `${other}`, 4],
      ]);
    });
  });

  test(`a dispatcher is given the subscribers with their metadata, pool of ${poolSize}`, () => {
    withPubSub(function* (self) {
      PubSub.subscribe("events", "a", { metadata: "fast" });
      const calls: unknown[] = [];
      const dispatcher = (...args: unknown[]) => calls.push(args);
      PubSub.broadcast("events", "a", 1, { dispatcher });
      PubSub.broadcastFrom("events", self.pid, "a", 2, { dispatcher });
      PubSub.broadcast("events", "nobody", 3, { dispatcher });
      expect(calls).toEqual([
        [[[self.pid, "fast"]], undefined, 1],
        [[[self.pid, "fast"]], self.pid, 2],
      ]);
      expect(yield* received(self)).toEqual([]);
    });
  });

  test(`subscriptions end with their process, pool of ${poolSize}`, () => {
    withPubSub(function* (self) {
      const pid = yield* subscriber(self, "a");
      self.exit(pid, "kill");
      PubSub.broadcast("events", "a", 1, { dispatcher: () => expect.unreachable() });
      expect(Registry.lookup("events", "a")).toEqual([]);
    });
  });
}

test("it is a child of a supervisor", () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* (self) {
    const child = PubSub.child({ name: "events" });
    expect(child).toMatchObject({ id: "events", type: "supervisor" });
    yield* Supervisor.startLink([child], { strategy: "one_for_one" });
    PubSub.subscribe("events", "a");
    PubSub.broadcast("events", "a", "hello");
    expect(yield* self.receive()).toBe("hello");
  });
});

test("an unknown name, and what is no topic, is an error", () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* (self) {
    yield* PubSub.startLink({ name: "events" });
    for (const act of [
      () => PubSub.subscribe("unknown", "a"),
      () => PubSub.unsubscribe("unknown", "a"),
      () => PubSub.broadcast("unknown", "a", 1),
      () => PubSub.broadcastFrom("unknown", self.pid, "a", 1),
    ]) {
      expect(thrown(act)).toBeInstanceOf(NameError);
    }
    for (const topic of [undefined, 1, ["a"]] as never[]) {
      for (const act of [
        () => PubSub.subscribe("events", topic),
        () => PubSub.unsubscribe("events", topic),
        () => PubSub.broadcast("events", topic, 1 as never),
      ]) {
        expect(thrown(act)).toBeInstanceOf(TypeError);
      }
    }
  });
});

test("the host's code subscribes its main process, and acts for a runtime of its own", async () => {
  const { runtime } = ownRuntime();
  const as = { as: runtime };
  const starting = Promise.resolve(PubSub.startLink({ name: "events", ...as }));
  runtime.run();
  await starting;
  PubSub.subscribe("events", "a", as);
  PubSub.broadcast("events", "a", "hello", as);
  const receiving = Promise.resolve(runtime.receive());
  runtime.run();
  expect(await receiving).toBe("hello");
});
