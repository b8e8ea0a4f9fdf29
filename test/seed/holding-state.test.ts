// The page's section on holding state.
import { expect, test } from "vitest";
import { loop, type Pid, type Runtime, type Self } from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";

type CounterMessage = "inc" | ["val", Pid<number>];

function* listen(self: Self<CounterMessage>, count: number) {
  for (;;) {
    yield* self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        self.send(from, count);
      },
    });
  }
}

const looping = (count: number) =>
  loop(count, (count: number, message: CounterMessage, self) => {
    if (message === "inc") return count + 1;
    self.send(message[1], count);
    return count;
  });

const counters: [string, (runtime: Runtime, count: number) => Pid<CounterMessage>][] = [
  ["a loop in a generator", (runtime, count) => runtime.spawn(listen, count)],
  ["loop(state, step)", (runtime, count) => runtime.spawn(looping(count))],
];

for (const [name, start] of counters) {
  // That memory stays as it is is measured in test/host/seed: it takes a program of its own.
  test(`S22 ${name} holds its state over 10^7 messages`, async () => {
    const { runtime } = ownRuntime({ development: false });
    const counter = start(runtime, 0);
    for (let n = 0; n < 1e7; ) {
      for (const end = n + 10_000; n < end; n++) runtime.send(counter, "inc");
      runtime.run();
    }
    runtime.send(counter, ["val", runtime.self()]);
    runtime.run();
    expect(await runtime.receive()).toBe(1e7);
    expect(runtime.processInfo(counter, "messageQueueLen")).toBe(0);
  });

  test(`S23 the page's counter as ${name}: 10, three times inc, is 13`, async () => {
    const { runtime } = ownRuntime();
    const counter = start(runtime, 10);
    for (let n = 0; n < 3; n++) runtime.send(counter, "inc");
    runtime.send(counter, ["val", runtime.self()]);
    runtime.run();
    expect(await runtime.receive()).toBe(13);
  });
}
