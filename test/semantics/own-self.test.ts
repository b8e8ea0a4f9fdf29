import { expect, test } from "vitest";
import { type Pid, type Self, UsageError } from "../../src/index.ts";
import { idle, ownRuntime, rejection, settle, thrown } from "./support/own-runtime.ts";

/** A runtime with a process that waits, and its self in foreign hands. */
function withBorrowedSelf() {
  const own = ownRuntime();
  let borrowed: Self<unknown> | undefined;
  const owner = own.runtime.spawn(function* (self: Self<unknown>) {
    borrowed = self;
    yield* idle(self);
  });
  own.runtime.run();
  return { ...own, owner, borrowed: borrowed as Self<unknown> };
}

test("a process acts for itself only: with another's self it links, monitors, spawns and changes nothing", () => {
  const { runtime, owner, borrowed } = withBorrowedSelf();
  const errors: unknown[] = [];
  runtime.spawn((self: Self) => {
    for (const act of [
      () => borrowed.link(self.pid),
      () => borrowed.monitor(self.pid),
      () => borrowed.spawnLink(idle),
      () => borrowed.spawnMonitor(idle),
      () => borrowed.exit(self.pid, "boom"),
      () => borrowed.alias(),
      () => borrowed.put("key", 1),
      () => borrowed.get("key"),
      () => borrowed.processFlag("trapExit", true),
      () => {
        borrowed.trapExit = true;
      },
    ]) {
      errors.push(thrown(act));
    }
  });
  runtime.run();
  expect(errors).toHaveLength(10);
  for (const error of errors) expect(error).toBeInstanceOf(UsageError);
  expect((errors[0] as Error).message).toContain(`used the self of ${owner}: a process can only act for itself`);
  expect(runtime.processInfo(owner)).toMatchObject({ links: [], monitors: [], trapExit: false });
});

test("nor can it receive from another's mailbox, or wait in another's place", () => {
  const { runtime, owner, borrowed } = withBorrowedSelf();
  const errors: unknown[] = [];
  runtime.send(owner, "private");
  runtime.spawn(function* () {
    for (const wait of [
      () => borrowed.receive(),
      () => borrowed.receive({ private: () => "taken" } as never),
      () => borrowed.sleep(1),
      () => borrowed.until(Promise.resolve()),
    ]) {
      try {
        yield* wait();
      } catch (error) {
        errors.push(error);
      }
    }
  });
  runtime.run();
  expect(errors).toHaveLength(4);
  for (const error of errors) expect(error).toBeInstanceOf(UsageError);
  expect(runtime.processInfo(owner, "messages")).toEqual(["private"]);
});

test("a generator body's self is of no use to the host while the process waits", async () => {
  const { borrowed, runtime, owner } = withBorrowedSelf();
  expect(thrown(() => borrowed.link(runtime.self()))).toBeInstanceOf(UsageError);
  expect(await rejection(borrowed.receive())).toBeInstanceOf(UsageError);
  expect(await rejection(borrowed.sleep(0))).toBeInstanceOf(UsageError);
  expect(await rejection(borrowed.until(Promise.resolve()))).toBeInstanceOf(UsageError);
  expect(runtime.isAlive(owner)).toBe(true);
});

test("an async body's self is of no use to another process that runs", async () => {
  const { runtime } = ownRuntime();
  const errors: unknown[] = [];
  let borrowed: Self<unknown> | undefined;
  const owner = runtime.spawn(async (self: Self<unknown>) => {
    borrowed = self;
    await new Promise(() => undefined);
  });
  runtime.send(owner, "private");
  runtime.run();
  runtime.spawn(() => {
    const self = borrowed as Self<unknown>;
    errors.push(thrown(() => self.link(runtime.self())));
    for (const wait of [self.receive(), self.sleep(0), self.until(Promise.resolve())]) {
      wait.then(
        () => errors.push("fulfilled"),
        (error) => errors.push(error),
      );
    }
  });
  await settle(runtime);
  expect(errors).toHaveLength(4);
  for (const error of errors) expect(error).toBeInstanceOf(UsageError);
  expect(runtime.processInfo(owner, "messages")).toEqual(["private"]);
});

test("what only reads, or addresses by pid, works from anywhere", () => {
  const { borrowed, runtime, owner } = withBorrowedSelf();
  expect(borrowed.pid).toBe(owner);
  expect(borrowed.runtime).toBe(runtime);
  expect(borrowed.signal.aborted).toBe(false);
  expect(borrowed.trapExit).toBe(false);
  expect(borrowed.priority).toBe("normal");
  expect(borrowed.send(owner as never, "hello" as never)).toBe("hello");
});

test("whoever compares two pids property by property finds nothing of their processes to run", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pids = [1, 2].map(() =>
    runtime.spawn(function* (self: Self) {
      for (;;) seen.push(yield* self.receive());
    }),
  );
  runtime.run();
  const [first, second] = pids;
  expect({ pid: first }).not.toEqual({ pid: second });
  expect({ pid: first }).not.toMatchObject({ pid: second });
  runtime.send(first as Pid<number>, 1);
  runtime.send(second as Pid<number>, 2);
  runtime.run();
  expect(seen).toEqual([1, 2]);
});
