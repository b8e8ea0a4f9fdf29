import { expect, test } from "vitest";
import { P, type Self } from "../../src/index.ts";
import { assertExit } from "../../src/testing/index.ts";
import { acting, mailbox } from "../otp/acting.ts";
import { idle, ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { failure } from "./support/failure.ts";

test("waits for the end of a process and gives its reason", () => {
  const { act } = acting();
  act(function* (self) {
    const pid = self.spawn(function* (own: Self<any>) {
      yield* own.sleep(50);
      own.exit(["shutdown", "enough"]);
    });
    expect(yield* assertExit(pid, ["shutdown", P._])).toEqual(["shutdown", "enough"]);
    // It has ended, and still says why.
    expect(yield* assertExit(pid)).toEqual(["shutdown", "enough"]);
    expect((yield* failure(assertExit(pid, "normal"))).message).toBe(
      `Assertion failed, ${pid} has exited with another reason\n  pattern: "normal"\n  reason: ["shutdown", "enough"]`,
    );
    expect(mailbox(self)).toEqual([]);
  });
});

test("knows of ends of every kind that nobody has watched", () => {
  const { act, runtime } = acting();
  act(function* (self) {
    const killed = self.spawn(idle);
    self.exit(killed, "kill");
    const crashed = self.spawn(() => {
      throw new Error("boom");
    });
    const returned = self.spawn(() => {});
    yield* self.sleep(1);
    expect(yield* assertExit(killed, "killed")).toBe("killed");
    expect(yield* assertExit(crashed, { message: "boom" })).toBeInstanceOf(Error);
    expect(yield* assertExit(returned, "normal")).toBe("normal");
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([]);
  });
});

test("fails when the process lives on, and leaves no monitor", () => {
  const { act, runtime } = acting();
  act(function* (self) {
    const pid = self.spawn(idle as never);
    self.send(pid, "unread" as never);
    const error = yield* failure(assertExit(pid));
    expect(error.message).toBe(
      `Assertion failed, ${pid} has not exited after 100ms: it is waiting, with 1 message in its mailbox`,
    );
    expect(error.stack).toContain("assert-exit.test");
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([]);
    self.exit(pid, "kill");
  });
});

test("works in the host's code, whichever the runtime is", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(() => {});
  const exit = assertExit(pid, "normal").then((reason) => reason);
  await settle(runtime);
  expect(await exit).toBe("normal");
  const alive = runtime.spawn(idle);
  expect(((await rejection(assertExit(alive, "normal", 0))) as Error).message).toContain("has not exited after 0ms");
});

test.each<[string, () => unknown]>([
  ['assertExit: expected a pid, got "pid"', () => assertExit("pid" as never)],
  ["assertExit: expected a pid, got undefined", () => assertExit(undefined as never)],
  ["assertExit: expected a timeout in ms", () => assertExit(ownRuntime().runtime.self(), P._, -1)],
])("%s", (message, call) => {
  expect((thrown(call) as Error).message).toContain(message);
});
