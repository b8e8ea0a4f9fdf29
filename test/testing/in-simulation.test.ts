import { expect, test } from "vitest";
import { Agent, type Pid, type Self, send, spawn } from "../../src/index.ts";
import {
  assertExit,
  assertReceive,
  captureLog,
  refuteReceive,
  type SimulationError,
  simulate,
  startProbe,
  startSupervised,
  stopSupervised,
} from "../../src/testing/index.ts";
import { rejection } from "../semantics/support/own-runtime.ts";

test("all helpers work in a simulation, and leave nothing behind", async () => {
  const { runs, distinct } = await simulate(
    function* (self: Self<any>) {
      const agent = yield* startSupervised(
        Agent.child(() => 1, { name: "agent" }),
        { id: "agent" },
      );
      const probe = startProbe({ calls: { get: () => 13 } });
      for (const each of ["a", "b"]) {
        spawn(() => {
          send(probe.pid, each);
          send(self.pid, each);
        });
      }
      yield* probe.assertReceive("b");
      yield* probe.expectMessage("a");
      yield* assertReceive("a");
      yield* assertReceive("b");
      yield* refuteReceive("c", 10_000);
      expect(yield* Agent.get("agent", (n) => n)).toBe(1);
      const log = yield* captureLog(function* () {
        const pid: Pid<never> = spawn(() => {
          throw new Error("expected");
        });
        yield* assertExit(pid, { message: "expected" });
      });
      expect(log.text).toContain("expected");
      yield* stopSupervised("agent");
      yield* assertExit(agent, "shutdown", 0);
      yield* startSupervised(Agent.child(() => 2, { name: "agent" }));
    },
    { seeds: 50, leftovers: "all" },
  );
  expect(runs).toBe(50);
  expect(distinct).toBeGreaterThan(1);
});

test("a failed assertion is the simulation's failure, and shows the mailbox", async () => {
  const error = (await rejection(
    simulate(
      function* (self: Self<any>) {
        for (const each of ["a", "b"]) spawn(() => void send(self.pid, each));
        const first = yield* self.receive();
        if (first === "b") yield* assertReceive(["never"]);
      },
      { seeds: 100 },
    ),
  )) as SimulationError;
  expect(error.name).toBe("SimulationError");
  expect(error.kind).toBe("assertion");
  expect(error.message).toContain("Assertion failed, no matching message after 100ms");
  expect(error.message).toContain("Showing 1 of 1 message in the mailbox");
});
