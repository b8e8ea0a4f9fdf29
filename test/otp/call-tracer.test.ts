import { afterEach, expect, test } from "vitest";
import { type CallTracer, createRuntime, GenServer, inspect, type Op, reply, traceCalls } from "../../src/index.ts";

const Echo = GenServer.define({
  name: "Echo",
  init: (log: unknown[]) => log,
  calls: { say: (log, word: string) => reply(word, [...log, word]) },
});

afterEach(() => traceCalls(undefined));

/** Carries `carried` along with every call, and notes what it sees. */
function noting(carried: object | undefined): [CallTracer, string[]] {
  const seen: string[] = [];
  const tracer: CallTracer = {
    call(made, _server, request, _runtime, tag) {
      seen.push(`call ${inspect(request)} by ${tag}`);
      if (carried !== undefined) made.carried = carried;
      return undefined;
    },
    handle(callbacks, request, from, state) {
      seen.push(`handle ${inspect(request)} with ${inspect(from.slice(2))}`);
      return callbacks.handleCall?.(request, from, state);
    },
  };
  return [tracer, seen];
}

test("what a tracer carries along with a call comes to the server, and the answer to the client", async () => {
  await using runtime = createRuntime();
  const [tracer, seen] = noting({ traceparent: "00" });
  const server = await Echo.start([], { as: runtime });
  traceCalls(tracer);
  expect(await Echo.call.say(server, "hello", { as: runtime })).toBe("hello");
  expect(seen).toEqual(['call ["say", "hello"] by $gen_call', 'handle ["say", "hello"] with [{traceparent: "00"}]']);
});

test("without a tracer the message of a call is [tag, [pid, ref], request]", async () => {
  await using runtime = createRuntime();
  const answered = runtime.spawn(function* (self) {
    const message = (yield* self.receive()) as [string, [never, never], unknown];
    GenServer.reply(message[1], [message.length, message[1].length]);
  });
  expect(await GenServer.call(answered, "shape", { as: runtime })).toEqual([3, 2]);
});

test("an operation that a tracer gives instead is what the client gets", async () => {
  await using runtime = createRuntime();
  const [tracer] = noting(undefined);
  const server = await Echo.start([], { as: runtime });
  traceCalls({ ...tracer, call: (made) => made.then((value) => `traced ${value}`) as Op<string> });
  expect(await Echo.call.say(server, "hello", { as: runtime })).toBe("traced hello");
});
