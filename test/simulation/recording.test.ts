import { expect, test } from "vitest";
import { after, GenServer, on, P, type Pid, type Runtime, reply, type Self } from "../../src/index.ts";
import { ReplayError, record, replay } from "../../src/testing/index.ts";

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const Counter = GenServer.define({
  name: "Counter",
  init: (n: number) => n,
  calls: { add: (n, by: number) => reply(n + by, n + by) },
});

/** Processes with timers and timeouts, and a host that sends and calls when it likes. What it logs depends on the order. */
function program(log: string[], pause: () => Promise<unknown>) {
  return async (runtime: Runtime) => {
    const hub = runtime.spawn(function* hub(self: Self<string>) {
      for (let i = 0; i < 40; i++) {
        log.push(
          yield* self.receive(
            on(P.string, (text) => text),
            after(1, () => "nothing came"),
          ),
        );
      }
      throw new Error("enough");
    });
    for (const name of ["a", "b", "c"]) {
      runtime.spawn(function* ticks(self: Self<"tick">, to: Pid<string>) {
        for (let i = 0; i < 5; i++) {
          runtime.sendAfter(self.pid, "tick", i);
          yield* self.receive();
          runtime.send(to, `${name}${i}`);
        }
      }, hub);
    }
    const counter = await Counter.start(0, { as: runtime });
    for (let i = 0; i < 6; i++) {
      await pause();
      runtime.send(hub, `host${i}`);
      log.push(`count ${await Counter.call.add(counter, 1, { as: runtime })}`);
    }
    for (; runtime.isAlive(hub); await rest(1));
  };
}

const isProcesses = (line: string) => !line.startsWith("count");

async function recorded(size?: number) {
  const log: string[] = [];
  const crashes: string[] = [];
  const { runtime, recording } = record({
    logger: () => {},
    onCrash: (text) => crashes.push(text),
    ...(size !== undefined && { size }),
  });
  await program(log, () => rest(Math.random() * 3))(runtime);
  const text = recording.toString();
  await runtime.stop();
  return { log, text, crashes };
}

test("a replay is what was recorded, slice for slice, whatever the host's timers do", async () => {
  const { log, text, crashes } = await recorded();
  expect(crashes).toHaveLength(1);
  const slices = (JSON.parse(text.split("\n", 1)[0] as string) as { slices: number }).slices;
  expect(slices).toBeGreaterThan(40);
  for (let i = 0; i < 3; i++) {
    const again: string[] = [];
    expect(
      await replay(
        text,
        program(again, () => rest(0)),
        { logger: () => {} },
      ),
    ).toBe(slices);
    // What the processes did is the same. When the host hears of it is the host's.
    expect(again.filter(isProcesses)).toEqual(log.filter(isProcesses));
  }
});

test("promises of the host are kept when they were kept", async () => {
  const promises = (log: string[], pause: (n: number) => Promise<unknown>) => (runtime: Runtime) => {
    const hub = runtime.spawn(function* hub(self: Self<string>) {
      for (let i = 0; i < 12; i++) log.push(yield* self.receive());
    });
    for (const n of [0, 1, 2, 3]) {
      runtime.spawn(function* asks(self: Self<never>) {
        for (let i = 0; i < 3; i++) {
          yield* self.until(pause(n));
          runtime.send(hub, `${n}.${i}`);
        }
      });
    }
  };
  const log: string[] = [];
  const { runtime, recording } = record({ logger: () => {} });
  promises(log, () => rest(Math.random() * 5))(runtime);
  while (log.length < 12) await rest(1);
  for (const pause of [() => rest(0), (n: number) => rest(4 - n), () => rest(Math.random() * 5)]) {
    const again: string[] = [];
    await replay(recording.toString(), promises(again, pause), { logger: () => {} });
    expect(again).toEqual(log);
  }
  await runtime.stop();
});

test("another program is another run, and it says where", async () => {
  const { text } = await recorded();
  const other = (runtime: Runtime) => {
    runtime.spawn(() => {});
    runtime.spawn(() => {});
  };
  await expect(replay(text, other, { logger: () => {}, hostTimeout: 100 })).rejects.toThrow(ReplayError);
  await expect(replay(text, other, { logger: () => {}, hostTimeout: 100 })).rejects.toThrow(/after slice|slice \d+/);
});

test("what the ring has lost can't be replayed, and it says so", async () => {
  const { text } = await recorded(20);
  await expect(replay(text, () => {})).rejects.toThrow(/ring has lost its first \d+ inputs/);
});

test.for<[string, unknown, RegExp]>([
  ["nothing", undefined, /expected the text of a recording, got undefined/],
  ["other text", "hello", /line 1 is no JSON/],
  ["other JSON", '{"a":1}\n', /its first lines are others'/],
  [
    "another version",
    '{"beamlet":"recording","version":2,"lost":[0,0,0]}\n{"ran":[]}\n{"deadlines":[]}\n',
    /got version 2/,
  ],
])("replay of %s is refused", async ([, text, message]) => {
  await expect(replay(text as string, () => {})).rejects.toThrow(message);
});

test("wrong options of record", () => {
  expect(() => record({ size: 0 })).toThrow("record: expected 1 or more as size, got 0");
  expect(() => record({ onCrash: 1 as never })).toThrow("record: expected a function as onCrash, got 1");
});
