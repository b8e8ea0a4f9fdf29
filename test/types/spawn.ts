// biome-ignore-all lint/suspicious/noExplicitAny: it is one of the types that are tested
// Bodies of all kinds, their arguments, their mailboxes.
import {
  type Body,
  createRuntime,
  loop,
  type Pid,
  type Ref,
  type Runtime,
  run,
  type Self,
  send,
  spawn,
  spawnLink,
  spawnMonitor,
  spawnOpt,
} from "../../src/index.ts";
import { same } from "./same.ts";

// The parameter types the mailbox.
const generator = spawn(function* (self: Self<"a" | "b">) {
  yield* self.receive();
});
same<typeof generator, Pid<"a" | "b">>(true);
const async = spawn(async (self: Self<"a">) => {
  await self.receive();
});
same<typeof async, Pid<"a">>(true);
const plain = spawn(() => {
  console.log("hello");
});
same<typeof plain, Pid<unknown>>(true);
const plainWithSelf = spawn((self: Self<number>) => {
  send(self.pid, 1);
});
same<typeof plainWithSelf, Pid<number>>(true);
// Elixir's spawn(fn -> send(parent, :hello) end): the result of a plain body is of no interest.
spawn(() => send(generator, "a"));
spawn((_self: Self<"a">, to: Pid<"b">) => send(to, "b"), generator);
// A body that says nothing about its mailbox may get anything.
const silent = spawn(function* (self) {
  const message = yield* self.receive();
  same<typeof message, unknown>(true);
});
same<typeof silent, Pid<unknown>>(true);
const closed = spawn(function* (self: Self<never>) {
  yield* self.sleep(1);
});
// @ts-expect-error this process takes no message
send(closed, "a");
// @ts-expect-error a body is a function
spawn(function* () {}.call(null));
// @ts-expect-error
spawn(7);

// Arguments.
function* worker(self: Self<"go">, name: string, size = 1, ...rest: boolean[]) {
  yield* self.receive();
  return [name, size, rest];
}
same<ReturnType<typeof worker> extends Generator<any, infer T, any> ? T : never, (string | number | boolean[])[]>(true);
spawn(worker, "a");
spawn(worker, "a", 1);
spawnLink(worker, "a", 1, true, false);
// @ts-expect-error the name is missing
spawn(worker);
// @ts-expect-error the name is a string
spawn(worker, 1);
// @ts-expect-error the size is a number
spawnLink(worker, "a", "b");
// @ts-expect-error the rest is boolean
spawnMonitor(worker, "a", 1, 2);
// @ts-expect-error one argument too many
spawn((_self: Self<"a">) => {}, 1);
const started: Pid<"go"> = spawn(worker, "a");
// @ts-expect-error its mailbox takes only "go"
const wider: Pid<"go" | "stop"> = spawn(worker, "a");
void [started, wider];
const contextual = spawn((self, n: number) => [self.pid, n], 1);
same<typeof contextual, Pid<unknown>>(true);
// @ts-expect-error the parameter after self is a number
spawn((self, n: number) => [self.pid, n], "1");

// By module and export name nothing is known of either.
const byName = spawn("./worker.js", "start", 1, "two");
same<typeof byName, Pid<unknown>>(true);
spawnLink(new URL("https://example.org/worker.js"), "start");
const [namedPid, namedRef] = spawnMonitor("./worker.js", "start");
same<typeof namedPid, Pid<unknown>>(true);
same<typeof namedRef, Ref>(true);
// @ts-expect-error which export?
spawn("./worker.js");
// @ts-expect-error an export is named by a string
spawn("./worker.js", 1);

// spawnMonitor gives the monitor, too.
const monitored = spawnMonitor(worker, "a");
same<typeof monitored, [Pid<"go">, Ref]>(true);

