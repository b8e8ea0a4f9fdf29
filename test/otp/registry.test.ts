import { describe, expect, test } from "vitest";
import {
  Agent,
  AlreadyRegisteredError,
  after,
  ExitError,
  GenServer,
  NameError,
  NoProcessError,
  on,
  P,
  type Pid,
  Registry,
  type Runtime,
  type Self,
  Supervisor,
  sys,
} from "../../src/index.ts";
import { ownRuntime, thrown } from "../semantics/support/own-runtime.ts";
import { caught, inside, received } from "./support/inside.ts";

const REGISTRY = "reg";

/** Runs a body in a process, in a runtime that has a registry. */
function withRegistry<T>(
  keys: "unique" | "duplicate",
  partitions: number,
  body: (self: Self<any>, runtime: Runtime) => Generator<any, T, any>,
  listeners: string[] = [],
): T {
  const { runtime, reports } = ownRuntime();
  const result = inside(runtime, function* (self) {
    yield* Registry.startLink({ keys, name: REGISTRY, partitions, listeners });
    return yield* body(self, runtime);
  });
  expect(reports).toEqual([]);
  return result;
}

/** A process that registers and stays. Gives its pid and the partition's. */
function* other(self: Self<any>, key: unknown, value: unknown): Generator<any, [pid: Pid<any>, owner: Pid<any>], any> {
  const pid = self.spawn(function* (their: Self<any>) {
    self.runtime.send(self.pid, ["registered", Registry.register(REGISTRY, key, value)]);
    yield* their.sleep(Number.POSITIVE_INFINITY);
  });
  return [pid, yield* self.receive(on(["registered", P._], ([, owner]) => owner))];
}

/** Ends a process, and waits until that is known. */
function* kill(self: Self<any>, pid: Pid<any>): Generator<any, void, any> {
  const ref = self.monitor(pid);
  self.exit(pid, "kill");
  yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => undefined));
}

const sorted = (values: unknown[]) => values.map(String).sort();
const links = (self: Self<any>) => self.runtime.processInfo(self.pid, "links");
const never = (): never => {
  throw new Error("must not be called");
};

