import { describe, expect, test } from "vitest";
import {
  Application,
  type ApplicationReport,
  type ApplicationSpec,
  createRuntime,
  ExitError,
  formatReport,
  GenServer,
  type Pid,
  type Report,
  type Runtime,
  type RuntimeOptions,
  Supervisor,
} from "../../src/index.ts";
import { gate, rejection, settle } from "../semantics/support/own-runtime.ts";

/** A runtime whose reports are kept, and whose main process may die. */
function newRuntime(options: RuntimeOptions = {}): { runtime: Runtime; reports: Report[] } {
  const reports: Report[] = [];
  return {
    runtime: createRuntime({ logger: (report) => reports.push(report), onMainExit: () => {}, ...options }),
    reports,
  };
}

/** An application whose one server says what happens to it. */
function noting(name: string, log: string[], more: Partial<ApplicationSpec> = {}): ApplicationSpec {
  const Worker = GenServer.define({
    name,
    init() {
      GenServer; // the worker's own process traps exits, so that terminate is called
      return name;
    },
    casts: {
      boom() {
        throw new Error("boom");
      },
      end: (state) => {
        void state;
        throw new ExitError("normal");
      },
    },
  });
  return Application.define({
    name,
    start(type) {
      log.push(`${name} start ${type}`);
      return Supervisor.startLink([Worker.child({ name: `${name} worker` })], {
        strategy: "one_for_one",
        maxRestarts: 0,
        name: `${name} supervisor`,
      });
    },
    prepStop: () => void log.push(`${name} prepStop`),
    stop: () => void log.push(`${name} stop`),
    ...more,
  });
}

async function reasonOf(operation: PromiseLike<unknown>): Promise<unknown> {
  const error = await rejection(operation);
  expect(error).toBeInstanceOf(ExitError);
  return (error as ExitError).reason;
}

const names = (infos: readonly { name: string }[]) => infos.map(({ name }) => name);

describe("the environment", () => {
  // As in Elixir's own test, "application environment".
  test("is put, got, fetched and deleted", async () => {
    const { runtime } = newRuntime();
    const as = { as: runtime };
    expect(() => Application.fetchEnv("unknown", "key" as never, as)).toThrow(
      'could not fetch application environment "key" for application "unknown" because the application was not loaded nor configured',
    );
    const App = Application.define({ name: "app", env: { port: 80, host: "here" } });
    Application.load(App, as);
    expect(Application.getEnv(App, "port", undefined, as)).toBe(80);
    expect(() => Application.fetchEnv("app", "unknown" as never, as)).toThrow(
      /because configuration at "unknown" was not set/,
    );
    expect(Application.getEnv("app", "unknown" as never, undefined, as)).toBe(undefined);
    expect(Application.getEnv("app", "unknown" as never, "default", as)).toBe("default");
    expect(Application.putEnv(App, "port", 8080, as)).toBe("ok");
    expect(Application.fetchEnv(App, "port", as)).toBe(8080);
    expect(Application.getAllEnv(App, as)).toEqual({ port: 8080, host: "here" });
    expect(Application.deleteEnv(App, "port", as)).toBe("ok");
    expect(Application.getEnv(App, "port", 1, as)).toBe(1);
    await runtime.stop();
  });

  test("is its spec's once it is loaded, but for what is persistent", async () => {
    const { runtime } = newRuntime();
    const as = { as: runtime };
    const App = Application.define({ name: "app", env: { a: 1, b: 2, c: 3 } });
    Application.putEnv(App, "a", 10, as);
    Application.putAllEnv({ app: { b: 20 }, other: { x: 1 } }, { ...as, persistent: true });
    expect(Application.getAllEnv("app", as)).toEqual({ a: 10, b: 20 });
    Application.load(App, as);
    expect(Application.getAllEnv("app", as)).toEqual({ a: 1, b: 20, c: 3 });
    Application.unload(App, as);
    Application.load(App, as);
    expect(Application.getAllEnv("app", as)).toEqual({ a: 1, b: 20, c: 3 });
    expect(Application.getAllEnv("other", as)).toEqual({ x: 1 });
    await runtime.stop();
  });
});

