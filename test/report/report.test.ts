import { describe, expect, test, vi } from "vitest";
import { ExitError } from "../../src/errors.ts";
import { inspect } from "../../src/inspect.ts";
import {
  consoleLogger,
  exitText,
  formatExit,
  formatReport,
  type Report,
  shellExitText,
  userFrames,
} from "../../src/report.ts";
import type { Pid } from "../../src/types.ts";

// What Elixir 1.14.0 on OTP 25 printed stands beside what is expected here, under the expression that made it. Names of
// exceptions, stack frames and the notation of values are JavaScript's; all other words are Elixir's.

const pid = { toString: () => "#PID<0.107.0>" } as unknown as Pid<never>;
const time = new Date(2026, 0, 31, 8, 2, 4, 67);
const crash: Report = { level: "error", kind: "crash", time, pid };

/** An error with the stack that V8 would give it. */
function thrown<E extends Error>(error: E, ...frames: string[]): E {
  error.stack = [String(error), ...frames.map((frame) => `    ${frame}`)].join("\n");
  return error;
}

const boom = () => thrown(new Error("boom!"), "at listen (file:///app/count.js:3:9)", "at file:///app/main.js:9:1");

describe("a report has Elixir's form", () => {
  // spawn(fn -> raise "boom!" end)
  // |
  // |08:12:04.967 [error] Process #PID<0.99.0> raised an exception
  // |** (RuntimeError) boom!
  // |    s.exs:1: anonymous fn/0 in :elixir_compiler_0.__FILE__/1
  test("of a thrown error", () => {
    expect(formatReport({ ...crash, reason: boom() })).toBe(
      [
        "08:02:04.067 [error] Process #PID<0.107.0> raised an exception",
        "** (Error) boom!",
        "    at listen (file:///app/count.js:3:9)",
        "    at file:///app/main.js:9:1",
      ].join("\n"),
    );
  });

  // spawn(fn -> raise ArgumentError end)
  // |** (ArgumentError) argument error
  // spawn(fn -> raise MyError, message: "two\nlines" end)
  // |** (MyError) two
  // |lines
  // |    s.exs:4: anonymous fn/0 in :elixir_compiler_0.__FILE__/1
  test("with the class of the error and its message as it stands", () => {
    class OutOfStock extends Error {}
    const two = thrown(new OutOfStock("two\nlines"), "at f (file:///app/a.js:1:1)");
    expect(formatReport({ ...crash, reason: two })).toMatch(
      /exception\n\*\* \(OutOfStock\) two\nlines\n {4}at f \(file:\/\/\/app\/a\.js:1:1\)$/,
    );
    const type = thrown(new TypeError("x is not a function"));
    expect(formatReport({ ...crash, reason: type })).toMatch(/exception\n\*\* \(TypeError\) x is not a function$/);
  });

  // spawn(fn -> throw(:x) end)
  // |08:12:06.388 [error] Process #PID<0.99.0> raised an exception
  // |** (ErlangError) Erlang error: {:nocatch, :x}
  // spawn(fn -> throw({:a, 1}) end)
  // |** (ErlangError) Erlang error: {:nocatch, {:a, 1}}
  test("of something else that was thrown", () => {
    expect(formatReport({ ...crash, reason: ["nocatch", "x"] })).toMatch(
      /raised an exception\n\*\* \(ErlangError\) Erlang error: \["nocatch", "x"\]$/,
    );
    expect(formatReport({ ...crash, reason: ["nocatch", ["a", 1]] })).toMatch(
      /Erlang error: \["nocatch", \["a", 1\]\]$/,
    );
    expect(formatReport({ ...crash, reason: ["nocatch", undefined] })).toMatch(
      /Erlang error: \["nocatch", undefined\]$/,
    );
  });

  // spawn(fn -> Process.register(self(), :counter); raise "boom!" end)
  // |08:12:56.374 [error] Process #PID<0.99.0> raised an exception
  // The same through :proc_lib.spawn, with --logger-sasl-reports true:
  // |08:24:20.308 [error] Process :counter (#PID<0.99.0>) terminating
  // |** (RuntimeError) boom!
  // |    s.exs:1: anonymous fn/0 in :elixir_compiler_0.__FILE__/1
  // |    (stdlib 4.2) proc_lib.erl:225: :proc_lib.init_p/3
  // |Initial Call: anonymous fn/0 in :elixir_compiler_0.__FILE__/1
  test("with no name in the header of a plain process; what else is known follows as labels", () => {
    const reason = thrown(new Error("boom!"), "at listen (file:///app/count.js:3:9)");
    const report = {
      ...crash,
      reason,
      registeredName: "count",
      initialCall: "listen",
      spawnedAt: "    at start (a.js:1:2)",
    };
    expect(formatReport(report)).toBe(
      [
        "08:02:04.067 [error] Process #PID<0.107.0> raised an exception",
        "** (Error) boom!",
        "    at listen (file:///app/count.js:3:9)",
        'Registered Name: "count"',
        "Initial Call: listen",
        "Spawned at: start (a.js:1:2)",
      ].join("\n"),
    );
  });

  // Logger.warning("hello\nworld")
  // |08:23:44.290 [warning] hello
  // |world
  test("of a warning", () => {
    expect(formatReport({ level: "warning", kind: "warning", time, message: "hello\nworld" })).toBe(
      "08:02:04.067 [warning] hello\nworld",
    );
  });

  // Elixir bounds no mailbox. The nearest is :erlang.process_flag(:max_heap_size, 1000):
  // |08:23:44.546 [error]      Process:            #PID<0.99.0>
  // |     Context:            maximum heap size reached
  // |     Max Heap Size:      1000
  test("of a mailbox over its bound", () => {
    expect(formatReport({ ...crash, kind: "overflow", reason: "killed" })).toBe(
      "08:02:04.067 [error] Process #PID<0.107.0> terminating: its mailbox is full\n** (exit) killed",
    );
    const message = "more than 100 messages";
    expect(formatReport({ ...crash, kind: "overflow", message, reason: ["overflow", 100], initialCall: "f" })).toBe(
      "08:02:04.067 [error] Process #PID<0.107.0> terminating: more than 100 messages\n" +
        '** (exit) ["overflow", 100]\nInitial Call: f',
    );
  });

  test("on the console: a blank line before it, on stderr", () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      consoleLogger({ level: "warning", kind: "warning", time, message: "hi" });
      expect(error.mock.calls).toEqual([["\n08:02:04.067 [warning] hi"]]);
    } finally {
      error.mockRestore();
    }
  });
});