for (const partitions of [1, 8]) {
  describe(`unique keys, ${partitions} partitions`, () => {
    const registry = <T>(
      body: (self: Self<any>, runtime: Runtime) => Generator<any, T, any>,
      listeners?: string[],
    ): T => withRegistry("unique", partitions, body, listeners);

    test("there are as many partitions as asked for", () => {
      registry(function* () {
        expect(yield* Supervisor.whichChildren(REGISTRY)).toHaveLength(partitions);
      });
    });

    test("keys are counted", () => {
      registry(function* () {
        expect(Registry.count(REGISTRY)).toBe(0);
        Registry.register(REGISTRY, "hello", 1);
        Registry.register(REGISTRY, "world", 1);
        expect(Registry.count(REGISTRY)).toBe(2);
      });
    });

    test("a key is one process's, and registered once", () => {
      registry(function* ({ pid, runtime }) {
        const owner = Registry.register(REGISTRY, "hello", "value");
        expect(runtime.isAlive(owner)).toBe(true);
        expect(Registry.keys(REGISTRY, pid)).toEqual(["hello"]);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual(["value"]);
        const error = thrown(() => Registry.register(REGISTRY, "hello", "value"));
        expect(error).toBeInstanceOf(AlreadyRegisteredError);
        const { name, message, reason, registry: named, key } = error as AlreadyRegisteredError;
        expect([name, named, key]).toEqual(["AlreadyRegisteredError", REGISTRY, "hello"]);
        expect(message).toBe(`the key "hello" of the registry "reg" is registered by ${pid}`);
        expect(reason).toEqual(["already_registered", pid]);
        expect(Registry.keys(REGISTRY, pid)).toEqual(["hello"]);
        Registry.register(REGISTRY, "world", "value");
        expect(sorted(Registry.keys(REGISTRY, pid))).toEqual(["hello", "world"]);
      });
    });

    test("a key is nobody else's, and who tries loses no link of its own", () => {
      registry(function* (self, runtime) {
        const [pid] = yield* other(self, "hello", "value");
        const supervisor = runtime.whereis(REGISTRY) as Pid<any>;
        expect(Registry.keys(REGISTRY, pid)).toEqual(["hello"]);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual(["value"]);
        const error = thrown(() => Registry.register(REGISTRY, "hello", "recent"));
        expect((error as AlreadyRegisteredError).pid).toBe(pid);
        expect(Registry.keys(REGISTRY, self.pid)).toEqual([]);
        expect(Registry.values(REGISTRY, "hello", self.pid)).toEqual([]);
        // Only the supervisor that this process has started.
        expect(links(self)).toEqual([supervisor]);
      });
    });

    test("the key of a dead process is free, even while its partition does nothing", () => {
      registry(function* (self) {
        const [pid, owner] = yield* other(self, "hello", "value");
        yield* sys.suspend(owner as never);
        yield* kill(self, pid);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([]);
        Registry.register(REGISTRY, "hello", "other");
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[self.pid, "other"]]);
        yield* sys.resume(owner as never);
        yield* GenServer.call(owner as never, "sync");
        // What is buried is the dead process's entry, and not that of the next one.
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[self.pid, "other"]]);
        expect(Registry.count(REGISTRY)).toBe(1);
      });
    });

    test("values are matched by patterns", () => {
      registry(function* ({ pid }) {
        const value = [1, "atom", 1];
        Registry.register(REGISTRY, "hello", value);
        for (const pattern of [[1, P._, P._], [P._, "atom", P._], P._, [P.number, P.string, P.number]]) {
          expect(Registry.match(REGISTRY, "hello", pattern)).toEqual([[pid, value]]);
          expect(Registry.countMatch(REGISTRY, "hello", pattern)).toBe(1);
        }
        const same = P.when([P._, P._, P._], ([a, , b]) => a === b);
        expect(Registry.match(REGISTRY, "hello", same)).toEqual([[pid, value]]);
        expect(Registry.match(REGISTRY, "hello", [1.5, P._, P._])).toEqual([]);
        expect(Registry.match(REGISTRY, "_", P._)).toEqual([]);
        expect(Registry.countMatch(REGISTRY, "_", P._)).toBe(0);
        const object = { a: "a", b: "b" };
        Registry.register(REGISTRY, "world", object);
        expect(Registry.match(REGISTRY, "world", { b: "b" })).toEqual([[pid, object]]);
        expect(Registry.countMatch(REGISTRY, "world", { b: "c" })).toBe(0);
      });
    });

    test("guards see what matched; one that throws does not match", () => {
      registry(function* ({ pid }) {
        const value = [1, "atom", 2];
        Registry.register(REGISTRY, "hello", value);
        const pattern = [P._, P._, P.number] as const;
        expect(Registry.match(REGISTRY, "hello", pattern, ([, , n]) => n > 1)).toEqual([[pid, value]]);
        expect(Registry.match(REGISTRY, "hello", pattern, ([, , n]) => n > 2)).toEqual([]);
        expect(Registry.match(REGISTRY, "hello", pattern, never)).toEqual([]);
        expect(Registry.countMatch(REGISTRY, "hello", pattern, ([, , n]) => n > 1)).toBe(1);
        expect(Registry.countMatch(REGISTRY, "hello", pattern, ([, , n]) => n > 2)).toBe(0);
      });
    });

    test("what matches can be unregistered", () => {
      registry(function* ({ pid }) {
        const value = [1, "atom", 1];
        Registry.register(REGISTRY, "hello", value);
        Registry.unregisterMatch(REGISTRY, "hello", [2, P._, P._]);
        Registry.unregisterMatch(REGISTRY, "hello", [P.number, P._, P._], ([n]) => n > 1);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[pid, value]]);
        Registry.unregisterMatch(REGISTRY, "hello", [P.number, P._, P._], ([n]) => n < 2);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([]);
        expect(Registry.count(REGISTRY)).toBe(0);
      });
    });

    test("keys are compared as Erlang compares them: tuples by their elements, others by ===", () => {
      registry(function* (self) {
        const { pid } = self;
        const named = { name: "class" };
        class Key {}
        const key = new Key();
        const keys = [1, "1", 1n, true, "true", null, "null", ["room", 1], ["room", "1"], ["room", [1]], ["room,1"]];
        const more = [
          "\0",
          '\0["room",1',
          [],
          [null],
          ["null"],
          [pid],
          [`${pid}`],
          pid,
          Key,
          key,
          [Key],
          ["a", "b"],
          ["a,b"],
        ];
        const all = [...keys, ...more, 1n << 70n, Number.POSITIVE_INFINITY, [[], []], [[[]]]];
        for (const [index, each] of all.entries()) Registry.register(REGISTRY, each, index);
        expect(Registry.count(REGISTRY)).toBe(all.length);
        for (const [index, each] of all.entries()) {
          const copy = Array.isArray(each) ? [...each] : each;
          expect(Registry.lookup(REGISTRY, copy)).toEqual([[pid, index]]);
        }
        expect(Registry.keys(REGISTRY, pid)).toEqual(all);
        for (const wrong of [undefined, Number.NaN, {}, named, [{}], [["a", {}]], [Symbol("a")]]) {
          for (const act of [
            () => Registry.register(REGISTRY, wrong, 1),
            () => Registry.lookup(REGISTRY, wrong),
            () => Registry.unregister(REGISTRY, wrong),
            () => Registry.dispatch(REGISTRY, wrong, never),
          ]) {
            expect(thrown(act)).toBeInstanceOf(TypeError);
          }
        }
        expect(thrown(() => Registry.register(REGISTRY, { room: 1 }, 1))).toMatchObject({
          message:
            "Registry.register: expected a string, a number, a pid or a tuple (an array) of such as key, got {room: 1}",
        });
        expect(Registry.count(REGISTRY)).toBe(all.length);
      });
    });

    test("a process changes the value of its own key, and of no other", () => {
      registry(function* (self) {
        expect(Registry.updateValue(REGISTRY, "hello", never)).toBeUndefined();
        yield* other(self, "hello", 1);
        expect(Registry.updateValue(REGISTRY, "hello", never)).toBeUndefined();
        Registry.register(REGISTRY, "world", 1);
        const [before] = Registry.lookup(REGISTRY, "world");
        expect(Registry.updateValue(REGISTRY, "world", (n: number) => n + 1)).toEqual([2, 1]);
        expect(Registry.lookup(REGISTRY, "world")).toEqual([[self.pid, 2]]);
        // What was looked up before is as it was.
        expect(before).toEqual([self.pid, 1]);
        expect(thrown(() => Registry.updateValue(REGISTRY, "world", never))).toMatchObject({
          message: "must not be called",
        });
        expect(Registry.lookup(REGISTRY, "world")).toEqual([[self.pid, 2]]);
      });
    });

    test("a dispatch calls with the one entry, and not when there is none", () => {
      registry(function* ({ pid }) {
        Registry.dispatch(REGISTRY, "hello", never);
        Registry.register(REGISTRY, "hello", "value");
        const seen: unknown[] = [];
        yield* Registry.dispatch(REGISTRY, "hello", (entries) => seen.push(entries), { parallel: true });
        Registry.dispatch(REGISTRY, "hello", (entries) => seen.push(entries));
        expect(seen).toEqual([[[pid, "value"]], [[pid, "value"]]]);
      });
    });

    test("a process unregisters key by key", () => {
      registry(function* ({ pid }) {
        Registry.unregister(REGISTRY, "hello");
        Registry.register(REGISTRY, "hello", "value");
        Registry.register(REGISTRY, "world", "value");
        Registry.unregister(REGISTRY, "hello");
        expect(Registry.keys(REGISTRY, pid)).toEqual(["world"]);
        Registry.unregister(REGISTRY, "world");
        expect(Registry.keys(REGISTRY, pid)).toEqual([]);
      });
    });

    test("no process can unregister another's key", () => {
      registry(function* (self) {
        const [pid] = yield* other(self, "hello", "value");
        Registry.unregister(REGISTRY, "hello");
        Registry.unregisterMatch(REGISTRY, "hello", P._);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[pid, "value"]]);
      });
    });

    test("who is registered by a via name is a server of that name", () => {
      registry(function* (self) {
        const name = Registry.via(REGISTRY, "hello");
        const agent = yield* Agent.startLink(() => 0, { name });
        yield* Agent.update(name, (n: number) => n + 1);
        expect(yield* Agent.get(name, (n) => n)).toBe(1);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[agent, undefined]]);
        expect(GenServer.whereis(name)).toBe(agent);
        const error = yield* caught(() => Agent.start(() => 0, { name }));
        expect(error).toBeInstanceOf(ExitError);
        expect((error as ExitError).reason).toEqual(["already_started", agent]);
        yield* Agent.stop(name);
        expect(GenServer.whereis(name)).toBeUndefined();
        const again = yield* Agent.start(() => 0, { name: Registry.via(REGISTRY, ["a", "tuple"], "with a value") });
        expect(Registry.lookup(REGISTRY, ["a", "tuple"])).toEqual([[again, "with a value"]]);
        GenServer.cast(Registry.via(REGISTRY, "nobody"), 1);
        Registry.register(REGISTRY, "self", "value");
        GenServer.cast(Registry.via(REGISTRY, "self"), "message");
        GenServer.cast(Registry.via(REGISTRY, "self", "value"), "message");
        expect(yield* received(self)).toEqual([
          ["$gen_cast", "message"],
          ["$gen_cast", "message"],
        ]);
      });
    });

    test("a server that fails to start leaves no entry", () => {
      const { runtime } = ownRuntime();
      inside(runtime, function* () {
        yield* Registry.startLink({ keys: "unique", name: REGISTRY, partitions });
        const name = Registry.via(REGISTRY, "name", "value");
        const error = yield* caught(() => Agent.start(never, { name }));
        expect(error).toMatchObject({ reason: { message: "must not be called" } });
        expect(Registry.lookup(REGISTRY, "name")).toEqual([]);
      });
    });
  });

  describe(`duplicate keys, ${partitions} partitions`, () => {
    const registry = <T>(
      body: (self: Self<any>, runtime: Runtime) => Generator<any, T, any>,
      listeners?: string[],
    ): T => withRegistry("duplicate", partitions, body, listeners);

    test("there are as many partitions as asked for", () => {
      registry(function* () {
        expect(yield* Supervisor.whichChildren(REGISTRY)).toHaveLength(partitions);
      });
    });

    test("keys are counted as often as they are registered", () => {
      registry(function* (self) {
        expect(Registry.count(REGISTRY)).toBe(0);
        Registry.register(REGISTRY, "hello", 1);
        Registry.register(REGISTRY, "hello", 1);
        yield* other(self, "hello", 1);
        expect(Registry.count(REGISTRY)).toBe(3);
      });
    });

    test("many processes have a key, each as often as it likes", () => {
      registry(function* (self) {
        const { pid } = self;
        const [theirs] = yield* other(self, "hello", "world");
        expect(Registry.keys(REGISTRY, pid)).toEqual([]);
        expect(Registry.keys(REGISTRY, theirs)).toEqual(["hello"]);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual([]);
        expect(Registry.values(REGISTRY, "hello", theirs)).toEqual(["world"]);
        Registry.register(REGISTRY, "hello", "value");
        Registry.register(REGISTRY, "hello", "value");
        Registry.register(REGISTRY, "world", "value");
        expect(sorted(Registry.keys(REGISTRY, pid))).toEqual(["hello", "hello", "world"]);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual(["value", "value"]);
        expect(Registry.lookup(REGISTRY, "hello")).toHaveLength(3);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual(
          expect.arrayContaining([
            [pid, "value"],
            [theirs, "world"],
          ]),
        );
      });
    });

    test("a dispatch calls with the entries of each partition that has any", () => {
      registry(function* (self) {
        self.trapExit = true;
        yield* Registry.dispatch(REGISTRY, "hello", never, { parallel: true });
        Registry.dispatch(REGISTRY, "hello", never, { parallel: false });
        Registry.register(REGISTRY, "hello", 1);
        Registry.register(REGISTRY, "hello", 2);
        Registry.register(REGISTRY, "world", 3);
        for (const parallel of [false, true]) {
          const callers: Pid<any>[] = [];
          for (const key of ["hello", "world"]) {
            yield* Registry.dispatch(
              REGISTRY,
              key,
              (entries) => {
                callers.push(self.runtime.self());
                for (const [pid, value] of entries) self.runtime.send(pid, ["dispatch", key, value]);
              },
              { parallel },
            );
          }
          const here = !parallel || partitions === 1;
          expect(callers.map((caller) => caller === self.pid)).toEqual([here, here]);
          expect(yield* received(self)).toEqual([
            ["dispatch", "hello", 1],
            ["dispatch", "hello", 2],
            ["dispatch", "world", 3],
          ]);
        }
      });
    });

    test("a process unregisters all its entries of a key at once", () => {
      registry(function* (self) {
        const [pid] = yield* other(self, "hello", 0);
        Registry.unregister(REGISTRY, "hello");
        for (const [key, value] of [
          ["hello", 1],
          ["hello", 2],
          ["world", 3],
        ]) {
          Registry.register(REGISTRY, key, value);
        }
        Registry.unregister(REGISTRY, "hello");
        expect(Registry.keys(REGISTRY, self.pid)).toEqual(["world"]);
        expect(Registry.lookup(REGISTRY, "hello")).toEqual([[pid, 0]]);
        Registry.unregister(REGISTRY, "world");
        expect(Registry.keys(REGISTRY, self.pid)).toEqual([]);
        expect(Registry.count(REGISTRY)).toBe(1);
      });
    });

    test("values are matched by patterns and guards", () => {
      registry(function* ({ pid }) {
        const [first, second] = [
          [1, "atom", 1],
          [2, "atom", 2],
        ];
        Registry.register(REGISTRY, "hello", first);
        Registry.register(REGISTRY, "hello", second);
        const n = [P.number, P._, P._] as const;
        expect(Registry.match(REGISTRY, "hello", [1, P._, P._])).toEqual([[pid, first]]);
        expect(Registry.match(REGISTRY, "hello", [P._, "atom", P._])).toEqual([
          [pid, first],
          [pid, second],
        ]);
        expect(Registry.match(REGISTRY, "hello", n, ([a]) => a < 2)).toEqual([[pid, first]]);
        expect(Registry.match(REGISTRY, "hello", n, ([a]) => a > 3)).toEqual([]);
        expect(Registry.countMatch(REGISTRY, "hello", n, ([a]) => a < 3)).toBe(2);
        expect(Registry.countMatch(REGISTRY, "_", P._)).toBe(0);
      });
    });

    test("what matches can be unregistered, and the rest stays", () => {
      registry(function* ({ pid }) {
        for (const value of [1, 2, 2, 3]) Registry.register(REGISTRY, "hello", value);
        Registry.register(REGISTRY, "world", 2);
        Registry.unregisterMatch(REGISTRY, "hello", 2);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual([1, 3]);
        expect(sorted(Registry.keys(REGISTRY, pid))).toEqual(["hello", "hello", "world"]);
        Registry.unregisterMatch(REGISTRY, "hello", P.number, (n) => n > 2);
        expect(Registry.values(REGISTRY, "hello", pid)).toEqual([1]);
        Registry.unregisterMatch(REGISTRY, "hello", P._);
        expect(Registry.keys(REGISTRY, pid)).toEqual(["world"]);
      });
    });

    test("there are no via names, and values are not updated", () => {
      registry(function* () {
        const name = Registry.via(REGISTRY, "hello");
        for (const act of [() => GenServer.whereis(name), () => Registry.updateValue(REGISTRY, "hello", never)]) {
          expect(thrown(act)).toMatchObject({
            message: expect.stringContaining("not supported for duplicate registries"),
          });
        }
        expect(yield* caught(() => Agent.start(() => 0, { name }))).toBeInstanceOf(TypeError);
      });
    });
  });

  for (const keys of ["unique", "duplicate"] as const) {
    describe(`${keys} keys, ${partitions} partitions`, () => {
      const registry = <T>(
        body: (self: Self<any>, runtime: Runtime) => Generator<any, T, any>,
        listeners?: string[],
      ): T => withRegistry(keys, partitions, body, listeners);

      test("strange keys are keys like others", () => {
        registry(function* ({ pid }) {
          for (const key of ["_", "$1", "__proto__", "constructor"]) Registry.register(REGISTRY, key, "foo");
          Registry.unregisterMatch(REGISTRY, "_", "foo");
          Registry.unregister(REGISTRY, "$1");
          expect(Registry.lookup(REGISTRY, "_")).toEqual([]);
          expect(Registry.lookup(REGISTRY, "toString")).toEqual([]);
          expect(sorted(Registry.keys(REGISTRY, pid))).toEqual(["__proto__", "constructor"]);
        });
      });

      test("listeners are told", () => {
        registry(
          function* (self, runtime) {
            runtime.register(self.pid, "listener");
            const [pid] = yield* other(self, "hello", "world");
            Registry.register(REGISTRY, "mine", 1);
            Registry.unregisterMatch(REGISTRY, "mine", 2);
            Registry.unregister(REGISTRY, "mine");
            Registry.register(REGISTRY, "mine", 1);
            Registry.unregisterMatch(REGISTRY, "mine", 1);
            yield* kill(self, pid);
            expect(yield* received(self)).toEqual([
              ["register", REGISTRY, "hello", pid, "world"],
              ["register", REGISTRY, "mine", self.pid, 1],
              ["unregister", REGISTRY, "mine", self.pid],
              ["register", REGISTRY, "mine", self.pid, 1],
              ["unregister", REGISTRY, "mine", self.pid],
            ]);
          },
          ["listener"],
        );
      });

      test("a process is linked to its partition while it has an entry", () => {
        registry(function* (self) {
          const owner = Registry.register(REGISTRY, "hello", 1);
          expect(links(self)).toContain(owner);
          expect(Registry.register(REGISTRY, "world", 1)).toBe(owner);
          Registry.unregister(REGISTRY, "hello");
          expect(links(self)).toContain(owner);
          Registry.unregister(REGISTRY, "world");
          expect(links(self)).not.toContain(owner);
          Registry.register(REGISTRY, "hello", 1);
          Registry.unregisterMatch(REGISTRY, "hello", 1);
          expect(links(self)).not.toContain(owner);
        });
      });

      test("entries vanish with their process", () => {
        registry(function* (self) {
          const [first] = yield* other(self, "hello", 1);
          const [second] = yield* other(self, "world", 2);
          Registry.register(REGISTRY, "mine", 3);
          for (const pid of [first, second]) yield* kill(self, pid);
          // At once, and whether or not the partitions have been told.
          for (const key of ["hello", "world"]) expect(Registry.lookup(REGISTRY, key)).toEqual([]);
          Registry.dispatch(REGISTRY, "hello", never);
          expect(Registry.match(REGISTRY, "hello", P._)).toEqual([]);
          expect(Registry.keys(REGISTRY, first)).toEqual([]);
          expect(Registry.values(REGISTRY, "hello", first)).toEqual([]);
          expect(Registry.countSelect(REGISTRY, [on(P._, () => 1)])).toBe(1);
          for (const [, owner] of yield* Supervisor.whichChildren(REGISTRY)) {
            yield* GenServer.call(owner as Pid<any>, "sync");
          }
          expect(Registry.count(REGISTRY)).toBe(1);
          expect(Registry.lookup(REGISTRY, "mine")).toEqual([[self.pid, 3]]);
        });
      });

      test("entries are selected by clauses: the first that matches makes the result", () => {
        registry(function* (self) {
          const { pid } = self;
          expect(Registry.select(REGISTRY, [on(P._, (row) => row)])).toEqual([]);
          const value = [1, "atom", 1];
          Registry.register(REGISTRY, "hello", value);
          const [theirs] = yield* other(self, "world", { a: "a", b: "b" });
          const all = Registry.select(REGISTRY, [on([P._, P._, P._], (row) => row)]);
          expect(all).toHaveLength(2);
          expect(all).toEqual(
            expect.arrayContaining([
              ["hello", pid, value],
              ["world", theirs, { a: "a", b: "b" }],
            ]),
          );
          expect(Registry.select(REGISTRY, [on(["hello", P._, P._], (row) => row)])).toEqual([["hello", pid, value]]);
          expect(Registry.select(REGISTRY, [on([P._, pid, P._], ([key]) => key)])).toEqual(["hello"]);
          expect(Registry.select(REGISTRY, [on([P._, P._, [P.number, "atom", P._]], ([, , [n]]) => n)])).toEqual([1]);
          expect(Registry.select(REGISTRY, [on(["world", theirs, { b: "b" }], () => "match")])).toEqual(["match"]);
          expect(Registry.select(REGISTRY, [on(["nobody", P._, P._], never)])).toEqual([]);
          const guarded = P.when([P.string, P._, [P._, P._, P.number]], ([, , [, , n]]) => n > 0);
          expect(Registry.select(REGISTRY, [on(guarded, ([key]) => key)])).toEqual(["hello"]);
          const clauses = [on(["hello", P._, P._], () => "first"), on([P._, P._, P._], () => "second")];
          expect(sorted(Registry.select(REGISTRY, clauses))).toEqual(["first", "second"]);
          expect(Registry.countSelect(REGISTRY, clauses)).toBe(2);
          expect(Registry.countSelect(REGISTRY, [on([P._, P._, { b: "c" }], never)])).toBe(0);
          expect(Registry.countSelect(REGISTRY, [on([P._, P._, P._], never)])).toBe(2);
          for (const wrong of [on(P._, never), [P._], [[P._, [], []]], [after(1)], undefined]) {
            expect(thrown(() => Registry.select(REGISTRY, wrong as never))).toBeInstanceOf(TypeError);
            expect(thrown(() => Registry.countSelect(REGISTRY, wrong as never))).toBeInstanceOf(TypeError);
          }
        });
      });

      test("a registration that is refused leaves nothing behind", () => {
        registry(function* (self) {
          yield* other(self, "hello", 1);
          Registry.register(REGISTRY, "world", 1);
          for (const key of ["hello", "world"]) {
            if (keys === "unique") expect(thrown(() => Registry.register(REGISTRY, key, 2))).toBeInstanceOf(Error);
          }
          expect(Registry.count(REGISTRY)).toBe(2);
          expect(Registry.keys(REGISTRY, self.pid)).toEqual(["world"]);
        });
      });

      test("a partition that is killed takes its processes with it, and its supervisor starts it anew", () => {
        const { runtime, reports } = ownRuntime();
        const fates = inside(runtime, function* (self) {
          self.trapExit = true;
          yield* Registry.startLink({ keys, name: REGISTRY, partitions });
          const owner = Registry.register(REGISTRY, "mine", 1);
          const [pid, theirs] = yield* other(self, "theirs", 2);
          self.exit(owner, "kill");
          // A table ends with its process: a process that traps exits is not in it any more, nor can it come in. Only a unique key is
          // still found until the partition is there again: `Table.holder` says why.
          const gone = keys === "unique" ? [] : Registry.lookup(REGISTRY, "mine");
          const refused = thrown(() => Registry.register(REGISTRY, "mine", 1));
          const exits = yield* self.receive(on(["EXIT", owner, P._], ([, , reason]) => reason));
          yield* self.sleep(0);
          Registry.register(REGISTRY, "mine", 3);
          return {
            gone,
            refused,
            exits,
            theirs: runtime.isAlive(pid) === (keys === "duplicate" && theirs !== owner),
            again: Registry.lookup(REGISTRY, "mine"),
            count: Registry.count(REGISTRY) === (runtime.isAlive(pid) ? 2 : 1),
            pid: self.pid,
          };
        });
        expect(fates).toMatchObject({ gone: [], exits: "killed", theirs: true, count: true });
        expect(fates.refused).toBeInstanceOf(NoProcessError);
        expect(fates.again).toEqual([[fates.pid, 3]]);
        expect(reports.map(({ kind }) => kind)).toContain("supervisor");
      });

      test("a dispatcher that ends the partition ends the caller with it, as in Elixir", () => {
        const { runtime } = ownRuntime();
        let calls = 0;
        let isThrough = false;
        const pids = inside(runtime, function* (self) {
          yield* Registry.startLink({ keys, name: REGISTRY, partitions });
          const caller = self.spawn(function* (their: Self<any>) {
            const owner = Registry.register(REGISTRY, "hello", 1);
            Registry.dispatch(REGISTRY, "hello", () => {
              calls++;
              their.exit(owner, "kill");
            });
            yield* their.sleep(0);
            isThrough = true;
          });
          const ref = self.monitor(caller);
          return yield* self.receive(
            on(["DOWN", ref, P._, P._, P._], (down) => [down[4], Registry.lookup(REGISTRY, "hello")]),
          );
        });
        expect(pids).toEqual(["killed", []]);
        expect([calls, isThrough]).toEqual([1, false]);
      });
    });
  }
}

