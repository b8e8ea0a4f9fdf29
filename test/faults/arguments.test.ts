// biome-ignore-all lint/suspicious/noDuplicateTestHooks: after is the timeout of receive
import { describe, expect, test } from "vitest";
import {
  after,
  createRuntime,
  inspect,
  loop,
  NameError,
  on,
  type Pid,
  type Ref,
  type Runtime,
} from "../../src/index.ts";
import { holdings, type Loose, rejectionOf, rig, thrownBy } from "./rig.ts";

/** What the rows below may name in their arguments. */
interface Props {
  readonly pid: Pid<unknown>;
  readonly named: Pid<unknown>;
  readonly dead: Pid<unknown>;
  readonly monitor: Ref;
  readonly alias: Ref;
  readonly timer: Ref;
}

type Arguments = readonly unknown[];

interface Row {
  readonly name: string;
  readonly args: (props: Props) => Arguments;
  readonly error: string;
  /** What the message says it expected. */
  readonly expected: string;
  /** The argument that was wrong, as the message shows it. */
  readonly got: string | undefined;
}

function body() {}
const then = () => "then";

const rows: Row[] = [];

/** `name(...args)` throws `error`: expected …, got the argument at `wrong`. */
function refuses(name: string, args: Arguments, error: string, expected: string, wrong: unknown): void {
  rows.push({ name, args: () => args, error, expected, got: inspect(wrong) });
}

/** The same for arguments that are made when the processes are there; what was got is not looked for. */
function refusesMade(name: string, args: (props: Props) => Arguments, error: string, expected: string): void {
  rows.push({ name, args, error, expected, got: undefined });
}

const NO_NAMES = [undefined, null, 5, true, {}, [], Symbol("name"), body];
const NO_PIDS = ["count", ...NO_NAMES];
const NO_DELAYS = [undefined, null, "5", 5n, {}, [], true];
const BAD_DELAYS = [-1, Number.NaN, Number.NEGATIVE_INFINITY];

for (const wrong of NO_PIDS) {
  refuses("link", [wrong], "TypeError", "expected a pid", wrong);
  refuses("unlink", [wrong], "TypeError", "expected a pid", wrong);
  refuses("exit", [wrong, "reason"], "TypeError", "expected a pid", wrong);
  refuses("isAlive", [wrong], "TypeError", "expected a pid", wrong);
  refuses("processInfo", [wrong], "TypeError", "expected a pid", wrong);
  refuses("register", [wrong, "free"], "TypeError", "expected a pid", wrong);
}
for (const wrong of [...NO_NAMES, ["a"], ["a", 5], [5, "node"], ["a", "b", "c"]]) {
  refuses("monitor", [wrong], "TypeError", "expected a pid", wrong);
  refuses("send", [wrong, "message"], "TypeError", "expected a pid", wrong);
  refuses("sendAfter", [wrong, "message", 5], "TypeError", "expected a pid", wrong);
  refuses("startTimer", [wrong, "message", 5], "TypeError", "expected a pid", wrong);
}
for (const wrong of NO_NAMES) {
  refusesMade("register", ({ pid }) => [pid, wrong], "TypeError", `expected a string as name, got ${inspect(wrong)}`);
  refuses("unregister", [wrong], "TypeError", "expected a string as name", wrong);
  refuses("whereis", [wrong], "TypeError", "expected a string as name", wrong);
  if (wrong !== undefined)
    refuses("spawnOpt", [body, { name: wrong }], "TypeError", "expected a string as name", wrong);
}
refusesMade("register", ({ pid }) => [pid, ""], "NameError", '""');
refusesMade("register", ({ pid }) => [pid, "undefined"], "NameError", '"undefined"');
refusesMade("register", ({ pid }) => [pid, "named"], "NameError", "taken");
refusesMade("register", ({ named }) => [named, "another"], "NameError", '"named" already');
refusesMade("register", ({ dead }) => [dead, "free"], "NameError", "not alive");
refuses("spawnOpt", [body, { name: "named" }], "NameError", "taken", "named");
refuses("unregister", ["nobody"], "NameError", "no process is registered", "nobody");
refuses("send", ["nobody", "message"], "NameError", "no process is registered", "nobody");

for (const wrong of NO_DELAYS) {
  refuses("sleep", [wrong], "TypeError", "ms", wrong);
  refusesMade("sendAfter", ({ pid }) => [pid, "message", wrong], "TypeError", `got ${inspect(wrong)}`);
  refusesMade("startTimer", ({ pid }) => [pid, "message", wrong], "TypeError", `got ${inspect(wrong)}`);
  refuses("receive", [{}, { after: wrong, then }], "TypeError", "ms", wrong);
}
for (const wrong of BAD_DELAYS) {
  refuses("sleep", [wrong], "RangeError", "ms", wrong);
  refusesMade("sendAfter", ({ pid }) => [pid, "message", wrong], "RangeError", `got ${inspect(wrong)}`);
  refusesMade("startTimer", ({ pid }) => [pid, "message", wrong], "RangeError", `got ${inspect(wrong)}`);
  refuses("receive", [{}, { after: wrong, then }], "RangeError", "ms", wrong);
  refuses("receiveAll", [{}, { after: wrong, then }], "RangeError", "ms", wrong);
}
refusesMade("sendAfter", ({ pid }) => [pid, "message", Number.POSITIVE_INFINITY], "RangeError", "finite");

