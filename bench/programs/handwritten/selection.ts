import { type Program, type Sample, since, timed } from "../../measure.ts";
import { type Any, type Body, demonitor, finished, mark, monitor, type Process, send, spawn } from "./scheduler.ts";

const BACKLOG = 10_000;

// ── selective ──

const isWanted = (message: Any) => message[0] === "wanted";

function* select(self: Process, n: number, done: (sample: Sample) => void): Body {
  for (let i = 0; i < BACKLOG; i++) send(self, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    send(self, ["wanted", i]);
    const [, got] = yield isWanted;
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  done({ ops: n, ns: since(started) });
}

// ── call_backlog ──

function* echo(): Body {
  for (;;) {
    const message = yield;
    if (message === "stop") return;
    const [, from, ref, request] = message;
    send(from, [ref, request]);
  }
}

/** Calls while messages wait that are not replies. */
function* callBacklog(self: Process, n: number, done: (sample: Sample) => void): Body {
  const server = spawn(echo);
  for (let i = 0; i < BACKLOG; i++) send(self, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    const ref = {};
    mark(self);
    send(server, ["call", self, ref, i]);
    const [, got] = yield (message) => message[0] === ref;
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  const ns = since(started);
  send(server, "stop");
  done({ ops: n, ns });
}

// ── server_call ──

type Handler = (request: number, state: number) => [reply: number, state: number];

function* server(_self: Process, handle: Handler, initial: number): Body {
  let state = initial;
  for (;;) {
    const message = yield;
    if (message === "stop") return;
    const [, from, ref, request] = message;
    const [reply, next] = handle(request, state);
    state = next;
    send(from, [ref, reply]);
  }
}

function* caller(self: Process, n: number, done: () => void): Body {
  const handle: Handler = (request, calls) => [request + calls, calls + 1];
  const other = spawn(server, handle, 0);
  for (let i = 0; i < n; i++) {
    const ref = monitor(self, other);
    mark(self);
    send(other, ["call", self, ref, i]);
    const reply = yield (message) => message[0] === ref || (message[0] === "DOWN" && message[1] === ref);
    if (reply[0] !== ref) throw new Error(`the server is gone: ${reply[2]}`);
    demonitor(ref);
    if (reply[1] !== 2 * i) throw new Error(`expected ${2 * i}, got ${reply[1]}`);
  }
  send(other, "stop");
  done();
}

export const selection: Program = {
  selective_tag: (n) => finished((done) => spawn(select, n, done)),
  selective_pattern: (n) => finished((done) => spawn(select, n, done)),
  selective_predicate: (n) => finished((done) => spawn(select, n, done)),
  call_backlog: (n) => finished((done) => spawn(callBacklog, n, done)),
  server_call: (n) => timed(n, () => finished<void>((done) => spawn(caller, n, done))),
};
