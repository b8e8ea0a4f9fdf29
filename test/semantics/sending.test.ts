import { expect, test } from "vitest";
import { NameError, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

test("send returns the message itself", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "somebody");
  const message = ["any", { value: true }];
  expect(runtime.send(pid, message)).toBe(message);
  expect(runtime.send("somebody", message)).toBe(message);
  expect(runtime.send(["somebody", runtime.node], message)).toBe(message);
  expect(runtime.send(["somebody", "other@host"], message)).toBe(message);
});

test("send does not wait: the receiver runs later", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const receiver = runtime.spawn(function* (self: Self<string>) {
    for (;;) log.push(yield* self.receive());
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    self.send(receiver, "received");
    log.push("sent");
  });
  runtime.run();
  expect(log).toEqual(["sent", "received"]);
});

// Erlang: DeadPid ! x succeeds; nobody ! x is a badarg.
test("to a dead process a message is lost silently, to an unknown name it is an error", () => {
  const { runtime } = ownRuntime();
  const dead = runtime.spawn(() => undefined);
  runtime.run();
  expect(runtime.send(dead as never, "x" as never)).toBe("x");
  const error = thrown(() => runtime.send("nobody", "x")) as NameError;
  expect(error).toBeInstanceOf(NameError);
  expect(error.processName).toBe("nobody");
  expect(error.message).toMatch(/^no process is registered as "nobody"/);
});

// Erlang, without distribution:  {nobody, node()} ! x  and  {foo, 'bar@host'} ! x  both give x.
test("to a name on a node, known or not, a message is never an error", () => {
  const { runtime } = ownRuntime({ node: "me@here" });
  expect(runtime.send(["nobody", "me@here"], "x")).toBe("x");
  expect(runtime.send(["anybody", "them@there"], "x")).toBe("x");
});

test("to what is no address it is a TypeError that says what was given", () => {
  const { runtime } = ownRuntime();
  const send = runtime.send.bind(runtime) as (to: unknown, message: unknown) => unknown;
  for (const to of [5, undefined, null, {}, [], ["name"], ["name", 5], Symbol("s"), () => undefined]) {
    const error = thrown(() => send(to, "x")) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^send: expected a pid, a name, \[name, node\] or an alias, got /);
  }
});

test("any value is a message", () => {
  const { runtime } = ownRuntime();
  const values = [
    undefined,
    null,
    0,
    Number.NaN,
    "",
    false,
    10n,
    Symbol.iterator,
    () => 1,
    new Map(),
    [],
    {},
    new Error(),
  ];
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    for (;;) seen.push(yield* self.receive());
  });
  for (const value of values) runtime.send(pid, value);
  runtime.run();
  expect(seen).toHaveLength(values.length);
  for (const [i, value] of values.entries()) expect(seen[i]).toBe(value);
});