for (const wrong of [undefined, null, 5, true, {}, [], Symbol("body")]) {
  for (const name of ["spawn", "spawnLink", "spawnMonitor"])
    refuses(name, [wrong], "TypeError", "expected a body", wrong);
  refuses("spawnOpt", [wrong, {}], "TypeError", "expected a body", wrong);
}
for (const wrong of [undefined, 5, {}]) {
  for (const name of ["spawn", "spawnLink", "spawnMonitor"]) {
    refuses(name, ["./module.js", wrong], "TypeError", "expected the name of an export", wrong);
  }
}
for (const wrong of [undefined, null, 5, "link"]) {
  refuses("spawnOpt", [body, wrong], "TypeError", "expected options", wrong);
}
for (const wrong of [5, "ab", {}])
  refuses("spawnOpt", [body, { args: wrong }], "TypeError", "expected an array", wrong);
for (const wrong of [5, "yes", {}]) {
  refuses("spawnOpt", [body, { link: wrong }], "TypeError", "true or false", wrong);
  refuses("spawnOpt", [body, { monitor: wrong }], "TypeError", "true or false", wrong);
}
for (const wrong of [5, "urgent", null, {}]) {
  refuses("spawnOpt", [body, { priority: wrong }], "RangeError", "expected a priority", wrong);
  refuses("processFlag", ["priority", wrong], "RangeError", "expected a priority", wrong);
}
for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined, 2 ** 31]) {
  refuses("spawnOpt", [body, { mailbox: { limit: wrong } }], "RangeError", "limit", wrong);
}
for (const wrong of [5, null, "drop", "toString", {}]) {
  refuses("spawnOpt", [body, { mailbox: { limit: 5, overflow: wrong } }], "TypeError", "overflow", wrong);
}

for (const wrong of [null, 5, true, "inc", [], Symbol("cases"), body]) {
  refuses("receive", [wrong], "TypeError", "tag table", wrong);
  refuses("receiveAll", [wrong], "TypeError", "tag table", wrong);
}
refuses("receiveAll", [undefined], "TypeError", "tag table", undefined);
for (const wrong of [5, null, "soon", then, { after: 5 }, { after: 5, then: "then" }]) {
  refuses("receive", [{}, wrong], "TypeError", "after", wrong);
  refuses("receiveAll", [{}, wrong], "TypeError", "after", wrong);
}
const never = on("never", then);
for (const wrong of [5, null, "clause", then, { after: 5, then }]) {
  refuses("receive", [never, wrong], "TypeError", "expected clauses", wrong);
  refuses("receive", [never, never, wrong], "TypeError", "expected clauses", wrong);
}
refusesMade("receive", () => [never, after(5), after(6)], "TypeError", "one after() at most");
refusesMade("receive", () => [undefined, { after: 5, then }], "TypeError", "tag table");
refusesMade("receiveAll", () => [never], "TypeError", "tag table");

for (const wrong of [undefined, null, 5, "promise", {}, { then: 5 }]) {
  refuses("until", [wrong], "TypeError", "expected a promise", wrong);
}

for (const wrong of NO_PIDS) {
  refuses("demonitor", [wrong], "TypeError", "expected the reference of a monitor or alias", wrong);
  refuses("unalias", [wrong], "TypeError", "expected the reference of a monitor or alias", wrong);
  refuses("cancelTimer", [wrong], "TypeError", "expected the reference of a timer", wrong);
  refuses("readTimer", [wrong], "TypeError", "expected the reference of a timer", wrong);
}
refusesMade("demonitor", ({ pid }) => [pid], "TypeError", "expected the reference of a monitor or alias");
refusesMade("demonitor", ({ timer }) => [timer], "TypeError", "expected the reference of a monitor or alias");
refusesMade("unalias", ({ timer }) => [timer], "TypeError", "expected the reference of a monitor or alias");
refusesMade("cancelTimer", ({ monitor }) => [monitor], "TypeError", "expected the reference of a timer");
refusesMade("readTimer", ({ alias }) => [alias], "TypeError", "expected the reference of a timer");
for (const wrong of [null, 5, "flush", true]) {
  refusesMade("demonitor", ({ monitor }) => [monitor, wrong], "TypeError", `got ${inspect(wrong)}`);
  refusesMade("monitor", ({ pid }) => [pid, wrong], "TypeError", `got ${inspect(wrong)}`);
  refuses("alias", [wrong], "TypeError", "expected", wrong);
}
for (const wrong of [5, "yes", null]) {
  refusesMade("demonitor", ({ monitor }) => [monitor, { flush: wrong }], "TypeError", `got ${inspect(wrong)}`);
  refusesMade("demonitor", ({ monitor }) => [monitor, { info: wrong }], "TypeError", `got ${inspect(wrong)}`);
}
for (const wrong of [5, null, "demonitor ", "toString", {}]) {
  refusesMade("monitor", ({ pid }) => [pid, { alias: wrong }], "TypeError", `alias mode`);
}
for (const wrong of [5, "demonitor", "toString", {}]) {
  refuses("alias", [{ mode: wrong }], "TypeError", "alias mode", wrong);
}

