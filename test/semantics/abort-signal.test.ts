import { expect, test } from "vitest";
import { type Body, ExitError, type Self } from "../../src/index.ts";
import { ownRuntime, settle } from "./support/own-runtime.ts";

test("self.signal is aborted when its process ends, however it ends, with an ExitError of the reason", async () => {
  const { runtime } = ownRuntime();
  const signals: AbortSignal[] = [];
  const bodies: [reason: unknown, body: Body<unknown>][] = [
    ["normal", (self) => void signals.push(self.signal)],
    ["bye", (self) => signals.push(self.signal) && self.exit("bye")],
    [
      "killed",
      function* (self) {
        signals.push(self.signal);
        yield* self.receive();
      },
    ],
    [
      "killed",
      async (self) => {
        signals.push(self.signal);
        await self.receive();
      },
    ],
  ];
  const pids = bodies.map(([, body]) => runtime.spawn(body));
  await settle(runtime);
  for (const pid of pids) runtime.exit(pid, "kill");
  await settle(runtime);
  expect(signals).toHaveLength(4);
  for (const [i, signal] of signals.entries()) {
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBeInstanceOf(ExitError);
    expect((signal.reason as ExitError).reason).toBe(bodies[i]?.[0]);
  }
});

test("it is not aborted before, and there is one for each process", () => {
  const { runtime } = ownRuntime();
  const signals: AbortSignal[] = [];
  function* body(self: Self<unknown>) {
    signals.push(self.signal, self.signal);
    yield* self.receive();
  }
  runtime.spawn(body);
  runtime.spawn(body);
  runtime.run();
  expect(new Set(signals).size).toBe(2);
  expect(signals.every((signal) => !signal.aborted)).toBe(true);
});

test("its listeners run with the finally blocks, before any other process", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    self.signal.addEventListener("abort", () => log.push("aborted"));
    yield* self.receive();
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    self.exit(pid, "boom");
    log.push("killed");
  });
  runtime.spawn(() => log.push("another"));
  runtime.run();
  expect(log).toEqual(["killed", "aborted", "another"]);
});

test("asked for after the end, it is aborted already", async () => {
  const { runtime } = ownRuntime();
  let kept: Self | undefined;
  runtime.spawn((self: Self) => {
    kept = self;
  });
  runtime.run();
  const { signal } = kept as Self;
  expect(signal.aborted).toBe(true);
  expect((signal.reason as ExitError).reason).toBe("normal");
});

test("it ends what the host does for the process", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  /** Stands for fetch and its like. */
  const request = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    const pending = request(self.signal);
    pending.catch((error: ExitError) => log.push(error.reason));
    yield* self.until(pending);
  });
  runtime.run();
  runtime.exit(pid, "no longer needed");
  await settle(runtime);
  expect(log).toEqual(["no longer needed"]);
});