// spawnOpt: only monitor: true makes it a pair.
const optioned = spawnOpt(worker, { args: ["a", 2, true], link: true, name: "worker", priority: "high" });
same<typeof optioned, Pid<"go">>(true);
const pair = spawnOpt(worker, { args: ["a"], monitor: true });
same<typeof pair, [Pid<"go">, Ref]>(true);
const notMonitored = spawnOpt(worker, { args: ["a"], monitor: false });
same<typeof notMonitored, Pid<"go">>(true);
const bounded = spawnOpt(
  function* (self: Self<"a">) {
    yield* self.receive();
  },
  { mailbox: { limit: 10, overflow: "dropOldest" } },
);
same<typeof bounded, Pid<"a">>(true);
const moduleOption = spawnOpt("./worker.js", "start", { args: [1], monitor: true });
same<typeof moduleOption, [Pid<unknown>, Ref]>(true);
const modulePid = spawnOpt("./worker.js", "start", { args: [1] });
same<typeof modulePid, Pid<unknown>>(true);
// @ts-expect-error the name is a string
spawnOpt(worker, { args: [1] });
// @ts-expect-error there is no such priority
spawnOpt(worker, { args: ["a"], priority: "urgent" });
// @ts-expect-error there is no such policy
spawnOpt(worker, { args: ["a"], mailbox: { limit: 1, overflow: "block" } });
// @ts-expect-error a bound is a number
spawnOpt(worker, { args: ["a"], mailbox: { overflow: "exit" } });
// @ts-expect-error there is no such option
spawnOpt(worker, { args: ["a"], linked: true });
// @ts-expect-error worker wants its name
spawnOpt(worker, { link: true });

// loop: the state's type and the message's are the step's.
const counting = spawn(
  loop({ count: 0 }, (state, message: "inc" | ["add", number]) => ({
    count: state.count + (message === "inc" ? 1 : message[1]),
  })),
);
same<typeof counting, Pid<"inc" | ["add", number]>>(true);
const withSelf = loop([] as string[], (lines, message: string, self) => {
  same<typeof self, Self<string>>(true);
  return [...lines, message];
});
same<typeof withSelf, Body<string, []>>(true);
spawn(withSelf);
// @ts-expect-error a loop has no further arguments
spawn(withSelf, 1);
const stateless = loop(undefined, (state, message: "inc") => {
  same<typeof state, undefined>(true);
  same<typeof message, "inc">(true);
});
same<typeof stateless, Body<"inc", []>>(true);
// @ts-expect-error the next state is a number again
loop(0, (count: number, message: "inc") => `${count}${message}`);
// @ts-expect-error the state is a number
loop(0, (count: string, message: "inc") => count + message);

// Another process's body can't be taken for one's own.
declare const takesA: Body<"a">;
// @ts-expect-error it would be sent "b"
const takesAB: Body<"a" | "b"> = takesA;
// @ts-expect-error its replies expect more of the mailbox than it has
const takesLess: Body<"a"> = null as unknown as Body<"a" | "b">;
void [takesAB, takesLess];

// run: the promise of what the body returns.
const fromGenerator = run(function* (self: Self<number>) {
  return (yield* self.receive()) + 1;
});
same<typeof fromGenerator, Promise<number>>(true);
const fromAsync = run(async (_self, text: string) => text.length, "four");
same<typeof fromAsync, Promise<number>>(true);
const fromPlain = run(() => "done" as const);
same<typeof fromPlain, Promise<"done">>(true);
const fromWorker = run(worker, "a", 2);
same<typeof fromWorker, Promise<(string | number | boolean[])[]>>(true);
const fromSilent = run(function* (self) {
  yield* self.sleep(1);
});
same<typeof fromSilent, Promise<void>>(true);
const nothing = run();
same<typeof nothing, void>(true);
// @ts-expect-error the name is a string
run(worker, 1);
// @ts-expect-error a body is a function
run(fromPlain);

// An explicit runtime has all of it.
export async function explicit() {
  await using runtime = createRuntime({ node: "app@host", maxProcesses: 16, messages: "freeze", clock: () => 0 });
  same<typeof runtime, Runtime>(true);
  const pid = runtime.spawn(worker, "a");
  same<typeof pid, Pid<"go">>(true);
  // @ts-expect-error
  runtime.send(pid, "stop");
  const stopped = runtime.stop("shutdown");
  same<typeof stopped, Promise<void>>(true);
  // @ts-expect-error there is no such mode
  createRuntime({ messages: "copy" });
  // @ts-expect-error there is no such option
  createRuntime({ nodes: "app@host" });
  // @ts-expect-error a logger is a function
  createRuntime({ logger: console });
}

// self has what acts for one process, and not what belongs to the runtime.
export function* view(self: Self<"a">) {
  const child = self.spawnLink(worker, "a");
  same<typeof child, Pid<"go">>(true);
  self.send(child, "go");
  // @ts-expect-error
  self.send(child, "stop");
  same<typeof self.signal, AbortSignal>(true);
  same<typeof self.runtime, Runtime>(true);
  same<typeof self.trapExit, boolean>(true);
  // @ts-expect-error it is a flag
  self.trapExit = "yes";
  // @ts-expect-error a process can't be somebody else
  self.pid = child;
  // @ts-expect-error names belong to the runtime
  self.register(self.pid, "me");
  yield* self.sleep(1);
}