describe("the text of an exit is Elixir's", () => {
  const noproc =
    "no process: the process is not alive or there's no process currently associated with the given name, " +
    "possibly because its application isn't started";

  // Exception.format_exit(reason), for each reason as an atom.
  test.each([
    ["normal", "normal"],
    ["shutdown", "shutdown"],
    ["killed", "killed"],
    ["noproc", noproc],
    ["noconnection", "no connection"],
    ["timeout", "time out"],
    ["calling_self", "process attempted to call itself"],
  ])("for the reason %s, word by word", (reason, text) => {
    expect(formatExit(reason)).toBe(text);
  });

  test.each<[expression: string, elixir: string, reason: unknown, text: string]>([
    ["format_exit({:shutdown, :x})", "shutdown: :x", ["shutdown", "x"], 'shutdown: "x"'],
    ["format_exit({:shutdown, {:a, 1}})", "shutdown: {:a, 1}", ["shutdown", ["a", 1]], 'shutdown: ["a", 1]'],
    ['format_exit("bad")', '"bad"', "bad", '"bad"'],
    ["format_exit(:bad)", ":bad", "bad", '"bad"'],
    ["format_exit(:kill)", ":kill", "kill", '"kill"'],
    ["format_exit(1)", "1", 1, "1"],
    ["format_exit({:timeout, 1})", "{:timeout, 1}", ["timeout", 1], '["timeout", 1]'],
    ["format_exit({:shutdown, 1, 2})", "{:shutdown, 1, 2}", ["shutdown", 1, 2], '["shutdown", 1, 2]'],
    ["format_exit(nil)", "nil", undefined, "undefined"],
  ])("%s is %s", (_expression, _elixir, reason, text) => {
    expect(formatExit(reason)).toBe(text);
  });

  // format_exit({%RuntimeError{message: "boom!"}, [{:foo, :bar, 1, [file: 'a.ex', line: 3]}]})
  // |an exception was raised:
  // |    ** (RuntimeError) boom!
  // |        a.ex:3: :foo.bar/1
  test("for an error", () => {
    expect(formatExit(boom())).toBe(
      [
        "an exception was raised:",
        "    ** (Error) boom!",
        "        at listen (file:///app/count.js:3:9)",
        "        at file:///app/main.js:9:1",
      ].join("\n"),
    );
  });

  // format_exit({{:nocatch, :x}, [{:foo, :bar, 1, []}]})
  // |an exception was raised:
  // |    ** (ErlangError) Erlang error: {:nocatch, :x}
  // |        :foo.bar/1
  test("for something else that was thrown", () => {
    expect(formatExit(["nocatch", "x"])).toBe(
      'an exception was raised:\n    ** (ErlangError) Erlang error: ["nocatch", "x"]',
    );
  });

  describe("for a call that failed", () => {
    const call = (...args: unknown[]) => ["GenServer.call", ...args];

    // format_exit({:noproc, {GenServer, :call, [:foo, :bar, 5000]}})
    // |exited in: GenServer.call(:foo, :bar, 5000)
    // |    ** (EXIT) no process: the process is not alive or there's no process currently associated with …
    test("with a reason in words", () => {
      expect(formatExit(new ExitError("noproc", call("foo", ["bar"], 5000)))).toBe(
        `exited in: GenServer.call("foo", ["bar"], 5000)\n    ** (EXIT) ${noproc}`,
      );
      expect(formatExit(new ExitError("timeout", call("foo", "bar", 5000)))).toBe(
        'exited in: GenServer.call("foo", "bar", 5000)\n    ** (EXIT) time out',
      );
    });

    // format_exit({{%RuntimeError{message: "boom!"}, [{:foo, :bar, 1, []}]}, {GenServer, :call, [:a, :b, 5000]}})
    // |exited in: GenServer.call(:a, :b, 5000)
    // |    ** (EXIT) an exception was raised:
    // |        ** (RuntimeError) boom!
    // |            :foo.bar/1
    test("with an error", () => {
      const reason = thrown(new Error("boom!"), "at f (file:///app/a.js:1:1)");
      expect(formatExit(new ExitError(reason, call(pid)))).toBe(
        [
          `exited in: GenServer.call(${inspect(pid)})`,
          "    ** (EXIT) an exception was raised:",
          "        ** (Error) boom!",
          "            at f (file:///app/a.js:1:1)",
        ].join("\n"),
      );
    });

    // format_exit({{{:shutdown, 3}, {GenServer, :call, [:a, :b, 5000]}}, {GenServer, :call, [:c, :d, 5000]}})
    // |exited in: GenServer.call(:c, :d, 5000)
    // |    ** (EXIT) exited in: GenServer.call(:a, :b, 5000)
    // |        ** (EXIT) shutdown: 3
    test("because another call failed", () => {
      const inner = new ExitError(["shutdown", 3], call("a", "b", 5000));
      expect(formatExit(new ExitError(inner, call("c", "d", 5000)))).toBe(
        [
          'exited in: GenServer.call("c", "d", 5000)',
          '    ** (EXIT) exited in: GenServer.call("a", "b", 5000)',
          "        ** (EXIT) shutdown: 3",
        ].join("\n"),
      );
    });

    test("given as a function", () => {
      expect(formatExit(new ExitError("killed", [function link() {}, 1]))).toBe(
        "exited in: link(1)\n    ** (EXIT) killed",
      );
    });
  });

  test("for an ExitError of no call: that of its reason", () => {
    expect(formatExit(new ExitError("killed"))).toBe("killed");
    expect(formatExit(new ExitError(new ExitError(["shutdown", 1])))).toBe("shutdown: 1");
  });

  // Exception.format(:exit, {:noproc, {GenServer, :call, [:a, :b, 5000]}}, [{:foo, :bar, 1, []}])
  // |** (exit) exited in: GenServer.call(:a, :b, 5000)
  // |    ** (EXIT) no process: …
  // |    :foo.bar/1
  test("an exit that is reported has the stack after the reason", () => {
    const reason = thrown(new ExitError("killed", ["GenServer.call", "a"]), "at f (file:///app/a.js:1:1)");
    expect(formatReport({ ...crash, reason })).toMatch(
      /\n\*\* \(exit\) exited in: GenServer\.call\("a"\)\n {4}\*\* \(EXIT\) killed\n {4}at f \(file:\/\/\/app\/a\.js:1:1\)$/,
    );
  });
});