test("what is loaded and what runs is told", async () => {
  const { runtime } = newRuntime();
  const as = { as: runtime };
  const Library = Application.define({ name: "library", description: "no processes", version: "1.0.0" });
  expect(Application.spec("library", as)).toBe(undefined);
  expect(Application.ensureLoaded(Library, as)).toBe("ok");
  expect(Application.ensureLoaded(Library, as)).toBe("ok");
  expect(() => Application.load(Library, as)).toThrow(new ExitError(["already_loaded", "library"]));
  expect(Application.spec("library", as)).toBe(Library);
  expect(Application.loadedApplications(as)).toEqual([
    { name: "library", description: "no processes", version: "1.0.0" },
  ]);
  expect(await reasonOf(Application.start("nobody", "temporary", as))).toEqual(["not_loaded", "nobody"]);
  expect(Application.startedApplications(as)).toEqual([]);
  expect(await Application.start("library", "temporary", as)).toBe("ok");
  expect(names(Application.startedApplications(as))).toEqual(["library"]);
  expect(Application.getSupervisor(Library, as)).toBe(undefined);
  expect(() => Application.unload(Library, as)).toThrow(new ExitError(["running", "library"]));
  expect(await Application.stop(Library, as)).toBe("ok");
  expect(Application.unload(Library, as)).toBe("ok");
  expect(() => Application.unload(Library, as)).toThrow(new ExitError(["not_loaded", "library"]));
  await runtime.stop();
});