for (const wrong of [undefined, null, 5, "trap", {}]) {
  refuses("processFlag", [wrong, true], "TypeError", `expected "trapExit" or "priority"`, wrong);
}
for (const wrong of [undefined, null, 1, "true", {}]) {
  refuses("processFlag", ["trapExit", wrong], "TypeError", "expected true or false", wrong);
}
for (const wrong of [5, "nonsense", "toString", null, {}]) {
  refusesMade("processInfo", ({ pid }) => [pid, wrong], "TypeError", `got ${inspect(wrong)}`);
}

/** Processes with a little of everything, which no refused call may change. */
function stage() {
  const made = rig();
  const { runtime } = made;
  const wait = function* (self: Loose) {
    yield* self.receive({ never: then });
  };
  const dead = runtime.spawn(body);
  const [pid, monitor] = runtime.spawnMonitor(wait);
  const named = runtime.spawnOpt(wait, { name: "named", link: true });
  const alias = runtime.alias();
  const timer = runtime.sendAfter(pid, "late", 1000);
  runtime.put("key", "value");
  runtime.send(runtime.self(), "waiting");
  runtime.send(pid, "waiting");
  runtime.run();
  return { ...made, props: { pid: pid as Pid<unknown>, named, dead, monitor, alias, timer } };
}

type Functions = Record<string, (...args: Arguments) => unknown>;

/** What was wrong with the refusal of a row; undefined when nothing was. */
function complaint(row: Row, functions: unknown, props: Props, runtime: Runtime): string | undefined {
  const before = holdings(runtime);
  const args = row.args(props);
  const call = `${row.name}(${inspect(args).slice(1, -1)})`;
  let error: Error;
  try {
    error = thrownBy(() => (functions as Functions)[row.name]?.(...args));
  } catch {
    return `${call} threw no error`;
  }
  const said = `${call}: ${error.name}: ${error.message}`;
  if (error.name !== row.error) return `${said}: expected a ${row.error}`;
  if (!error.message.includes(row.expected)) return `${said}: expected it to say ${row.expected}`;
  if (row.got !== undefined && !error.message.includes(row.got)) return `${said}: expected it to show ${row.got}`;
  const after = holdings(runtime);
  return inspect(after) === inspect(before) ? undefined : `${said}: ${inspect(before)} became ${inspect(after)}`;
}

const complaints = (name: string, functions: unknown, props: Props, runtime: Runtime) =>
  rows.filter((row) => row.name === name).flatMap((row) => complaint(row, functions, props, runtime) ?? []);

const names = [...new Set(rows.map((row) => row.name))];
/** What a `self` has not. */
const OF_RUNTIMES = /^(isAlive|processInfo|register|unregister|whereis|sendAfter|startTimer|cancelTimer|readTimer)$/;

describe.each(names)("%s refuses wrong arguments, says what it expected and got, and changes nothing", (name) => {
  test("in the main process", () => {
    const { runtime, props, reports } = stage();
    expect(complaints(name, runtime, props, runtime)).toEqual([]);
    expect(reports).toEqual([]);
  });

  test.each(OF_RUNTIMES.test(name) ? ["runtime"] : ["runtime", "self"])(
    "in a process, as a function of its %s",
    (kind) => {
      const { runtime, props, reports } = stage();
      let found: string[] | undefined;
      runtime.spawn(function* checker(self: Loose) {
        // References of its own: it may not use the main process's.
        const own: Props = { ...props, monitor: self.monitor(props.pid), alias: self.alias() };
        found = complaints(name, kind === "self" ? self : runtime, own, runtime);
        yield* self.sleep(0);
      });
      runtime.run();
      expect(reports.map(({ reason, message }) => reason ?? message)).toEqual([]);
      expect(found).toEqual([]);
    },
  );
});