describe("the main process's end is told in Elixir's words", () => {
  // spawn_link(fn -> raise "boom!" end); Process.sleep(200)
  // As a script: on stderr, an empty line after it, no report, exit code 1.
  // |** (EXIT from #PID<0.96.0>) an exception was raised:
  // |    ** (RuntimeError) boom!
  // |        s.exs:1: anonymous fn/0 in :elixir_compiler_0.__FILE__/1
  // |
  test("by a program", () => {
    const reason = thrown(new Error("boom!"), "at f (file:///app/a.js:1:1)");
    expect(exitText(pid, reason)).toBe(
      [
        "** (EXIT from #PID<0.107.0>) an exception was raised:",
        "    ** (Error) boom!",
        "        at f (file:///app/a.js:1:1)",
      ].join("\n"),
    );
  });

  // spawn_link(fn -> exit("bad") end)        |** (EXIT from #PID<0.96.0>) "bad"
  // spawn_link(fn -> exit(:shutdown) end)    |** (EXIT from #PID<0.96.0>) shutdown
  // spawn_link(fn -> exit({:shutdown, :x}))  |** (EXIT from #PID<0.96.0>) shutdown: :x
  // Process.exit(linked, :kill)              |** (EXIT from #PID<0.96.0>) killed
  test.each<[unknown, string]>([
    ["bad", '"bad"'],
    ["shutdown", "shutdown"],
    [["shutdown", "x"], 'shutdown: "x"'],
    ["killed", "killed"],
  ])("for the reason %j", (reason, text) => {
    expect(exitText(pid, reason)).toBe(`** (EXIT from #PID<0.107.0>) ${text}`);
  });

  // iex> spawn_link(fn -> raise "boom!" end)   # an empty line and the banner follow
  // |** (EXIT from #PID<0.106.0>) shell process exited with reason: an exception was raised:
  // |    ** (RuntimeError) boom!
  // |        (stdlib 4.2) erl_eval.erl:742: :erl_eval.do_apply/7
  // iex> spawn_link(fn -> exit("bad") end)
  // |** (EXIT from #PID<0.106.0>) shell process exited with reason: "bad"
  test("by the shell", () => {
    expect(shellExitText(pid, thrown(new Error("boom!")))).toBe(
      "** (EXIT from #PID<0.107.0>) shell process exited with reason: an exception was raised:\n    ** (Error) boom!",
    );
    expect(shellExitText(pid, "bad")).toBe('** (EXIT from #PID<0.107.0>) shell process exited with reason: "bad"');
  });
});

