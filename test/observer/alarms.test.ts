import { afterEach, expect, test, vi } from "vitest";
import type { Self } from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Puts the host's clock into the test's hands: what looks ten times a second does so when it is moved. */
function holdTime(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] });
}

function* stuck(self: Self<unknown>) {
  yield* self.receive({ never: () => {} } as never);
}

test("a mailbox that grows for ten seconds raises an alarm, which goes when it shrinks", async () => {
  holdTime();
  const { runtime } = ownRuntime();
  const growing = runtime.spawn(stuck);
  const long = runtime.spawn(stuck);
  runtime.register(growing, "growing");
  for (let n = 0; n < 500; n++) runtime.send(long, n as never);
  runtime.run();
  const source = sourceOf(runtime);
  let alarms: readonly { readonly kind: string; readonly active: boolean }[] = [];
  source.subscribe("alarms", {}, (data) => {
    alarms = data.alarms;
  });
  await null;
  const second = (messages: number) => {
    for (let n = 0; n < messages; n++) runtime.send(growing, n as never);
    runtime.run();
    vi.advanceTimersByTime(1000);
  };
  for (let s = 0; s < 10; s++) second(100);
  expect(alarms).toEqual([]);
  for (let s = 0; s < 3; s++) second(100);
  expect(alarms).toMatchObject([
    {
      kind: "mailbox",
      active: true,
      process: { pid: String(growing), name: "growing", body: "stuck" },
      text: expect.stringMatching(/^Mailbox has grown for 1\d s, to 1,\d00 messages$/),
    },
  ]);
  // It grows no more.
  for (let s = 0; s < 7; s++) second(0);
  expect(alarms).toMatchObject([{ kind: "mailbox", active: false }]);
  for (let s = 0; s < 130; s++) second(0);
  expect(alarms).toEqual([]);
});

test("a host's loop that was held up raises an alarm", async () => {
  holdTime();
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  const told = seen(source, "alarms", {}, ({ alarms }) => alarms.some(({ kind }) => kind === "delay"));
  await null;
  vi.advanceTimersByTime(50);
  // The clock goes on, and no timer was served.
  const { now } = performance;
  performance.now = () => now.call(performance) + 300;
  vi.advanceTimersByTime(10);
  performance.now = now;
  const { alarms } = await told;
  expect(alarms).toMatchObject([
    { kind: "delay", active: true, value: 300, text: "The event loop was late by 300 ms" },
  ]);
});

test("a process that holds the scheduler is named with its body, when it does so again", async () => {
  const { runtime } = ownRuntime({ clock: undefined as never });
  const source = sourceOf(runtime);
  const pid = runtime.spawn(function* hog(self: Self<unknown>) {
    for (;;) {
      yield* self.receive();
      for (const end = performance.now() + 80; performance.now() < end; );
    }
  });
  const again = setInterval(() => runtime.send(pid, "go"), 200);
  const { alarms } = await seen(source, "alarms", {}, ({ alarms }) => alarms.some(({ kind }) => kind === "slice"));
  clearInterval(again);
  const alarm = alarms.find(({ kind }) => kind === "slice");
  expect(alarm).toMatchObject({ process: { pid: String(pid), body: "hog" }, active: true });
  expect(alarm?.text).toMatch(/^#PID<0\.\d+\.0> \(hog\) held the scheduler for \d+ ms/);
  expect(alarm?.value).toBeGreaterThanOrEqual(50);
});