describe("run", () => {
  test.each([undefined, null, 5, true, {}, []])("refuses %s as a body by a rejection", async (wrong) => {
    const { runtime } = stage();
    const before = holdings(runtime);
    const error = await rejectionOf((runtime.run as (body: unknown) => Promise<unknown>)(wrong));
    expect(error.name).toBe("TypeError");
    expect(error.message).toContain("expected a body");
    expect(error.message).toContain(inspect(wrong));
    expect(holdings(runtime)).toEqual(before);
  });
});

describe("self's flags", () => {
  test("refuse other values, and keep theirs", () => {
    const { runtime, reports } = rig();
    const errors: Error[] = [];
    runtime.spawn((self: Loose) => {
      errors.push(
        thrownBy(() => {
          self.trapExit = "yes" as never;
        }),
        thrownBy(() => {
          self.priority = "urgent" as never;
        }),
      );
      expect([self.trapExit, self.priority]).toEqual([false, "normal"]);
    });
    runtime.run();
    expect(reports).toEqual([]);
    expect(errors.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      'TypeError: trapExit: expected true or false, got "yes"',
      'RangeError: expected a priority (low, normal, high or max), got "urgent"',
    ]);
  });
});

describe("createRuntime", () => {
  const create = createRuntime as (options: unknown) => Runtime;

  test.each([null, 5, "node", true])("refuses %s as options", (wrong) => {
    const error = thrownBy(() => create(wrong));
    expect(error.name).toBe("TypeError");
    expect(error.message).toContain(`expected options, got ${inspect(wrong)}`);
  });

  test.each([
    ["node", [5, "", null, {}]],
    ["logger", [5, "console", null, {}]],
    ["clock", [5, "now", null, {}]],
    ["onMainExit", [5, "exit", null, {}]],
    ["development", [1, "yes", null, {}]],
    ["messages", ["copy", 5, null, {}, "toString"]],
  ] as const)("refuses values of another type as %s, and names it", (option, wrongs) => {
    for (const wrong of wrongs) {
      const error = thrownBy(() => create({ [option]: wrong }));
      expect(error.name).toBe("TypeError");
      expect(error.message).toContain(`as ${option}, got ${inspect(wrong)}`);
    }
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10 ** 7 + 1, "5", null, {}])(
    "refuses %s as maxProcesses",
    (wrong) => {
      const error = thrownBy(() => create({ maxProcesses: wrong }));
      expect(error.name).toBe("RangeError");
      expect(error.message).toContain(`as maxProcesses, got ${inspect(wrong)}`);
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "5", undefined, 5n, new Date(0)])(
    "refuses a clock that says %s",
    (wrong) => {
      const error = thrownBy(() => create({ clock: () => wrong }));
      expect(["TypeError", "RangeError"]).toContain(error.name);
      expect(error.message).toContain("clock");
      expect(error.message).toContain(inspect(wrong));
    },
  );
});

describe("loop, on and after", () => {
  test.each([undefined, null, 5, "step", {}, async () => {}, function* () {}, async function* () {}])(
    "loop refuses %s as a step",
    (wrong) => {
      const error = thrownBy(() => loop(0, wrong as never));
      expect(error.name).toBe("TypeError");
      expect(error.message).toMatch(/^loop: .*function/);
    },
  );

  test.each([undefined, null, 5, "then", {}])("on refuses %s as what to run", (wrong) => {
    const error = thrownBy(() => on("pattern", wrong as never));
    expect(error.name).toBe("TypeError");
    expect(error.message).toContain(`got ${inspect(wrong)}`);
  });

  test.each([null, 5, "then", {}])("after refuses %s as what to run", (wrong) => {
    const error = thrownBy(() => after(5, wrong as never));
    expect(error.name).toBe("TypeError");
    expect(error.message).toContain(`got ${inspect(wrong)}`);
  });

  test("after refuses times that are none", () => {
    for (const wrong of NO_DELAYS) expect(thrownBy(() => after(wrong as never)).name).toBe("TypeError");
    for (const wrong of BAD_DELAYS) expect(thrownBy(() => after(wrong)).name).toBe("RangeError");
  });
});

describe("a tag table", () => {
  test("that holds no function under a tag fails the receive that needs it, and the message is not lost", () => {
    const { runtime, reports } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.receive({ inc: 5 } as never);
      } catch (error) {
        seen.push((error as Error).message);
      }
      seen.push(yield* self.receive());
    });
    runtime.send(pid, "inc");
    runtime.run();
    expect(seen).toEqual(['receive: expected a function for the tag "inc", got 5', "inc"]);
    expect(reports).toEqual([]);
  });
});

test("errors of names say which name, as a field", () => {
  const { runtime } = rig();
  const error = thrownBy(() => runtime.send("nobody", "message"));
  expect(error).toBeInstanceOf(NameError);
  expect((error as NameError).processName).toBe("nobody");
});
