import { expect, test } from "vitest";
import type { Priority, Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

/** Runs `slices` slices of processes that always have something to do, and says which priorities they went to. */
function slicesOf(counts: Partial<Record<Priority, number>>, slices: number): Priority[] {
  const { runtime } = ownRuntime();
  const log: Priority[] = [];
  for (const [priority, count] of Object.entries(counts) as [Priority, number][]) {
    for (let n = 0; n < count; n++) {
      const pid = runtime.spawnOpt(
        function* (self: Self<"go">) {
          for (;;) {
            yield* self.receive();
            if (log.length >= slices) return;
            log.push(self.priority);
            // One message of work in each slice.
            yield* self.sleep(0);
          }
        },
        { priority },
      );
      for (let i = 0; i <= slices; i++) runtime.send(pid, "go");
    }
  }
  runtime.run();
  return log;
}

test("max goes before high, high before normal and low, for as long as there is one", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const order: Priority[] = ["low", "normal", "high", "max"];
  for (const priority of order) {
    for (const n of [1, 2]) runtime.spawnOpt(() => log.push(`${priority} ${n}`), { priority });
  }
  runtime.run();
  expect(log).toEqual(["max 1", "max 2", "high 1", "high 2", "normal 1", "normal 2", "low 1", "low 2"]);
});

test("who is always runnable at high or max keeps all others waiting", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const relay = function* (self: Self<number>, name: string) {
    for (;;) {
      const left = yield* self.receive();
      log.push(name);
      if (left === 0) return;
      self.send(self.pid, left - 1);
    }
  };
  for (const priority of ["normal", "high"] as const) {
    const pid = runtime.spawnOpt(relay, { args: [priority], priority });
    runtime.send(pid, 300);
  }
  runtime.run();
  expect(log.slice(0, 301).every((name) => name === "high")).toBe(true);
  expect(log.slice(301).every((name) => name === "normal")).toBe(true);
  expect(log).toHaveLength(602);
});

// Erlang interleaves them, too; max and high it keeps strictly before them.
test("normal and low share: of nine slices, eight are a normal process's and one is a low one's", () => {
  const { runtime } = ownRuntime();
  const log: Priority[] = [];
  function* worker(self: Self<number>, mine: Priority) {
    for (;;) {
      const left = yield* self.receive();
      if (left % 64 === 63) log.push(mine);
      if (left > 0) self.send(self.pid, left - 1);
      else return;
    }
  }
  for (const priority of ["normal", "low"] as const) {
    const pid = runtime.spawnOpt(worker, { args: [priority], priority });
    runtime.send(pid, 64 * 180 - 1);
  }
  runtime.run();
  const whileBothRan = log.slice(0, 9 * 20);
  expect(whileBothRan.filter((priority) => priority === "low")).toHaveLength(20);
  // And evenly: any nine slices in a row hold one of a low process.
  for (let i = 0; i + 9 <= whileBothRan.length; i++) {
    expect(whileBothRan.slice(i, i + 9).filter((priority) => priority === "low")).toHaveLength(1);
  }
});

test("low processes have the machine to themselves while nobody else wants it", () => {
  expect(slicesOf({ low: 3 }, 30)).toEqual(Array.from({ length: 30 }, () => "low"));
});

test("a process can change its own priority, and it counts from its next turn on", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self) {
    log.push(self.priority);
    log.push(self.processFlag("priority", "low"));
    log.push(self.priority);
    self.priority = "high";
    yield* self.sleep(0);
    log.push("now high");
  });
  runtime.spawn(function* (self: Self) {
    yield* self.sleep(0);
    log.push("normal");
  });
  runtime.run();
  expect(log).toEqual(["normal", "normal", "low", "now high", "normal"]);
});

test("new processes are normal, whatever their parent is", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawnOpt((self: Self) => log.push(runtime.processInfo(self.spawn(idle), "priority")), { priority: "max" });
  runtime.run();
  expect(log).toEqual(["normal"]);
});

test("what is no priority is a RangeError", () => {
  const { runtime } = ownRuntime();
  for (const priority of ["urgent", 1, null]) {
    expect(thrown(() => runtime.spawnOpt(idle, { priority: priority as never }))).toBeInstanceOf(RangeError);
  }
});