describe("starting and stopping", () => {
  test("what is needed starts first, and stops last", async () => {
    const { runtime } = newRuntime();
    const as = { as: runtime };
    const log: string[] = [];
    const Logger = noting("logger", log);
    const Database = noting("database", log, { applications: [Logger] });
    const Web = noting("web", log, { applications: [Logger, Database] });
    expect(await reasonOf(Application.start(Web, "temporary", as))).toEqual(["not_started", "logger"]);
    expect(await Application.ensureAllStarted(Web, "temporary", as)).toEqual(["logger", "database", "web"]);
    expect(log.splice(0)).toEqual(["logger start normal", "database start normal", "web start normal"]);
    expect(await Application.ensureAllStarted(Web, "temporary", as)).toEqual([]);
    expect(await Application.ensureStarted(Web, "temporary", as)).toBe("ok");
    expect(await reasonOf(Application.start(Web, "temporary", as))).toEqual(["already_started", "web"]);
    expect(names(Application.startedApplications(as))).toEqual(["web", "database", "logger"]);
    expect(Application.getSupervisor(Web, as)).toBe(runtime.whereis("web supervisor"));
    await runtime.stop();
    expect(log).toEqual([
      "web prepStop",
      "web stop",
      "database prepStop",
      "database stop",
      "logger prepStop",
      "logger stop",
    ]);
  });

  test("one that fails to start takes back what was started for it", async () => {
    const { runtime, reports } = newRuntime();
    const as = { as: runtime };
    const log: string[] = [];
    const failure = new Error("no");
    const Logger = noting("logger", log);
    const Broken = Application.define({
      name: "broken",
      applications: [Logger],
      args: [1, "two"],
      start() {
        throw failure;
      },
    });
    const reason = [
      "bad_return",
      [
        ["broken", "start", ["normal", [1, "two"]]],
        ["EXIT", failure],
      ],
    ];
    expect(await reasonOf(Application.ensureAllStarted(Broken, "temporary", as))).toEqual(["broken", reason]);
    expect(log).toEqual(["logger start normal", "logger prepStop", "logger stop"]);
    expect(Application.startedApplications(as)).toEqual([]);
    expect(reports.map((report) => (report as ApplicationReport).application)).toEqual(["broken", "logger"]);
    expect(formatReport(reports[0] as Report)).toMatch(
      /\[notice\] Application broken exited: exited in: broken\.start\("normal", \[1, "two"\]\)\n {4}\*\* \(EXIT\) an exception was raised:\n {8}\*\* \(Error\) no/,
    );
    expect(formatReport(reports[1] as Report)).toMatch(/\[notice\] Application logger exited: "stopped"$/);
    await runtime.stop();
  });

  test.each([
    [
      "a tree that fails",
      () => Supervisor.startLink([failing("child")], { strategy: "one_for_one" }),
      /returned an error: shutdown: \["failed_to_start_child", "child", \["EXIT", "refused"\]\]$/,
    ],
    ["no pid", () => "nonsense" as never, /broken\.start\("normal", \[\]\) returned a bad value: "nonsense"$/],
    [
      "an exit",
      () => {
        throw new ExitError("enough");
      },
      /broken\.start\("normal", \[\]\) returned an error: "enough"$/,
    ],
  ])("%s is told in words", async (_, start, words) => {
    const { runtime, reports } = newRuntime();
    const Broken = Application.define({ name: "broken", start });
    const reason = await reasonOf(Application.start(Broken, "temporary", { as: runtime }));
    expect(Application.formatError(reason)).toMatch(words);
    const told = reports.filter((report) => "application" in report);
    expect(told.map(formatReport)).toEqual([expect.stringMatching(words)]);
    expect(runtime.processes()).toHaveLength(1);
    await runtime.stop();
  });

  test("two that start one at once wait for the same start", async () => {
    const { runtime } = newRuntime();
    const as = { as: runtime };
    const { promise, open } = gate();
    let starts = 0;
    const Slow = Application.define({
      name: "slow",
      async start() {
        starts++;
        await promise;
        return runtime
          .run(() => undefined)
          .then(() =>
            runtime.spawn(function* (self) {
              yield* self.sleep(Number.POSITIVE_INFINITY);
            }),
          );
      },
    });
    const both = Promise.all([
      Application.start(Slow, "temporary", as),
      Application.ensureAllStarted(Slow, "temporary", as),
    ]);
    await settle(runtime);
    expect(names(Application.startedApplications(as))).toEqual([]);
    open();
    expect(await both).toEqual(["ok", ["slow"]]);
    expect(starts).toBe(1);
    await runtime.stop();
    expect(runtime.processes()).toEqual([]);
  });

  test("applications in a circle are refused", async () => {
    const { runtime } = newRuntime();
    const needs: ApplicationSpec[] = [];
    const A = { name: "a", applications: needs };
    needs.push({ name: "b", applications: [{ name: "a" }] });
    expect(await reasonOf(Application.ensureAllStarted(A, "temporary", { as: runtime }))).toEqual([
      "a",
      ["circular_dependencies", ["a", "b", "a"]],
    ]);
    expect(Application.startedApplications({ as: runtime })).toEqual([]);
    await runtime.stop();
  });

  test("prepStop's state comes to stop, and what they throw stops nothing", async () => {
    const { runtime } = newRuntime();
    const as = { as: runtime };
    const seen: unknown[] = [];
    const top = (): Pid<unknown> =>
      runtime.spawn(function* (self) {
        yield* self.sleep(Number.POSITIVE_INFINITY);
      });
    const One = Application.define({
      name: "one",
      start: () => [top(), "state"],
      prepStop: (state) => `${state}, prepared`,
      stop: (state) => void seen.push(state),
    });
    const Two = Application.define({
      name: "two",
      start: () => [top(), "state"],
      *prepStop() {
        throw new Error("prepStop");
      },
      async stop(state) {
        seen.push(state);
        throw new Error("stop");
      },
    });
    for (const app of [One, Two]) {
      await Application.start(app, "temporary", as);
      await Application.stop(app, as);
    }
    expect(seen).toEqual(["state, prepared", "state"]);
    expect(await reasonOf(Application.stop(One, as))).toEqual(["not_started", "one"]);
    await runtime.stop();
  });
});

