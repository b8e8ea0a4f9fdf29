import { describe, expect, test } from "vitest";
import { createRuntime, P, type Pid, type Runtime } from "../../src/index.ts";
import { startProbe } from "../../src/testing/index.ts";
import { matchers } from "../../src/testing/vitest.ts";
import { idle, ownRuntime, thrown } from "../semantics/support/own-runtime.ts";

expect.extend(matchers);

/** What an expectation that does not hold says. */
const told = (call: () => unknown) => (thrown(call) as Error).message;

/** A process that waits, and one that has ended. */
function two(): { runtime: Runtime; alive: Pid<unknown>; dead: Pid<unknown> } {
  const { runtime } = ownRuntime();
  const alive = runtime.spawn(idle) as Pid<unknown>;
  const dead = runtime.spawn((self) => self.exit("enough")) as Pid<unknown>;
  runtime.run();
  return { runtime, alive, dead };
}

describe("matchers", () => {
  test("toBeAlive and toHaveExited", () => {
    const { alive, dead } = two();
    expect(alive).toBeAlive();
    expect(dead).not.toBeAlive();
    expect(dead).toHaveExited();
    expect(dead).toHaveExited("enough");
    expect(dead).toHaveExited(P.string);
    expect(dead).not.toHaveExited("normal");
    expect(alive).not.toHaveExited();
    expect(told(() => expect(dead).toBeAlive())).toBe(
      `expected ${dead} to be alive, it has exited with reason "enough"`,
    );
    expect(told(() => expect(alive).not.toBeAlive())).toBe(`expected ${alive} to have ended, it is waiting`);
    expect(told(() => expect(dead).toHaveExited("normal"))).toBe(
      `expected ${dead} to have exited with a reason that matches "normal", it has exited with reason "enough"`,
    );
    expect(told(() => expect(alive).toHaveExited())).toBe(`expected ${alive} to have exited, it is waiting`);
    expect(told(() => expect(dead).not.toHaveExited())).toContain("not to have exited, it has");
  });

  test("toHaveReceived and toHaveMailbox, of processes and probes", () => {
    const { runtime, alive } = two();
    expect(alive).toHaveMailbox([]);
    runtime.send(alive, ["a", 1]);
    runtime.send(alive, "b");
    const probe = startProbe({ as: runtime });
    runtime.send(probe.pid, ["a", 1]);
    runtime.send(probe.pid, "b");
    runtime.run();
    for (const who of [alive, probe]) {
      expect(who).toHaveReceived(["a", P.number]);
      expect(who).toHaveReceived({ a: () => true });
      expect(who).not.toHaveReceived("c");
      expect(who).toHaveMailbox([["a", P.number], "b"]);
      expect(who).not.toHaveMailbox(["b", ["a", 1]]);
      expect(who).not.toHaveMailbox([["a", 1]]);
    }
    expect(told(() => expect(alive).toHaveReceived(["a", P.string]))).toBe(
      `expected ${alive} to have received a message that matches ["a", P.string]
Showing 2 of 2 messages in the mailbox
  value: ["a", 1]  ([1]: expected P.string, got 1)
  value: "b"`,
    );
    expect(told(() => expect(probe).not.toHaveReceived("b"))).toBe(
      `expected probe ${probe.pid} not to have received a message that matches "b", got "b"`,
    );
    expect(told(() => expect(alive).toHaveMailbox([["a", P.string]]))).toBe(
      `expected ${alive} to have the mailbox [["a", P.string]]
  value: ["a", 1]  ([1]: expected P.string, got 1)
  value: "b"  (one too many)`,
    );
    expect(told(() => expect(alive).toHaveMailbox([["a", 1], "b", "c"]))).toContain('\n  missing: "c"');
  });

  test("names, links and monitors", () => {
    const { runtime, alive, dead } = two();
    runtime.register(alive, "name");
    runtime.link(alive);
    const main = runtime.self();
    expect(alive).toBeRegisteredAs("name");
    expect(dead).not.toBeRegisteredAs("name");
    expect(alive).toBeLinkedTo(main);
    expect(main).toBeLinkedTo(alive);
    expect(alive).not.toBeMonitoredBy(main);
    runtime.monitor(alive);
    expect(alive).toBeMonitoredBy(main);
    expect(told(() => expect(alive).toBeRegisteredAs("other"))).toBe(
      `expected ${alive} to be registered as "other", its name is "name"`,
    );
    expect(told(() => expect(dead).toBeRegisteredAs("other"))).toContain("it has no name");
    expect(told(() => expect(dead).toBeLinkedTo(main))).toBe(`expected ${dead} to be linked to ${main}, nobody is`);
    expect(told(() => expect(alive).not.toBeLinkedTo(main))).toContain(`those are ${main}`);
  });

  test("toMatchPattern", () => {
    expect({ type: "user", age: 36 }).toMatchPattern({ type: "user", age: P.number });
    expect(["a", 1]).not.toMatchPattern(["a", P.string]);
    expect(told(() => expect(["a", 1]).toMatchPattern(["a", P.string]))).toBe(
      'expected ["a", 1] to match ["a", P.string]\n  [1]: expected P.string, got 1',
    );
  });

  test("what is no pid is a clear error", () => {
    const { alive } = two();
    expect(told(() => expect("pid").toBeAlive())).toBe('toBeAlive: expected a pid, got "pid"');
    expect(told(() => expect(7).toHaveReceived("a"))).toBe("toHaveReceived: expected a pid, got 7");
    expect(told(() => expect(alive).toHaveMailbox("a" as never))).toBe(
      'toHaveMailbox: expected an array of patterns, got "a"',
    );
    expect(told(() => expect(alive).toBeLinkedTo(createRuntime as never))).toContain("toBeLinkedTo: expected a pid");
  });
});