// Elixir's exceptions have no causes.
describe("an error's cause follows its stack", () => {
  test("with a stack of its own", () => {
    const cause = thrown(new TypeError("no host"), "at open (file:///app/b.js:2:2)");
    const reason = thrown(new Error("no data", { cause }), "at load (file:///app/a.js:1:1)");
    expect(formatReport({ ...crash, reason })).toMatch(
      /\n\*\* \(Error\) no data\n {4}at load \(.*\)\n {4}cause: \*\* \(TypeError\) no host\n {8}at open \(.*\)$/,
    );
    expect(formatExit(reason)).toBe(
      [
        "an exception was raised:",
        "    ** (Error) no data",
        "        at load (file:///app/a.js:1:1)",
        "        cause: ** (TypeError) no host",
        "            at open (file:///app/b.js:2:2)",
      ].join("\n"),
    );
  });

  test("or as a value", () => {
    expect(formatExit(thrown(new Error("a", { cause: { code: 7 } })))).toMatch(/\(Error\) a\n {8}cause: \{code: 7\}$/);
  });

  test("is not looked for in other reasons", () => {
    const reason = { cause: new Error("a"), stack: "    at f (a.js:1:1)", n: 1 };
    expect(formatReport({ ...crash, reason })).toMatch(
      /\(exit\) \{cause: Error: a, stack: " {4}at f \(a.js:1:1\)", n: 1\}$/,
    );
  });

  test("and ends in ... when it goes round in a circle", () => {
    const first = thrown(new Error("first"));
    first.cause = thrown(new Error("second", { cause: first }));
    expect(formatExit(first)).toMatch(/first\n +cause: .* second\n +cause: .* first\n.*cause: \.\.\.$/s);
    const exit = new ExitError("x", ["f"]) as { reason: unknown };
    exit.reason = exit;
    const bare = new ExitError("x") as { reason: unknown };
    bare.reason = bare;
    expect(formatExit(bare)).toBe("...");
    expect(formatExit(exit)).toMatch(/^exited in: f\(\)\n {4}\*\* \(EXIT\) exited in: f\(\)\n.*\(EXIT\) \.\.\.$/s);
  });

  test("and the errors of an AggregateError stand in one line", () => {
    const reason = thrown(
      new AggregateError([new TypeError("a"), new Error("b")], "all failed"),
      "at f (file:///a.js:1:1)",
    );
    expect(formatExit(reason)).toMatch(
      /\(AggregateError\) all failed\n {8}at f \(.*\)\n {8}errors: \[TypeError: a, Error: b\]$/,
    );
  });
});

