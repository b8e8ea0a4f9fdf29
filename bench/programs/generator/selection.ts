import {
  after,
  alias,
  type Clause,
  monitor,
  type Op,
  on,
  P,
  type Pid,
  type Ref,
  type Self,
  send,
  spawn,
} from "beamlet";
import { type Program, since, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

const BACKLOG = 10_000;

// ── selective ──

type Wanted = ["wanted", number];
type Message = ["other", number] | Wanted;

function* select(self: Self<Message>, n: number, receive: (self: Self<Message>) => Op<number>) {
  for (let i = 0; i < BACKLOG; i++) send(self.pid, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    send(self.pid, ["wanted", i]);
    const got = yield* receive(self);
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  return { ops: n, ns: since(started) };
}

const byTag = (self: Self<Message>) => self.receive({ wanted: (message) => message[1] });
const byPattern = (self: Self<Message>) => self.receive(on(["wanted", P.number], ([, i]) => i));
const byPredicate = (self: Self<Message>) =>
  self.receive(
    on(
      (message: Message): message is Wanted => message[0] === "wanted",
      ([, i]) => i,
    ),
  );

// ── call_backlog ──

type Call = ["call", ref: Ref, request: number] | "stop";

function* echo(self: Self<Call>) {
  for (;;) {
    const message = yield* self.receive();
    if (message === "stop") return;
    const [, ref, request] = message;
    send(ref, [ref, request]);
  }
}

/** Calls while messages wait that are not replies. */
function* callBacklog(self: Self<["other", number]>, n: number) {
  const server = spawn(echo);
  for (let i = 0; i < BACKLOG; i++) send(self.pid, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    const ref = alias({ mode: "reply" });
    send(server, ["call", ref, i]);
    const got = yield* self.receive(on([ref, P.number], ([, reply]) => reply));
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  const ns = since(started);
  send(server, "stop");
  return { ops: n, ns };
}

// ── server_call ──

type Handler<S> = (request: number, state: S) => [reply: number, state: S];

/** What every server does, and `handle` what this one does. */
function* server<S>(self: Self<Call>, handle: Handler<S>, initial: S) {
  let state = initial;
  for (;;) {
    const message = yield* self.receive();
    if (message === "stop") return;
    const [, ref, request] = message;
    const [reply, next] = handle(request, state);
    state = next;
    send(ref, [ref, reply]);
  }
}

/** What OTP's `gen:call` does: the reply comes through the monitor, which it ends; the server's death ends the wait, and so does time. */
function call(self: Self<never>, to: Pid<Call>, request: number): Op<number> {
  const ref = monitor(to, { alias: "replyDemonitor" });
  send(to, ["call", ref, request]);
  return self.receive(
    on([ref, P.number], ([, reply]) => reply),
    on(["DOWN", ref, "process", P._, P._], ([, , , , reason]): never => {
      throw new Error(`the server is gone: ${reason}`);
    }),
    timeout,
  );
}

const timeout: Clause<never> = after(5000, (): never => {
  throw new Error("no reply");
});

function* caller(self: Self<never>, n: number) {
  const other = spawn(server<number>, (request, calls) => [request + calls, calls + 1], 0);
  for (let i = 0; i < n; i++) {
    const got = yield* call(self, other, i);
    if (got !== 2 * i) throw new Error(`expected ${2 * i}, got ${got}`);
  }
  send(other, "stop");
}

export const selection: Program = {
  selective_tag: (n) => runtime.run(select, n, byTag),
  selective_pattern: (n) => runtime.run(select, n, byPattern),
  selective_predicate: (n) => runtime.run(select, n, byPredicate),
  call_backlog: (n) => runtime.run(callBacklog, n),
  server_call: (n) => timed(n, () => runtime.run(caller, n)),
};
