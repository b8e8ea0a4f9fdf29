import { describe, expect, test } from "vitest";
import { type ChildSpec, GenServer, Supervisor } from "../../src/index.ts";
import { ownRuntime, thrown } from "../semantics/support/own-runtime.ts";
import { briefly as inside } from "./support/inside.ts";

const Worker = GenServer.define({ name: "Worker", init: (state: unknown = "idle") => state });
const spec: ChildSpec = { id: "a", start: () => Worker.startLink() };

describe("childSpec gives a spec", () => {
  test("as it is", () => {
    expect(Supervisor.childSpec(spec)).toEqual(spec);
  });

  test("with some of its fields replaced", () => {
    const changed = { id: "b", restart: "temporary", shutdown: "brutalKill" } as const;
    expect(Supervisor.childSpec(spec, changed)).toEqual({ ...spec, ...changed });
    expect(() => Supervisor.childSpec(spec, { restarts: 1 } as never)).toThrow('to override, got "restarts"');
  });

  test("of a module, and of a module with arguments", () => {
    expect(Supervisor.childSpec(Worker)).toMatchObject({ id: "Worker" });
    expect(Supervisor.childSpec([Worker, 7, { id: "w", restart: "transient" }])).toMatchObject({
      id: "w",
      restart: "transient",
    });
  });
});

describe("a bad child spec names what is wrong, what was expected and what came", () => {
  const start = () => Worker.startLink();
  const bad: [what: string, spec: unknown, message: string][] = [
    ["id", { start }, "Supervisor: expected a value as id of a child, got undefined"],
    ["start", { id: "w" }, 'Supervisor: expected a function as start of child "w", got undefined'],
    [
      "restart",
      { id: "w", start, restart: "forever" },
      'Supervisor: expected "permanent" or "transient" or "temporary" as restart of child "w", got "forever"',
    ],
    [
      "shutdown",
      { id: "w", start, shutdown: -1 },
      'Supervisor: expected ms, Infinity or "brutalKill" as shutdown of child "w", got -1',
    ],
    ["shutdown", { id: "w", start, shutdown: "now" }, 'as shutdown of child "w", got "now"'],
    ["type", { id: "w", start, type: "boss" }, 'expected "worker" or "supervisor" as type of child "w", got "boss"'],
    ["significant", { id: "w", start, significant: 1 }, 'expected true or false as significant of child "w", got 1'],
    ["modules", { id: "w", start, modules: 1 }, 'expected an array or "dynamic" as modules of child "w", got 1'],
    ["child", 7, "expected a child spec, or what has a method child(), as a child, got 7"],
    ["child", "w", "as a child, got"],
    ["child", null, "as a child, got"],
    ["child", [1, 2], "as a child, got"],
  ];

  for (const [what, spec, message] of bad) {
    test(`as ${what}: ${message}`, () => {
      const { runtime } = ownRuntime();
      const options = { strategy: "one_for_one", as: runtime } as const;
      const error = thrown(() => Supervisor.startLink([spec as ChildSpec], options));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain(message);
      // In a request that was sent by hand it is the answer.
      inside(runtime, function* (self) {
        self.unlink(yield* Supervisor.startLink([], { strategy: "one_for_one", name: "sup" }));
        expect(yield* GenServer.call("sup", ["start_child", spec])).toEqual(["error", error]);
      });
    });
  }
});

describe("an id may be anything", () => {
  test("and what is no primitive is known by identity", () => {
    const { runtime } = ownRuntime();
    const id = ["worker", 1];
    inside(runtime, function* (self): Generator<any, void, any> {
      const sup = yield* Supervisor.startLink(
        [
          { ...spec, id },
          { ...spec, id: ["worker", 1] },
        ],
        { strategy: "one_for_one" },
      );
      self.unlink(sup);
      expect(yield* Supervisor.terminateChild(sup, id)).toBe("ok");
      expect(yield* Supervisor.countChildren(sup)).toMatchObject({ specs: 2, active: 1 });
    });
  });
});