describe("of the stack, only the user's frames are shown", () => {
  const scheduler = {
    beamletDispatch(body: () => void): number {
      body(); // not returned: JavaScriptCore drops the frame of a function that calls in tail position
      return 1;
    },
  };

  /** Runs `body` with frames of the package between it and its caller. */
  function underPackage(body: () => void): void {
    inspect({
      [Symbol.for("nodejs.util.inspect.custom")]() {
        body();
        return "";
      },
    });
  }

  test("nothing below the scheduler", () => {
    let error: unknown;
    function userBody() {
      error = new Error("boom!");
    }
    scheduler.beamletDispatch(userBody);
    const frames = userFrames(error);
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatch(/^at userBody \(.*report\.test\.ts.*:\d+:\d+\)$/);
  });

  test("nothing of the package between two frames of the user's, nor on top of them", () => {
    let error: unknown;
    function clause() {
      error = new Error("boom!");
    }
    function userBody() {
      underPackage(clause);
    }
    scheduler.beamletDispatch(userBody);
    expect((error as Error).stack).toMatch(/src\/inspect\.ts/);
    const frames = userFrames(error).join("\n");
    expect(frames).toMatch(/^at clause .*\n(?:at .*\n)*at userBody .*$/);
    expect(frames).not.toMatch(/src\/inspect\.ts|beamletDispatch/);
  });

  test("nor the engine's step into a generator", () => {
    function* userBody() {
      yield 1;
      throw new Error("boom!");
    }
    const body = userBody();
    body.next();
    let error: unknown;
    scheduler.beamletDispatch(() => {
      try {
        body.next();
      } catch (thrown) {
        error = thrown;
      }
    });
    // What is left besides is the arrow function above, which here plays the scheduler without being one.
    const frames = userFrames(error);
    expect(frames[0]).toMatch(/^at userBody /);
    expect(frames.join("\n")).not.toMatch(/\bnext\b/);
  });

  test("all of them, when the package is bundled into the same folder as the user's code", () => {
    let error: unknown;
    underPackage(() => {
      error = new Error("boom!");
    });
    const bundled = ((error as Error).stack as string).split("\n").filter((line) => line.includes("/src/inspect.ts"));
    expect(bundled.length).toBeGreaterThan(1);
    expect(userFrames({ stack: bundled.join("\n") })).toHaveLength(bundled.length);
  });

  test("as V8 writes them", () => {
    const stack = [
      "SyntaxError: Expected property name or '}' in JSON at position 1",
      "    at JSON.parse (<anonymous>)",
      "    at inner (file:///app/a.mjs:3:54)",
      "    at Array.map (<anonymous>)",
      "    at new Room (C:\\app\\room (1).js:3:26)",
      "    at eval (eval at <anonymous> (file:///app/a.mjs:12:7), <anonymous>:1:7)",
      "    at async Promise.all (index 0)",
      "    at body.next (<anonymous>)",
      "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
      "    at async file:///app/a.mjs:8:32",
      "    at async eventLoopTick (ext:core/01_core.js:178:7)",
    ].join("\n");
    expect(userFrames({ stack })).toEqual([
      "at JSON.parse (<anonymous>)",
      "at inner (file:///app/a.mjs:3:54)",
      "at Array.map (<anonymous>)",
      "at new Room (C:\\app\\room (1).js:3:26)",
      "at eval (eval at <anonymous> (file:///app/a.mjs:12:7), <anonymous>:1:7)",
      "at async Promise.all (index 0)",
      "at async file:///app/a.mjs:8:32",
    ]);
  });

  test("as JavaScriptCore and SpiderMonkey write them", () => {
    const stack = [
      "parse@[native code]",
      "inner@https://example.org/a.js:3:54",
      "@https://example.org/a.js:4:1",
      "userBody/<@https://example.org/a.js:5:2",
      "https://example.org/pkg@1/a.js:6:2",
      "next@[native code]",
      "beamletDispatch@https://example.org/a.js:1:45",
      "module code@https://example.org/a.js:8:3",
    ].join("\n");
    expect(userFrames({ stack })).toEqual([
      "at parse ([native code])",
      "at inner (https://example.org/a.js:3:54)",
      "at https://example.org/a.js:4:1",
      "at userBody/< (https://example.org/a.js:5:2)",
      "at https://example.org/pkg@1/a.js:6:2",
    ]);
  });

  test("and no line of a message that looks like a frame", () => {
    const message = "failed:\n    at inner (file:///app/z.js:1:1)\n    at b";
    const error = thrown(new Error(message), "at f (file:///app/a.js:1:1)");
    expect(userFrames(error)).toEqual(["at f (file:///app/a.js:1:1)"]);
  });

  test("none, when there is no stack", () => {
    expect(userFrames("boom!")).toEqual([]);
    expect(userFrames(undefined)).toEqual([]);
    expect(userFrames({ stack: 1 })).toEqual([]);
    expect(userFrames({ stack: "Error: boom!" })).toEqual([]);
  });
});

