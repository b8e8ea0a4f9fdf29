import { expect, test } from "vitest";
import { type Body, ExitError, loop, type Self } from "../../src/index.ts";
import { ownRuntime, settle } from "./support/own-runtime.ts";

/** With which reason a process that runs `body` ends. */
async function reasonOf(body: Body<unknown>, message?: unknown): Promise<unknown> {
  const { runtime } = ownRuntime();
  const [pid, ref] = runtime.spawnMonitor(body);
  if (message !== undefined) runtime.send(pid, message);
  await settle(runtime);
  expect(runtime.isAlive(pid)).toBe(false);
  const [, itsRef, , itsPid, reason] = (await runtime.receive()) as [string, unknown, string, unknown, unknown];
  expect([itsRef, itsPid]).toEqual([ref, pid]);
  return reason;
}

test("a body that returns ends its process with normal", async () => {
  expect(await reasonOf(() => "whatever it returns")).toBe("normal");
  expect(await reasonOf(function* () {})).toBe("normal");
  expect(await reasonOf(async () => 5)).toBe("normal");
});

test("it is alive until then, and no longer", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<"end">) {
    yield* self.receive();
  });
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
  expect(runtime.processes()).toContain(pid);
  runtime.send(pid, "end");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(runtime.processes()).not.toContain(pid);
  expect(runtime.processInfo(pid)).toBeUndefined();
});

test("a thrown error is itself the reason, in every kind of body", async () => {
  const error = new RangeError("too far");
  const fail = () => {
    throw error;
  };
  expect(await reasonOf(fail)).toBe(error);
  expect(
    await reasonOf(function* (self) {
      yield* (self as Self<unknown>).receive({ go: () => 1 } as never);
      fail();
    }, "go"),
  ).toBe(error);
  expect(await reasonOf(async () => fail())).toBe(error);
  expect(await reasonOf(() => Promise.reject(error))).toBe(error);
  expect(await reasonOf(loop(0, fail) as Body<unknown>, "go")).toBe(error);
  expect(
    await reasonOf(function* (self) {
      yield* self.until(Promise.reject(error));
    }),
  ).toBe(error);
});

// Erlang: {nocatch, V}, with a stack that JavaScript has only for errors.
test("any other thrown value v is the reason [nocatch, v]", async () => {
  for (const value of ["text", 5, undefined, null, ["tuple"]]) {
    expect(
      await reasonOf(() => {
        throw value;
      }),
    ).toEqual(["nocatch", value]);
  }
});

test("exit(reason) ends the process with any reason", async () => {
  for (const reason of ["normal", "shutdown", ["shutdown", 1], "kill", { any: "value" }, undefined, null]) {
    expect(await reasonOf((self) => self.exit(reason))).toEqual(reason);
  }
  const { runtime } = ownRuntime();
  const [, ref] = runtime.spawnMonitor(() => runtime.exit("by the free function"));
  runtime.run();
  expect(((await runtime.receive()) as unknown[])[4]).toBe("by the free function");
  expect(ref).toBeDefined();
});

test("nothing behind exit(reason) is done, but finally blocks run", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  runtime.spawn(function* (self: Self) {
    try {
      self.exit("bye");
      log.push("behind exit");
    } finally {
      log.push("finally");
    }
  });
  runtime.run();
  expect(log).toEqual(["finally"]);
});

// Erlang: exit/1 raises an exception of class exit, which `catch` catches.
test("exit(reason) can be caught: it is an ExitError, and the process lives on", async () => {
  const caught: unknown[] = [];
  expect(
    await reasonOf((self) => {
      try {
        self.exit("bye");
      } catch (error) {
        caught.push(error);
      }
    }),
  ).toBe("normal");
  expect(caught[0]).toBeInstanceOf(ExitError);
  expect((caught[0] as ExitError).reason).toBe("bye");
});

test("an ExitError that is thrown again keeps its reason", async () => {
  expect(
    await reasonOf((self) => {
      try {
        self.exit("first");
      } catch (error) {
        throw error as Error;
      }
    }),
  ).toBe("first");
});

test("an error thrown in a finally block takes the place of the reason, as it does of an error", async () => {
  const error = new Error("from finally");
  expect(
    await reasonOf((self) => {
      try {
        self.exit("bye");
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
        throw error;
      }
    }),
  ).toBe(error);
});

test("an error in a clause of receive is thrown where the receive stands", async () => {
  const error = new Error("from a clause");
  const table = {
    boom() {
      throw error;
    },
  };
  const bodies: Body<unknown>[] = [
    function* (self) {
      yield* (self as Self<"boom">).receive(table);
    },
    async (self) => {
      await (self as Self<"boom">).receive(table);
    },
  ];
  for (const body of bodies) expect(await reasonOf(body, "boom")).toBe(error);
});
