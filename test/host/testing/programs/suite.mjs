// What the suites of all frameworks have in common: tests that pass and tests that fail, as [name, function of the test's context].
import { Agent, GenServer, P, registered, send, whereis } from "beamlet";
import {
  assertExit,
  assertReceive,
  captureLog,
  inProcess,
  refuteReceived,
  simulate,
  startProbe,
  startSupervised,
  testRuntime,
} from "beamlet/testing";

const boom = () => {
  throw new Error("boom");
};
const quiet = { logger: () => {} };

function equal(got, wanted) {
  if (got !== wanted) throw new Error(`expected ${wanted}, got ${got}`);
}

export const passing = {
  "a generator body": inProcess(function* (self) {
    const agent = yield* startSupervised(Agent.child(() => 1, { name: "agent" }));
    send(self.pid, ["count", yield* Agent.get(agent, (n) => n)]);
    yield* assertReceive(["count", P.number]);
    yield* refuteReceived(P._);
  }),
  "an async body": inProcess(async (self) => {
    const probe = startProbe({ calls: { pop: () => 3 }, as: self });
    equal(await GenServer.call(probe.pid, ["pop"], { as: self }), 3);
    await probe.expectCall(["pop"], { as: self });
  }),
  "a day of virtual time": inProcess(
    function* (self) {
      yield* self.sleep(86_400_000);
    },
    { clock: "virtual" },
  ),
  "the host's code, in a runtime of its own": async (context) => {
    const runtime = testRuntime({ clock: "manual", context });
    runtime.sendAfter(runtime.self(), "tick", 60_000);
    await runtime.pass(60_000);
    await assertReceive("tick", { as: runtime, timeout: 0 });
    const log = await captureLog(() => runtime.spawn(boom), { as: runtime });
    await assertExit(log.result, { message: "boom" });
    if (!log.text.includes("(Error) boom")) throw new Error(log.text);
  },
  "the default runtime, with a context": async (context) => {
    await startSupervised(
      Agent.child(() => 1, { name: "supervised" }),
      { context },
    );
    startProbe({ name: "probe", context });
    equal(await Agent.get("supervised", (n) => n), 1);
  },
  "nothing is left of it": () => {
    equal(whereis("supervised"), undefined);
    equal(registered().length, 0);
  },
};

export const failing = {
  "no message": inProcess(function* (self) {
    send(self.pid, ["count", "one"]);
    yield* assertReceive(["count", P.number], 10);
  }),
  "no message in the host's code": async (context) => {
    const runtime = testRuntime({ context });
    await assertReceive("never", { as: runtime, timeout: 1 });
  },
  "a linked crash": inProcess(function* (self) {
    self.spawnLink(boom);
    yield* self.receive();
  }, quiet),
  "a child that does not start": inProcess(function* () {
    yield* startSupervised({ id: "disk", start: boom });
  }, quiet),
  "a crash beside it": inProcess(function* (self) {
    const pid = self.spawn(function worker() {
      throw new Error("the worker fails");
    });
    yield* assertExit(pid, "normal");
  }),
  "a simulation": () =>
    simulate(
      function* (self) {
        for (const each of ["a", "b"]) self.spawn(() => send(self.pid, each));
        if ((yield* self.receive()) === "b") throw new Error("b came first");
      },
      { seeds: 100 },
    ),
};
