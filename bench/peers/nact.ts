// Nact: one function for each actor, called in a setImmediate of its own for each message.
import { type ActorContext, dispatch, query, type Ref, spawn as spawnNamed, start, stop } from "nact";
import { type Program, resident, thousands, timed } from "../measure.ts";
import { next } from "../programs/random.ts";

const system = start();
let spawned = 0;

// A name of its own: those that Nact makes up meet again among so many.
function spawn<M>(handle: (message: M, self: Ref<M>) => void): Ref<M> {
  return spawnNamed(
    system,
    (_state: unknown, message: M, { self }: ActorContext<M, Ref<never>>) => handle(message, self),
    `${spawned++}`,
  );
}

/** Until `work` calls `done`: actors have no end that one could wait for. */
function finished<T = void>(work: (done: (result: T) => void) => void): Promise<T> {
  return new Promise((resolve) => work(resolve));
}

// ── ping_pong ──

type Ping = { type: "ping"; from: Ref<Pong> };
type Pong = { type: "pong" };

const pong: Pong = { type: "pong" };

function pingPong(n: number) {
  return finished((done) => {
    const ponger = spawn<Ping>(({ from }) => dispatch(from, pong));
    let left = n;
    const pinger = spawn<Pong>((_message, self) => {
      if (left-- > 0) return dispatch(ponger, { type: "ping", from: self });
      stop(ponger);
      stop(self);
      done();
    });
    dispatch(pinger, pong);
  });
}

// ── thread_ring ──

type Token = { left: number };

function ring(size: number, n: number) {
  return finished((done) => {
    const links: Ref<Token>[] = [];
    const finish = () => {
      for (const each of links) stop(each);
      done();
    };
    for (let i = 0; i < size; i++) {
      links.push(
        spawn<Token>(({ left }) => {
          if (left === 0) finish();
          else dispatch(links[(i + 1) % size] as Ref<Token>, { left: left - 1 });
        }),
      );
    }
    dispatch(links[0] as Ref<Token>, { left: n });
  });
}

// ── counting ──

type Inc = { type: "inc" };
type Count = { type: "count"; count: number };
type Get = { type: "get"; from: Ref<Count> };
type Go = { type: "go" };

const inc: Inc = { type: "inc" };
const go: Go = { type: "go" };

async function counting(n: number) {
  const count = await finished<number>((done) => {
    let sum = 0;
    const counter = spawn<Inc | Get>((message) => {
      if (message.type === "inc") sum++;
      else dispatch(message.from, { type: "count", count: sum });
    });
    const producer = spawn<Go | Count>((message, self) => {
      if (message.type === "go") {
        for (let i = 0; i < n; i++) dispatch(counter, inc);
        dispatch(counter, { type: "get", from: self });
      } else {
        stop(counter);
        stop(self);
        done(message.count);
      }
    });
    dispatch(producer, go);
  });
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── spawn_exit, fork_join_create: an actor has work only when it gets a message ──

function fork(n: number) {
  return finished((done) => {
    let left = n;
    for (let i = 0; i < n; i++) {
      const child = spawn<Go>((_message, self) => {
        stop(self);
        if (--left === 0) done();
      });
      dispatch(child, go);
    }
  });
}

async function forkBatches(n: number) {
  for (let forked = 0; forked < n; forked += 1000) await fork(1000);
}

// ── fork_join_throughput ──

const RECEIVERS = 60;

function throughput(each: number) {
  return finished((done) => {
    let left = RECEIVERS;
    const receivers = Array.from({ length: RECEIVERS }, () => {
      let count = 0;
      return spawn<Inc>((_message, self) => {
        if (++count < each) return;
        stop(self);
        if (--left === 0) done();
      });
    });
    for (let i = 0; i < each; i++) for (const receiver of receivers) dispatch(receiver, inc);
  });
}

// ── big ──

const MEMBERS = 120;

function big(each: number) {
  return finished((done) => {
    let busy = MEMBERS;
    const crowd: Ref<Ping | Pong>[] = [];
    for (let i = 0; i < MEMBERS; i++) {
      let random = i + 1;
      let left = each;
      crowd.push(
        spawn<Ping | Pong>((message, self) => {
          if (message.type === "ping") return dispatch(message.from, pong);
          if (left-- > 0) {
            random = next(random);
            return dispatch(crowd[(random >>> 8) % MEMBERS] as Ref<Ping>, { type: "ping", from: self });
          }
          if (--busy > 0) return;
          for (const other of crowd) stop(other);
          done();
        }),
      );
    }
    for (const other of crowd) dispatch(other, pong);
  });
}

// ── skynet ──

/** Ten times as many take half a minute. */
const SKYNET = 100_000;

type Value = { type: "value"; value: number };

function skynet(parent: Ref<Value>, from: number, size: number): void {
  let sum = 0;
  let left = 10;
  const node = spawn<Go | Value>((message, self) => {
    if (message.type === "go") {
      if (size === 1) {
        stop(self);
        return dispatch(parent, { type: "value", value: from });
      }
      const part = size / 10;
      for (let i = 0; i < 10; i++) skynet(self, from + i * part, part);
      return;
    }
    sum += message.value;
    if (--left > 0) return;
    stop(self);
    dispatch(parent, { type: "value", value: sum });
  });
  dispatch(node, go);
}

async function tree(size: number) {
  const sum = await finished<number>((done) => {
    const root = spawn<Value>(({ value }, self) => {
      stop(self);
      done(value);
    });
    skynet(root, 0, size);
  });
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

const IDLE = 200_000;

async function idle(n: number) {
  const before = resident();
  const started = performance.now();
  let left = n;
  let done: () => void;
  const main = spawn<"awake">(() => {
    if (--left === 0) done();
  });
  const idlers: Ref<"wake">[] = [];
  for (let i = 0; i < n; i++) {
    idlers.push(
      spawn<"wake">((_message, self) => {
        stop(self);
        dispatch(main, "awake");
      }),
    );
  }
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  await finished((resolve) => {
    done = resolve;
    for (const each of idlers) dispatch(each, "wake");
  });
  return { ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n };
}

// ── server_call: without a monitor, of which there are none ──

type Call = { from: Ref<number>; value: number };

async function calls(n: number) {
  const server = spawn<Call>(({ from, value }) => dispatch(from, value));
  for (let i = 0; i < n; i++) {
    const reply = await query(server, (from: Ref<number>): Call => ({ from, value: i }), 5000);
    if (reply !== i) throw new Error(`expected ${i}, got ${reply}`);
  }
  stop(server);
}

export const program: Program = {
  ping_pong: (n) => timed(n, () => pingPong(n)),
  thread_ring_100: (n) => timed(n, () => ring(100, n)),
  thread_ring_503: (n) => timed(n, () => ring(503, n)),
  counting: (n) => timed(n, () => counting(n)),
  spawn_exit: (n) => timed(thousands(n), () => forkBatches(n)),
  fork_join_create: (n) => timed(n, () => fork(n)),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => throughput(n)),
  big: (n) => timed(n * MEMBERS, () => big(n)),
  skynet: (n) => timed(nodes(Math.min(n, SKYNET)), () => tree(Math.min(n, SKYNET))),
  spawn_idle: (n) => idle(Math.min(n, IDLE)),
  server_call: (n) => timed(n, () => calls(n)),
};

/** In a tree with `leaves`. */
function nodes(leaves: number): number {
  return (leaves * 10 - 1) / 9;
}
