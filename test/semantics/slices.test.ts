import { expect, test } from "vitest";
import { loop, on, P, type Pid, type Self } from "../../src/index.ts";
import { ownRuntime } from "./support/own-runtime.ts";

const SLICE = 64;

/** How many messages each process took before the next one got its turn. */
function turns(log: readonly string[]): [name: string, count: number][] {
  const found: [string, number][] = [];
  for (const name of log) {
    const last = found.at(-1);
    if (last?.[0] === name) last[1]++;
    else found.push([name, 1]);
  }
  return found;
}

test("a process takes 64 messages at most before others have their turn, however it receives", () => {
  const bodies = [
    function* (self: Self<unknown>, take: () => void) {
      for (;;) {
        yield* self.receive();
        take();
      }
    },
    function* (self: Self<unknown>, take: () => void) {
      for (;;) yield* self.receive(on(P.number, take));
    },
    function* (self: Self<unknown>, take: () => void) {
      for (;;) yield* self.receive({ _: take });
    },
  ];
  for (const body of bodies) {
    const { runtime } = ownRuntime();
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      const pid = runtime.spawn(body, () => log.push(name));
      for (let n = 0; n < 200; n++) runtime.send(pid, n);
    }
    runtime.run();
    expect(turns(log)).toEqual([
      ["a", SLICE],
      ["b", SLICE],
      ["a", SLICE],
      ["b", SLICE],
      ["a", SLICE],
      ["b", SLICE],
      ["a", 200 - 3 * SLICE],
      ["b", 200 - 3 * SLICE],
    ]);
  }
});

test("loop bodies, too", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const logging = loop("", (name: string, message: string) => {
    if (name !== "") log.push(name);
    return name || message;
  });
  for (const name of ["a", "b"]) {
    const pid = runtime.spawn(logging);
    for (let n = 0; n < 129; n++) runtime.send(pid, name);
  }
  runtime.run();
  // The first message of each only names it.
  expect(turns(log).map(([, count]) => count)).toEqual([SLICE - 1, SLICE - 1, SLICE, SLICE, 1, 1]);
});

test("a process that is flooded does not keep others from their turn", () => {
  const { runtime } = ownRuntime();
  let flood = 0;
  const flooded = runtime.spawn(function* (self: Self<"drop">) {
    for (;;) {
      yield* self.receive();
      flood++;
      // It floods itself: there is always a message more.
      self.send(self.pid, "drop");
    }
  });
  runtime.send(flooded, "drop");
  const ring: Pid<number>[] = [];
  for (let n = 0; n < 10; n++) {
    ring.push(
      runtime.spawn(function* (self: Self<number>) {
        for (;;) {
          const hops = yield* self.receive();
          if (hops === 0) self.exit(flooded, "kill");
          else self.send(ring[(n + 1) % 10] as Pid<number>, hops - 1);
        }
      }),
    );
  }
  runtime.send(ring[0] as Pid<number>, 1000);
  runtime.run();
  expect(runtime.isAlive(flooded)).toBe(false);
  // Each hop waits for one slice of the flooded process at most.
  expect(flood).toBeLessThanOrEqual(SLICE * 1002);
});

test("who waits gets in line behind who is there already: a round robin", () => {
  const { runtime } = ownRuntime();
  const log: number[] = [];
  const ring: Pid<"go">[] = [];
  for (let n = 0; n < 5; n++) {
    ring.push(
      runtime.spawn(function* (self: Self<"go">) {
        for (let round = 0; round < 3; round++) {
          yield* self.receive();
          log.push(n);
          self.send(self.pid, "go");
          yield* self.sleep(0);
        }
      }),
    );
  }
  for (const pid of ring) runtime.send(pid, "go");
  runtime.run();
  expect(log).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

test("sending does not end a slice: a message is received when its receiver's turn comes", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const receiver = runtime.spawn(function* (self: Self<number>) {
    for (;;) {
      yield* self.receive();
      log.push("received");
    }
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    for (let n = 0; n < 1000; n++) {
      self.send(receiver, n);
      log.push("sent");
    }
  });
  runtime.run();
  expect(log.indexOf("received")).toBe(1000);
  expect(log.lastIndexOf("sent")).toBe(999);
});

test("work is counted: reductions rise with every message and every slice", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<number>) {
    for (;;) yield* self.receive();
  });
  const read = () => runtime.processInfo(pid, "reductions") as number;
  expect(read()).toBe(0);
  runtime.run();
  const idle = read();
  for (let n = 0; n < 100; n++) runtime.send(pid, n);
  runtime.run();
  expect(read() - idle).toBeGreaterThanOrEqual(100);
});