describe("dispatch", () => {
  test("what the dispatcher throws is the caller's error", () => {
    withRegistry("duplicate", 4, function* () {
      Registry.register(REGISTRY, "hello", 1);
      const failing = () => {
        throw new Error("oops");
      };
      expect(thrown(() => Registry.dispatch(REGISTRY, "hello", failing))).toMatchObject({ message: "oops" });
    });
  });

  test("in parallel, it ends the caller by its link; one that traps exits is thrown it", () => {
    const { runtime, reports } = ownRuntime();
    const failing = () => {
      throw new Error("oops");
    };
    const {
      error,
      exits,
      links: left,
    } = inside(runtime, function* (self) {
      self.trapExit = true;
      const supervisor = yield* Registry.startLink({ keys: "duplicate", name: REGISTRY, partitions: 4 });
      Registry.register(REGISTRY, "hello", 1);
      const error = yield* caught(() => Registry.dispatch(REGISTRY, "hello", failing, { parallel: true }));
      const exits = yield* received(self);
      Registry.unregister(REGISTRY, "hello");
      return { error, exits, links: links(self)?.filter((pid) => pid !== supervisor) };
    });
    expect(error).toMatchObject({ message: "oops" });
    expect(exits).toMatchObject([["EXIT", {}, { message: "oops" }]]);
    expect(left).toEqual([]);
    expect(reports.map(({ kind }) => kind)).toEqual(["crash"]);
  });

  test("in parallel, the dispatcher may wait", () => {
    withRegistry("duplicate", 4, function* (self) {
      Registry.register(REGISTRY, "hello", 1);
      const seen: unknown[] = [];
      yield* Registry.dispatch(
        REGISTRY,
        "hello",
        function* (entries) {
          yield* self.runtime.sleep(0);
          seen.push(...entries);
        },
        { parallel: true },
      );
      expect(seen).toEqual([[self.pid, 1]]);
    });
  });
});