describe("whatever the reason is, there is a report", () => {
  const refuse = () => {
    throw new Error("refused");
  };
  const traps = { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse };
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();

  test.each<[string, unknown, RegExp]>([
    ["a proxy that throws", new Proxy({}, traps), /\(exit\) \[unprintable\]$/],
    ["a proxy of an error", new Proxy(new Error("x"), traps), /\(exit\) \[unprintable\]$/],
    ["a revoked proxy", proxy, /\(exit\) \[unprintable\]$/],
    ["a thrown revoked proxy", ["nocatch", proxy], /Erlang error: \["nocatch", \[unprintable\]\]$/],
    ["a shutdown with a revoked proxy", ["shutdown", proxy], /\(exit\) shutdown: \[unprintable\]$/],
    ["a call that is a revoked proxy", { name: "ExitError", call: proxy, reason: 1 }, /exited in: \[unprintable\]\n/],
    [
      "a call of revoked proxies",
      new ExitError("x", [proxy, proxy]),
      /exited in: \[unprintable\]\(\[unprintable\]\)\n/,
    ],
    [
      "an error whose cause and errors are",
      Object.assign(new Error("x"), { cause: proxy, errors: proxy }),
      /x.*cause: \[unpr/s,
    ],
    ["an error with throwing getters", getters(), /\n\*\* \(Error\) $/],
    ["an error whose stack is a symbol", Object.assign(new Error("x"), { stack: Symbol("s") }), /\n\*\* \(Error\) x$/],
    ["an error whose name and message are symbols", symbols(), /\n\*\* \(Error\) Symbol\(m\)$/],
    ["a name like a property of every object", "constructor", /\(exit\) "constructor"$/],
    ["null", null, /\(exit\) null$/],
  ])("%s", (_, reason, text) => {
    expect(formatReport({ ...crash, reason })).toMatch(text);
    expect(typeof formatExit(reason)).toBe("string");
    expect(typeof formatExit(new ExitError(reason))).toBe("string");
  });

  test("a report with next to nothing in it", () => {
    const report: Report = { level: "error", kind: "crash", time: new Date(Number.NaN) };
    expect(formatReport(report)).toMatch(/\[error\] Process undefined raised an exception$/);
  });

  function getters(): Error {
    const property = { get: refuse };
    return Object.defineProperties(new Error(), {
      // First: engines make the text of the stack when it goes, from the name and the message.
      stack: property,
      name: property,
      message: property,
      cause: property,
      errors: property,
    });
  }

  function symbols(): Error {
    return Object.assign(new Error(), { stack: "", name: Symbol("n"), message: Symbol("m") } as object as Error);
  }
});
