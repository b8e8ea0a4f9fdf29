import { after, type Clause, on, P, type Pid, type Ref, type Self } from "beamlet";
import { type Program, since, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

// ── selective_tag ──

const BACKLOG = 10_000;

async function selectTag(self: Self<["other", number] | ["wanted", number]>, n: number) {
  for (let i = 0; i < BACKLOG; i++) self.send(self.pid, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    self.send(self.pid, ["wanted", i]);
    const got = await self.receive({ wanted: (message) => message[1] });
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  return { ops: n, ns: since(started) };
}

// ── server_call ──

type Call = ["call", ref: Ref, request: number] | "stop";
type Handler<S> = (request: number, state: S) => [reply: number, state: S];

/** What every server does, and `handle` what this one does. */
async function server<S>(self: Self<Call>, handle: Handler<S>, initial: S) {
  let state = initial;
  for (;;) {
    const message = await self.receive();
    if (message === "stop") return;
    const [, ref, request] = message;
    const [reply, next] = handle(request, state);
    state = next;
    self.send(ref, [ref, reply]);
  }
}

/** What OTP's `gen:call` does: the reply comes through the monitor, which it ends; the server's death ends the wait, and so does time. */
function call(self: Self<never>, to: Pid<Call>, request: number) {
  const ref = self.monitor(to, { alias: "replyDemonitor" });
  self.send(to, ["call", ref, request]);
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

async function caller(self: Self<never>, n: number) {
  const other = self.spawn(server<number>, (request, calls) => [request + calls, calls + 1], 0);
  for (let i = 0; i < n; i++) {
    const got = await call(self, other, i);
    if (got !== 2 * i) throw new Error(`expected ${2 * i}, got ${got}`);
  }
  self.send(other, "stop");
}

export const selection: Program = {
  selective_tag: (n) => runtime.run(selectTag, n),
  server_call: (n) => timed(n, () => runtime.run(caller, n)),
};
