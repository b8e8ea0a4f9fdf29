import { expect, test } from "vitest";
import { createRuntime, type Self } from "../../src/index.ts";

// These run on the host's time: nothing here calls run(), and nothing measures. A runtime that kept the host's turn would hang the test.

test("a runtime runs by itself when the host has time", async () => {
  const runtime = createRuntime();
  const main = runtime.self();
  runtime.spawn((self: Self) => self.send(main, "by itself"));
  expect(await runtime.receive()).toBe("by itself");
  await runtime.stop();
});

test("under any message load the host gets its turns: its timers fire and its own messages arrive", async () => {
  const runtime = createRuntime();
  let busy = 0;
  const pid = runtime.spawn(function* (self: Self<"again">) {
    for (;;) {
      yield* self.receive();
      busy++;
      self.send(self.pid, "again");
    }
  });
  runtime.send(pid, "again");
  for (let turn = 0; turn < 5; turn++) {
    const before = busy;
    await new Promise((resolve) => setTimeout(resolve, 0));
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage("hello");
    });
    port1.close();
    if (turn > 0) expect(busy).toBeGreaterThan(before);
  }
  await runtime.stop();
  expect(runtime.isAlive(pid)).toBe(false);
});

test("timers fire on the host's clock, not early, and a promise of the host brings its process back", async () => {
  const runtime = createRuntime();
  const waited = await runtime.run(function* (self: Self) {
    const start = performance.now();
    yield* self.sleep(5);
    const slept = performance.now() - start;
    const answer = yield* self.until(new Promise((resolve) => setTimeout(resolve, 0, "answer")));
    return [slept >= 5, answer];
  });
  expect(waited).toEqual([true, "answer"]);
  await runtime.stop();
});

test("a crowd of timers in one turn of the host leaves it its own", async () => {
  const runtime = createRuntime();
  let fired = 0;
  const counter = runtime.spawn(function* (self: Self<"tick">) {
    for (;;) {
      yield* self.receive();
      fired++;
      if (fired === 50_000) runtime.send(main, "all");
    }
  });
  const main = runtime.self();
  for (let n = 0; n < 50_000; n++) runtime.sendAfter(counter, "tick", n % 20);
  expect(await runtime.receive()).toBe("all");
  await runtime.stop();
});

test("an async body runs on the host's microtasks and answers within the turn that asked it", async () => {
  const runtime = createRuntime();
  const server = runtime.spawn(async (self: Self<number>) => {
    for (;;) {
      const n = await self.receive();
      self.send(main, n + 1);
    }
  });
  const main = runtime.self();
  let n = 0;
  while (n < 1000) {
    runtime.send(server, n);
    n = (await runtime.receive()) as number;
  }
  expect(n).toBe(1000);
  await runtime.stop();
});
