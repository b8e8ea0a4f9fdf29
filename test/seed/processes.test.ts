// The page's introduction.
import { expect, test } from "vitest";
import type { Pid, ProcessInfo, Self } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";

/** Ten million, and the figures, are in test/host/seed: they need a program with room of its own. */
const MILLION = 1_000_000;

function* answering(self: Self<[from: Pid<number>, n: number]>) {
  for (;;) {
    const [from, n] = yield* self.receive();
    self.send(from, n);
  }
}

test("S1 a million processes live in one runtime, and each answers its message", () => {
  const { runtime } = ownRuntime();
  let sum = 0;
  const collector = runtime.spawn(function* (self: Self<number>) {
    for (;;) sum += yield* self.receive();
  });
  const pids: Pid<[Pid<number>, number]>[] = [];
  for (let n = 0; n < MILLION; n++) pids.push(runtime.spawn(answering));
  runtime.run();
  // The main process and the collector live, too.
  expect(runtime.processes().length).toBe(MILLION + 2);
  expect(new Set(pids).size).toBe(MILLION);

  for (let n = 0; n < MILLION; n++) runtime.send(pids[n] as Pid<[Pid<number>, number]>, [collector, n]);
  runtime.run();
  expect(sum).toBe((MILLION * (MILLION - 1)) / 2);
  expect(runtime.processes().length).toBe(MILLION + 2);
});

test("S2 the runtime tells of each process: status, links, monitors, mailbox, reductions, trap exit, name", () => {
  const { runtime } = ownRuntime();
  const linked = runtime.spawn(idle);
  const watched = runtime.spawn(idle);
  const pid = runtime.spawn(function* waits(self: Self<string>) {
    self.trapExit = true;
    self.link(linked);
    self.monitor(watched);
    yield* self.receive({ never() {} } as never);
  });
  runtime.register(pid, "watcher");
  runtime.send(pid, "kept");
  expect(runtime.processInfo(pid, "status")).toBe("runnable");
  runtime.run();

  const { reductions, ...info } = runtime.processInfo(pid) as ProcessInfo;
  expect(info).toEqual({
    pid,
    status: "waiting",
    registeredName: "watcher",
    links: [linked],
    monitors: [watched],
    monitoredBy: [],
    messages: ["kept"],
    messageQueueLen: 1,
    trapExit: true,
    priority: "normal",
    dictionary: new Map(),
    initialCall: "waits",
  });
  expect(reductions).toBeGreaterThan(0);
  expect(runtime.processInfo(watched, "monitoredBy")).toEqual([pid]);
  expect(runtime.processInfo(linked, "links")).toEqual([pid]);
  expect(new Set(runtime.processes())).toEqual(new Set([runtime.self(), linked, watched, pid]));

  runtime.exit(pid, "kill");
  runtime.run();
  expect(runtime.processInfo(pid)).toBeUndefined();
  expect(runtime.processes()).not.toContain(pid);
});

test("S3 the same send takes a local pid, a name, and a name on this node", () => {
  const { runtime } = ownRuntime({ node: "app@here" });
  const pid = runtime.spawn(idle);
  runtime.register(pid, "known");
  runtime.send(pid, "to the pid");
  runtime.send("known", "to the name");
  runtime.send(["known", "app@here"], "to the name on this node");
  runtime.run();
  expect(runtime.processInfo(pid, "messages")).toEqual(["to the pid", "to the name", "to the name on this node"]);
});

// `send({:name, :"x@y"}, :hi)` and `send({:nobody, node()}, :hi)` return :hi on a node without a network, and nobody gets it.
test("S3 a message to an unknown node, or to an unknown name on a node, is lost silently", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "known");
  expect(runtime.send(["known", "x@y"], "hi")).toBe("hi");
  expect(runtime.send(["nobody", "nonode@nohost"], "hi")).toBe("hi");
  runtime.run();
  expect(runtime.processInfo(pid, "messages")).toEqual([]);
});