test("a listener that nobody is, is an error of who registers; the entry is made", () => {
  withRegistry(
    "unique",
    1,
    function* (self) {
      expect(thrown(() => Registry.register(REGISTRY, "hello", 1))).toBeInstanceOf(NameError);
      expect(Registry.lookup(REGISTRY, "hello")).toEqual([[self.pid, 1]]);
    },
    ["nobody"],
  );
});

test("metadata is given at the start, stored, and removed", () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* () {
    yield* Registry.startLink({ keys: "unique", name: "a", meta: { custom: "value" } });
    yield* Registry.startLink({ keys: "unique", name: "b", meta: new Map([[["custom", 1], "tuple"]]) });
    expect(Registry.meta("a", "custom")).toBe("value");
    expect(Registry.meta("a", "nothing")).toBeUndefined();
    expect(Registry.meta("b", ["custom", 1])).toBe("tuple");
    Registry.putMeta("a", ["custom", 1], "tuple");
    Registry.putMeta("a", "custom", "other");
    expect([Registry.meta("a", ["custom", 1]), Registry.meta("a", "custom")]).toEqual(["tuple", "other"]);
    Registry.deleteMeta("a", "custom");
    Registry.deleteMeta("a", "nothing");
    expect(Registry.meta("a", "custom")).toBeUndefined();
    expect(Registry.count("a")).toBe(0);
  });
});

