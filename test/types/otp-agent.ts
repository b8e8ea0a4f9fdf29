// biome-ignore-all lint/suspicious/noExplicitAny: what plain pids tell
// The type of an agent's state is that of what it begins with.
import { Agent, type Op, type Pid, type Self } from "../../src/index.ts";
import { same } from "./same.ts";

export function* typed(self: Self<never>, plain: Pid<any>): Generator<unknown, void, unknown> {
  const counter = yield* Agent.startLink(() => 0);
  same<typeof counter, Agent<number>>(true);
  const n = yield* Agent.get(counter, (s) => s);
  same<typeof n, number>(true);
  const text = yield* Agent.get(counter, (s) => s.toFixed(2));
  same<typeof text, string>(true);
  yield* Agent.update(counter, (s) => s + 1);
  // @ts-expect-error the state is a number
  yield* Agent.update(counter, (s) => `${s}`);
  // @ts-expect-error a number has no length
  yield* Agent.get(counter, (s) => s.length);
  // @ts-expect-error the state is no string
  yield* Agent.get(counter, (s: string) => s);
  const got = yield* Agent.getAndUpdate(counter, (s) => [`${s}`, s + 1]);
  same<typeof got, string>(true);
  // @ts-expect-error the second element is the state
  yield* Agent.getAndUpdate(counter, (s) => [s, `${s}`]);
  // @ts-expect-error a pair is asked for
  yield* Agent.getAndUpdate(counter, (s) => s);
  Agent.cast(counter, (s) => s + 1);
  // @ts-expect-error the state is a number
  Agent.cast(counter, () => "a");
  yield* Agent.stop(counter, "shutdown", 100);

  const map = yield* Agent.start(() => new Map<string, number>());
  same<typeof map, Agent<Map<string, number>>>(true);
  const got2 = yield* Agent.getAndUpdate(map, (m) => [m.get("a"), m]);
  same<typeof got2, number | undefined>(true);

  // Generators and async functions are known by their results.
  const later = yield* Agent.start(async () => "a");
  same<typeof later, Agent<string>>(true);
  const slow = yield* Agent.start(function* () {
    yield* self.sleep(1);
    return 1n;
  });
  same<typeof slow, Agent<bigint>>(true);
  const waited = yield* Agent.get(slow, async (s) => [s]);
  same<typeof waited, bigint[]>(true);
  yield* Agent.update(slow, async (s) => s + 1n);
  const pair = yield* Agent.getAndUpdate(later, function* (s) {
    yield* self.sleep(1);
    return [s.length, s] as const;
  });
  same<typeof pair, number>(true);

  // An agent is a pid, and one of another state is another.
  const pid: Pid<unknown> = counter;
  self.link(pid);
  // @ts-expect-error its state is a string
  const other: Agent<string> = counter;
  yield* Agent.get(other, (s) => s.length);

  // By name, or by a plain pid, the state is what one says.
  const named = yield* Agent.get("counter", (s: number) => s + 1);
  same<typeof named, number>(true);
  const unknown = Agent.get(plain, (s) => s);
  same<typeof unknown, Op<any>>(true);
  yield* Agent.update("counter", (s: number) => s + 1);

  Agent.child(() => 0, { name: "counter", restart: "transient", id: 1 });
  // @ts-expect-error no such option
  yield* Agent.start(() => 0, { nam: "counter" });
  // @ts-expect-error a function is asked for
  yield* Agent.start(0);
}
