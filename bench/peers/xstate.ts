// XState: callback actors, its lightest kind. Sending to an actor that is idle runs its handler on the sender's stack.
//
// Left out: server_call. An actor can't ask another one and wait.
import { type AnyActorRef, type CallbackActorRef, createActor, fromCallback } from "xstate";
import { type Program, resident, thousands, timed } from "../measure.ts";
import { next } from "../programs/random.ts";

type Actor<E extends { type: string }> = CallbackActorRef<E>;

function spawn<E extends { type: string }>(handle: (event: E, self: Actor<E>) => void): Actor<E> {
  const logic = fromCallback<E>(({ receive, self }) => receive((event) => handle(event, self as Actor<E>)));
  return createActor(logic).start() as unknown as Actor<E>;
}

/** Until `work` calls `done`: actors have no end that one could wait for. */
function finished<T = void>(work: (done: (result: T) => void) => void): Promise<T> {
  return new Promise((resolve) => work(resolve));
}

// ── ping_pong ──

type Ping = { type: "ping"; from: Actor<Pong> };
type Pong = { type: "pong" };

const pong: Pong = { type: "pong" };

function pingPong(n: number) {
  return finished((done) => {
    const ponger = spawn<Ping>(({ from }) => from.send(pong));
    let left = n;
    const pinger = spawn<Pong>((_event, self) => {
      if (left-- > 0) return ponger.send({ type: "ping", from: self });
      ponger.stop();
      self.stop();
      done();
    });
    pinger.send(pong);
  });
}

// ── thread_ring ──

type Token = { type: "token"; left: number };

function ring(size: number, n: number) {
  return finished((done) => {
    const links: Actor<Token>[] = [];
    const finish = () => {
      for (const each of links) each.stop();
      done();
    };
    for (let i = 0; i < size; i++) {
      links.push(
        spawn<Token>(({ left }) => {
          if (left === 0) finish();
          else (links[(i + 1) % size] as Actor<Token>).send({ type: "token", left: left - 1 });
        }),
      );
    }
    (links[0] as Actor<Token>).send({ type: "token", left: n });
  });
}

// ── counting ──

type Inc = { type: "inc" };
type Get = { type: "get"; from: AnyActorRef };

const inc: Inc = { type: "inc" };

async function counting(n: number) {
  const count = await finished<number>((done) => {
    let sum = 0;
    const counter = spawn<Inc | Get>((event) => {
      if (event.type === "inc") sum++;
      else event.from.send({ type: "count", count: sum });
    });
    const producer = spawn<{ type: "go" } | { type: "count"; count: number }>((event, self) => {
      if (event.type === "go") {
        for (let i = 0; i < n; i++) counter.send(inc);
        counter.send({ type: "get", from: self });
      } else {
        counter.stop();
        self.stop();
        done(event.count);
      }
    });
    producer.send({ type: "go" });
  });
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── spawn_exit, fork_join_create: an actor has work only when it gets a message ──

type Go = { type: "go" };

const go: Go = { type: "go" };

function fork(n: number) {
  return finished((done) => {
    let left = n;
    const children: Actor<Go>[] = [];
    for (let i = 0; i < n; i++) {
      children.push(
        spawn<Go>((_event, self) => {
          self.stop();
          if (--left === 0) done();
        }),
      );
    }
    for (const each of children) each.send(go);
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
      return spawn<Inc>((_event, self) => {
        if (++count < each) return;
        self.stop();
        if (--left === 0) done();
      });
    });
    for (let i = 0; i < each; i++) for (const receiver of receivers) receiver.send(inc);
  });
}

// ── big ──

const MEMBERS = 120;

function big(each: number) {
  return finished((done) => {
    let busy = MEMBERS;
    const crowd: Actor<Ping | Pong>[] = [];
    for (let i = 0; i < MEMBERS; i++) {
      let random = i + 1;
      let left = each;
      crowd.push(
        spawn<Ping | Pong>((event, self) => {
          if (event.type === "ping") return event.from.send(pong);
          if (left-- > 0) {
            random = next(random);
            return (crowd[(random >>> 8) % MEMBERS] as Actor<Ping>).send({ type: "ping", from: self });
          }
          if (--busy > 0) return;
          for (const other of crowd) other.stop();
          done();
        }),
      );
    }
    for (const other of crowd) other.send(pong);
  });
}

// ── skynet ──

/** With ten times as many it needs 5 GB. */
const SKYNET = 100_000;

type Value = { type: "value"; value: number };

function skynet(parent: Actor<Value>, from: number, size: number): void {
  let sum = 0;
  let left = 10;
  const node = spawn<Go | Value>((event, self) => {
    if (event.type === "go") {
      if (size === 1) {
        self.stop();
        return parent.send({ type: "value", value: from });
      }
      const part = size / 10;
      for (let i = 0; i < 10; i++) skynet(self as Actor<Value>, from + i * part, part);
      return;
    }
    sum += event.value;
    if (--left > 0) return;
    self.stop();
    parent.send({ type: "value", value: sum });
  });
  node.send(go);
}

async function tree(size: number) {
  const sum = await finished<number>((done) =>
    skynet(
      spawn<Value>(({ value }) => done(value)),
      0,
      size,
    ),
  );
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

const IDLE = 200_000;

async function idle(n: number) {
  const before = resident();
  const started = performance.now();
  let left = n;
  let done: () => void;
  const main = spawn<{ type: "awake" }>(() => {
    if (--left === 0) done();
  });
  const idlers: Actor<{ type: "wake" }>[] = [];
  for (let i = 0; i < n; i++) {
    idlers.push(
      spawn<{ type: "wake" }>((_event, self) => {
        self.stop();
        main.send({ type: "awake" });
      }),
    );
  }
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  await finished((resolve) => {
    done = resolve;
    for (const each of idlers) each.send({ type: "wake" });
  });
  return { ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n };
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
};

/** In a tree with `leaves`. */
function nodes(leaves: number): number {
  return (leaves * 10 - 1) / 9;
}