test("an unknown registry is an error that says so", () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* (self) {
    runtime.register(self.pid, "no_registry");
    for (const name of ["unknown", "no_registry"]) {
      for (const act of [
        () => Registry.register(name, "hello", 1),
        () => Registry.unregister(name, "hello"),
        () => Registry.unregisterMatch(name, "hello", P._),
        () => Registry.lookup(name, "hello"),
        () => Registry.dispatch(name, "hello", never),
        () => Registry.match(name, "hello", P._),
        () => Registry.countMatch(name, "hello", P._),
        () => Registry.select(name, []),
        () => Registry.countSelect(name, []),
        () => Registry.count(name),
        () => Registry.keys(name, self.pid),
        () => Registry.values(name, "hello", self.pid),
        () => Registry.updateValue(name, "hello", never),
        () => Registry.meta(name, "hello"),
        () => Registry.putMeta(name, "hello", 1),
        () => Registry.deleteMeta(name, "hello"),
        () => GenServer.whereis(Registry.via(name, "hello")),
      ]) {
        const error = thrown(act);
        expect(error).toBeInstanceOf(NameError);
        expect(error).toMatchObject({ message: expect.stringContaining(`unknown registry: "${name}"`) });
      }
    }
    yield* self.sleep(0);
  });
});

test("wrong options are named", () => {
  const good = { keys: "unique", name: "reg" };
  const wrong: [unknown, string][] = [
    [undefined, "Registry: expected options, got undefined"],
    [{ name: "reg" }, `Registry: expected "unique" or "duplicate" as keys, got undefined`],
    [{ ...good, keys: "bag" }, `Registry: expected "unique" or "duplicate" as keys, got "bag"`],
    [{ keys: "unique" }, "Registry: expected a string as name, got undefined"],
    [{ ...good, name: [] }, "Registry: expected a string as name, got []"],
    [{ ...good, partitions: 0 }, "Registry: expected a positive integer as partitions, got 0"],
    [{ ...good, partitions: 1.5 }, "Registry: expected a positive integer as partitions, got 1.5"],
    [{ ...good, listeners: "l" }, `Registry: expected an array of names of processes as listeners, got "l"`],
    [{ ...good, listeners: [1] }, "Registry: expected an array of names of processes as listeners, got [1]"],
    [{ ...good, meta: 1 }, "Registry: expected an object or a Map as meta, got 1"],
  ];
  for (const [options, message] of wrong) {
    const error = thrown(() => Registry.startLink(options as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message });
  }
});