describe("an application that ends by itself", () => {
  const killed = (runtime: Runtime, name: string) => {
    runtime.exit(runtime.whereis(`${name} supervisor`) as Pid<unknown>, "kill");
  };

  test("is reported; the others go on without a temporary one", async () => {
    const { runtime, reports } = newRuntime();
    const log: string[] = [];
    const as = { as: runtime };
    await Application.start(noting("one", log), "temporary", as);
    await Application.start(noting("two", log), "permanent", as);
    killed(runtime, "one");
    runtime.run();
    expect(log).toContain("one stop");
    expect(log).not.toContain("one prepStop");
    expect(names(Application.startedApplications(as))).toEqual(["two"]);
    expect(reports.map(formatReport)).toEqual([expect.stringMatching(/\[notice\] Application one exited: killed$/)]);
    await runtime.stop();
  });

  test.each([
    ["permanent", "killed", true],
    ["transient", "killed", true],
    ["transient", "normal", false],
    ["permanent", "normal", true],
    ["temporary", "killed", false],
  ] as const)("a %s one that ends with %s stops all: %s", async (type, reason, stops) => {
    const { runtime } = newRuntime();
    // There is none in a browser.
    const { process } = globalThis as { process?: { exitCode: unknown } };
    const exitCode = process?.exitCode;
    const log: string[] = [];
    await Application.start(noting("other", log), "temporary", { as: runtime });
    const { promise, open } = gate();
    const Ending = Application.define({
      name: "ending",
      *start() {
        return runtime.spawn(async (self) => {
          await self.until(promise);
          self.exit(reason);
        });
      },
    });
    await Application.start(Ending, type, { as: runtime });
    open();
    await settle(runtime);
    for (let i = 0; i < 20 && stops && runtime.processes().length > 1; i++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(log.includes("other stop")).toBe(stops);
    if (stops) expect(() => runtime.spawn(() => {})).toThrow();
    else await runtime.stop();
    if (process !== undefined) process.exitCode = exitCode;
  });
});

test("a runtime that is stopped while an application starts ends what was begun", async () => {
  // The supervisor can't end before its child has started: it is given some time, which passes fast here.
  let time = 0;
  const { runtime } = newRuntime({ clock: () => time });
  const moving = setInterval(() => {
    time += 1000;
    runtime.run();
  }, 1);
  const as = { as: runtime };
  const log: string[] = [];
  await Application.start(noting("first", log), "temporary", as);
  const Hanging = Application.define({
    name: "hanging",
    start: () =>
      Supervisor.startLink(
        [
          { id: "ready", start: () => ready(runtime) },
          { id: "never", start: () => new Promise<never>(() => {}) },
        ],
        { strategy: "one_for_one" },
      ),
  });
  const starting = rejection(Application.start(Hanging, "temporary", as));
  await settle(runtime);
  const before = runtime.processes().length;
  await runtime.stop();
  clearInterval(moving);
  expect(before).toBeGreaterThan(4);
  expect(runtime.processes()).toEqual([]);
  expect((await starting) instanceof ExitError).toBe(true);
  expect(log).toEqual(["first start normal", "first prepStop", "first stop"]);
});

function ready(runtime: Runtime): Pid<unknown> {
  return runtime.spawnLink(function* (self) {
    yield* self.sleep(Number.POSITIVE_INFINITY);
  });
}

function failing(id: string) {
  return {
    id,
    start: () => {
      throw new ExitError("refused");
    },
  };
}

test.each([
  [undefined, "an application, got undefined"],
  [{}, "a string as name, got undefined"],
  [{ name: "" }, 'a string as name, got ""'],
  [{ name: "a", env: 1 }, 'an object as env of application "a", got 1'],
  [{ name: "a", start: 1 }, 'a function as start of application "a", got 1'],
  [{ name: "a", version: 1 }, 'a string as version of application "a", got 1'],
  [{ name: "a", applications: "b" }, 'an array as applications of application "a", got "b"'],
  [{ name: "a", applications: ["b"] }, 'an application, got "b"'],
  [
    { name: "a", mod: 1 },
    'name, applications, env, args, description, version, start, prepStop, stop of application "a", got "mod"',
  ],
])("%j is no application", (spec, problem) => {
  expect(() => Application.define(spec as never)).toThrow(new TypeError(`Application.define: expected ${problem}`));
});

test("a type that is none is refused", () => {
  expect(() => Application.start({ name: "a" }, "always" as never)).toThrow(
    new TypeError('Application.start: expected "permanent", "transient" or "temporary" as type, got "always"'),
  );
});
