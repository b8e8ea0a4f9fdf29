// biome-ignore-all lint/suspicious/noExplicitAny: what plain pids tell
// What the assertions on messages give is typed by the pattern that they are given.
import { on, P, type Pid, type Self } from "../../src/index.ts";
import {
  assertReceive,
  type CapturedLog,
  captureLog,
  inProcess,
  type Probe,
  refuteReceive,
  startProbe,
  startSupervised,
  testRuntime,
} from "../../src/testing/index.ts";
import { same } from "./same.ts";

export function* typed(self: Self<never>): Generator<unknown, void, unknown> {
  const tuple = yield* assertReceive(["count", P.number]);
  same<typeof tuple, ["count", number]>(true);
  const literal = yield* assertReceive("done");
  same<typeof literal, "done">(true);
  const guarded = yield* assertReceive((m): m is Date => m instanceof Date);
  same<typeof guarded, Date>(true);
  const clause = yield* assertReceive(on(["sum", P.number], ([, n]) => `${n}`));
  same<typeof clause, string>(true);
  const table = yield* assertReceive({ ok: () => 1, error: () => "no" });
  same<typeof table, string | number>(true);
  const nothing = yield* refuteReceive(P.pid);
  same<typeof nothing, void>(true);
  // @ts-expect-error there is no option of that name
  yield* assertReceive("done", { after: 100 });

  const log = yield* captureLog(function* () {
    yield* self.sleep(1);
    return 7;
  });
  same<typeof log, CapturedLog<number>>(true);

  const probe: Probe<"a" | "b"> = startProbe();
  self.send(probe.pid, "a");
  // @ts-expect-error the probe is not sent that
  self.send(probe.pid, "c");
  const call = yield* probe.expectCall(["pop", P.number]);
  same<typeof call.request, ["pop", number]>(true);
  const next = yield* probe.expectMessage();
  same<typeof next, any>(true);

  const pid = yield* startSupervised({ id: "a", start: () => "ignore" });
  same<typeof pid, Pid<any>>(true);
  // @ts-expect-error a child needs a start
  yield* startSupervised({ id: "a" });
}

export const test: (context: { readonly name: string }) => Promise<void> = inProcess(
  (_self, _context: { readonly name: string }) => {},
);

// @ts-expect-error a body can't move a clock by hand
inProcess(() => {}, { clock: "manual" });
// @ts-expect-error no clock of that name
testRuntime({ clock: "mine" });