test("a registry is supervised under its name, and nothing of it is left when it is stopped", () => {
  const { runtime, reports } = ownRuntime();
  inside(runtime, function* (self) {
    const child = Registry.child({ keys: "duplicate", name: "reg", partitions: 2 });
    expect(child).toMatchObject({ id: "reg", type: "supervisor" });
    expect(Registry.child({} as never)).toMatchObject({ id: "Registry" });
    const supervisor = yield* Supervisor.startLink([child], { strategy: "one_for_one" });
    const pid = runtime.whereis("reg") as Pid<any>;
    expect(runtime.registered()).toEqual(expect.arrayContaining(["reg.PIDPartition0", "reg.PIDPartition1"]));
    Registry.register("reg", "hello", 1);
    self.trapExit = true;
    // The registry comes back empty.
    const ref = self.monitor(pid);
    self.exit(pid, "kill");
    expect(thrown(() => Registry.lookup("reg", "hello"))).toBeInstanceOf(NameError);
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => 0));
    yield* self.sleep(0);
    expect(runtime.whereis("reg")).not.toBe(pid);
    expect(Registry.lookup("reg", "hello")).toEqual([]);
    yield* Supervisor.stop(supervisor);
    expect(runtime.registered()).toEqual([]);
    expect(thrown(() => Registry.lookup("reg", "hello"))).toBeInstanceOf(NameError);
  });
  // As in Elixir: its partitions trap exits, and end of that of their supervisor.
  expect(reports.map(({ kind }) => kind)).toEqual(["server", "server", "supervisor"]);
  expect(reports[0]?.text).toContain('State: "reg"');
});

test("the host's code registers its main process, and acts for a runtime of its own", async () => {
  const { runtime } = ownRuntime();
  const as = { as: runtime };
  const pid = Registry.startLink({ keys: "unique", name: "reg", ...as });
  const started = Promise.resolve(pid);
  runtime.run();
  await started;
  const owner = Registry.register("reg", "host", 1, as);
  expect(runtime.processInfo(runtime.self(), "links")).toContain(owner);
  expect(Registry.lookup("reg", "host", as)).toEqual([[runtime.self(), 1]]);
  expect(thrown(() => Registry.lookup("reg", "host"))).toBeInstanceOf(NameError);
  Registry.unregister("reg", "host", as);
  expect(Registry.count("reg", as)).toBe(0);

  const name = Registry.via("reg", "agent");
  const starting = Promise.resolve(Agent.start(() => 1, { name, ...as }));
  runtime.run();
  const agent = await starting;
  expect(GenServer.whereis(name, as)).toBe(agent);
  const getting = Promise.resolve(Agent.get(name, (n: number) => n, as));
  runtime.run();
  expect(await getting).toBe(1);
});
