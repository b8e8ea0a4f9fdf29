// A registry is compared with an array of its entries, whatever its processes do, and whether or not its partitions have been told.
import fc from "fast-check";
import { expect, test } from "vitest";
import { AlreadyRegisteredError, on, P, type Pid, Registry, type Self } from "../../src/index.ts";
import { announce, options, patience } from "../model/random.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";
import { inside } from "./support/inside.ts";

const FILE = "test/otp/registry-model.test.ts";
announce(FILE);

const WORKERS = 4;
const KEYS = ["a", 1, ["a", 1], null] as const;
const worker = fc.nat(WORKERS - 1);
const key = fc.nat(KEYS.length - 1);
const value = fc.nat(2);

const command = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant("register" as const), worker, key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("unregister" as const), worker, key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("unregisterMatch" as const), worker, key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("updateValue" as const), worker, key, value) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("kill" as const), worker, key, value) },
);

/** One entry as the model has it: by the numbers of the worker and the key. */
interface Held {
  readonly worker: number;
  readonly key: number;
  value: number;
}

/** Does what it is sent: functions, of which it tells nothing. */
function* obedient(self: Self<() => void>): Generator<any, void, any> {
  for (;;) (yield* self.receive())();
}

const sorted = (values: readonly unknown[]) => values.map((each) => JSON.stringify(each)).sort();

for (const keys of ["unique", "duplicate"] as const) {
  for (const partitions of [1, 3]) {
    test(`${keys} keys, ${partitions} partitions`, { timeout: patience }, () => {
      const property = fc.property(fc.array(fc.tuple(command, fc.boolean()), { maxLength: 40 }), (steps) => {
        const { runtime, reports } = ownRuntime({ development: false });
        const as = { as: runtime };
        inside(runtime, function* () {
          yield* Registry.startLink({ keys, name: "reg", partitions });
        });
        const workers: Pid<() => void>[] = Array.from({ length: WORKERS }, () => runtime.spawn(obedient));
        let model: Held[] = [];

        const check = () => {
          for (const [index, name] of KEYS.entries()) {
            const held = model.filter((each) => each.key === index);
            const found = Registry.lookup("reg", name, as).map(([pid, got]) => [workers.indexOf(pid), got]);
            expect(sorted(found)).toEqual(sorted(held.map((each) => [each.worker, each.value])));
            expect(Registry.countMatch("reg", name, 1, undefined, as)).toBe(
              held.filter((each) => each.value === 1).length,
            );
          }
          for (const [index, pid] of workers.entries()) {
            const held = model.filter((each) => each.worker === index);
            expect(sorted(Registry.keys("reg", pid, as))).toEqual(sorted(held.map((each) => KEYS[each.key])));
            expect(runtime.processInfo(pid, "links")).toHaveLength(held.length > 0 ? 1 : 0);
          }
          expect(Registry.countSelect("reg", [on([P._, P._, P._], () => 0)], as)).toBe(model.length);
        };

        for (const [[what, who, which, n], isPrompt] of steps) {
          const name = KEYS[which];
          const pid = workers[who] as Pid<() => void>;
          const mine = (each: Held) => each.worker === who && each.key === which;
          if (what === "kill") {
            runtime.exit(pid, "kill");
            model = model.filter((each) => each.worker !== who);
            workers[who] = runtime.spawn(obedient);
            // What is looked up must not depend on whether its partition knows.
            if (isPrompt) runtime.run();
            check();
            continue;
          }
          let outcome: unknown;
          runtime.send(pid, () => {
            try {
              if (what === "register") Registry.register("reg", name, n);
              if (what === "unregister") Registry.unregister("reg", name);
              if (what === "unregisterMatch") Registry.unregisterMatch("reg", name, n);
              if (what === "updateValue") outcome = Registry.updateValue("reg", name, () => n);
            } catch (error) {
              outcome = error;
            }
          });
          runtime.run();
          if (what === "register") {
            const taken = keys === "unique" && model.some((each) => each.key === which);
            expect(outcome instanceof AlreadyRegisteredError).toBe(taken);
            if (!taken) model.push({ worker: who, key: which, value: n });
          }
          if (what === "unregister") model = model.filter((each) => !mine(each));
          if (what === "unregisterMatch") model = model.filter((each) => !mine(each) || each.value !== n);
          if (what === "updateValue") {
            const own = model.find(mine);
            if (keys === "duplicate") expect(outcome).toBeInstanceOf(TypeError);
            else expect(outcome).toEqual(own && [n, own.value]);
            if (own !== undefined && keys === "unique") own.value = n;
          }
          check();
          // All ends have been handled by now.
          expect(Registry.count("reg", as)).toBe(model.length);
        }
        for (const pid of workers) runtime.exit(pid, "kill");
        runtime.run();
        expect(Registry.count("reg", as)).toBe(0);
        expect(reports).toEqual([]);
      });
      fc.assert(property, options(FILE, 50));
    });
  }
}
