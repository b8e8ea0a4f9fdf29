// Effect: a fiber for each process, with an unbounded queue as its mailbox. A fiber spawns others by `forkDetach`, so that they are no
// more its children than a spawned process is.
import { Deferred, Effect, Fiber, Queue } from "effect";
import { type Program, resident, type Sample, thousands, timed } from "../measure.ts";
import { next } from "../programs/random.ts";

const spawn = <A>(body: Effect.Effect<A>) => Effect.forkDetach(body);

// ── ping_pong ──

type Ping = { readonly type: "ping"; readonly from: Queue.Enqueue<Pong> };
type Pong = { readonly type: "pong" };

const pong: Pong = { type: "pong" };

const pingPong = (n: number) =>
  Effect.gen(function* () {
    const pongs = yield* Queue.unbounded<Pong>();
    const pings = yield* Queue.unbounded<Ping>();
    const ponger = yield* spawn(
      Effect.gen(function* () {
        for (;;) {
          const { from } = yield* Queue.take(pings);
          yield* Queue.offer(from, pong);
        }
      }),
    );
    const pinger = yield* spawn(
      Effect.gen(function* () {
        for (let i = 0; i < n; i++) {
          yield* Queue.offer(pings, { type: "ping", from: pongs });
          yield* Queue.take(pongs);
        }
      }),
    );
    yield* Fiber.join(pinger);
    yield* Fiber.interrupt(ponger);
  });

// ── thread_ring ──

const link = (mailbox: Queue.Queue<number>, following: Queue.Queue<number>, done: Deferred.Deferred<void>) =>
  Effect.gen(function* () {
    for (;;) {
      const token = yield* Queue.take(mailbox);
      if (token === 0) yield* Deferred.succeed(done, undefined);
      else yield* Queue.offer(following, token - 1);
    }
  });

const ring = (size: number, n: number) =>
  Effect.gen(function* () {
    const done = yield* Deferred.make<void>();
    const mailboxes: Queue.Queue<number>[] = [];
    for (let i = 0; i < size; i++) mailboxes.push(yield* Queue.unbounded<number>());
    const links: Fiber.Fiber<never>[] = [];
    for (const [i, mailbox] of mailboxes.entries()) {
      links.push(yield* spawn(link(mailbox, mailboxes[(i + 1) % size] as Queue.Queue<number>, done)));
    }
    yield* Queue.offer(mailboxes[0] as Queue.Queue<number>, n);
    yield* Deferred.await(done);
    yield* Fiber.interruptAll(links);
  });

// ── counting ──

type Inc = { readonly type: "inc" };
type Get = { readonly type: "get"; readonly from: Queue.Queue<number> };

const inc: Inc = { type: "inc" };

const counter = (mailbox: Queue.Queue<Inc | Get>) =>
  Effect.gen(function* () {
    for (let count = 0; ; count++) {
      const message = yield* Queue.take(mailbox);
      if (message.type === "get") return yield* Queue.offer(message.from, count);
    }
  });

const counting = (n: number) =>
  Effect.gen(function* () {
    const counts = yield* Queue.unbounded<number>();
    const mailbox = yield* Queue.unbounded<Inc | Get>();
    yield* spawn(counter(mailbox));
    yield* spawn(
      Effect.gen(function* () {
        for (let i = 0; i < n; i++) yield* Queue.offer(mailbox, inc);
        yield* Queue.offer(mailbox, { type: "get", from: counts });
      }),
    );
    const count = yield* Queue.take(counts);
    if (count !== n) throw new Error(`expected ${n}, got ${count}`);
  });

// ── spawn_exit, fork_join_create ──

const fork = (n: number, batch: number) =>
  Effect.gen(function* () {
    for (let forked = 0; forked < n; forked += batch) {
      const done = yield* Deferred.make<void>();
      let left = batch;
      const child = Effect.suspend(() => (--left === 0 ? Deferred.succeed(done, undefined) : Effect.void));
      for (let i = 0; i < batch; i++) yield* spawn(child);
      yield* Deferred.await(done);
    }
  });

// ── fork_join_throughput ──

const RECEIVERS = 60;

const throughput = (each: number) =>
  Effect.gen(function* () {
    const mailboxes: Queue.Queue<Inc>[] = [];
    const receivers: Fiber.Fiber<void>[] = [];
    for (let i = 0; i < RECEIVERS; i++) {
      const mailbox = yield* Queue.unbounded<Inc>();
      mailboxes.push(mailbox);
      receivers.push(
        yield* spawn(
          Effect.gen(function* () {
            for (let taken = 0; taken < each; taken++) yield* Queue.take(mailbox);
          }),
        ),
      );
    }
    for (let i = 0; i < each; i++) for (const mailbox of mailboxes) yield* Queue.offer(mailbox, inc);
    for (const receiver of receivers) yield* Fiber.join(receiver);
  });

// ── big ──

const MEMBERS = 120;

const big = (each: number) =>
  Effect.gen(function* () {
    const done = yield* Deferred.make<void>();
    let busy = MEMBERS;
    const mailboxes: Queue.Queue<Ping | Pong>[] = [];
    for (let i = 0; i < MEMBERS; i++) mailboxes.push(yield* Queue.unbounded<Ping | Pong>());
    const crowd: Fiber.Fiber<never>[] = [];
    for (const [i, mailbox] of mailboxes.entries()) {
      let random = i + 1;
      crowd.push(
        yield* spawn(
          Effect.gen(function* () {
            for (let sent = 0; sent < each; sent++) {
              random = next(random);
              yield* Queue.offer(mailboxes[(random >>> 8) % MEMBERS] as Queue.Queue<Ping>, {
                type: "ping",
                from: mailbox,
              });
              for (;;) {
                const message = yield* Queue.take(mailbox);
                if (message.type === "pong") break;
                yield* Queue.offer(message.from, pong);
              }
            }
            if (--busy === 0) yield* Deferred.succeed(done, undefined);
            for (;;) {
              const message = yield* Queue.take(mailbox);
              if (message.type === "ping") yield* Queue.offer(message.from, pong);
            }
          }),
        ),
      );
    }
    yield* Deferred.await(done);
    yield* Fiber.interruptAll(crowd);
  });

// ── skynet ──

/** Ten times as many take half a minute. */
const SKYNET = 100_000;

const skynet = (parent: Queue.Queue<number>, from: number, size: number): Effect.Effect<unknown> =>
  Effect.gen(function* () {
    if (size === 1) return yield* Queue.offer(parent, from);
    const mailbox = yield* Queue.unbounded<number>();
    const part = size / 10;
    for (let i = 0; i < 10; i++) yield* spawn(skynet(mailbox, from + i * part, part));
    let sum = 0;
    for (let i = 0; i < 10; i++) sum += yield* Queue.take(mailbox);
    return yield* Queue.offer(parent, sum);
  });

const tree = (size: number) =>
  Effect.gen(function* () {
    const mailbox = yield* Queue.unbounded<number>();
    yield* spawn(skynet(mailbox, 0, size));
    const sum = yield* Queue.take(mailbox);
    if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
  });

// ── spawn_idle ──

const IDLE = 200_000;

const idler = (mailbox: Queue.Queue<"wake">, main: Queue.Enqueue<"awake">) =>
  Effect.gen(function* () {
    yield* Queue.take(mailbox);
    yield* Queue.offer(main, "awake");
  });

const idle = (n: number): Effect.Effect<Sample> =>
  Effect.gen(function* () {
    const before = resident();
    const started = performance.now();
    const main = yield* Queue.unbounded<"awake" | "ready">();
    const mailboxes: Queue.Queue<"wake">[] = [];
    for (let i = 0; i < n; i++) {
      const mailbox = yield* Queue.unbounded<"wake">();
      mailboxes.push(mailbox);
      yield* spawn(idler(mailbox, main));
    }
    // It runs after all of them.
    yield* spawn(Queue.offer(main, "ready"));
    yield* Queue.take(main);
    const ns = (performance.now() - started) * 1e6;
    const bytes = (resident() - before) / n;
    const woken = performance.now();
    for (const mailbox of mailboxes) yield* Queue.offer(mailbox, "wake");
    for (let i = 0; i < n; i++) yield* Queue.take(main);
    return { ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n };
  });

// ── server_call: without a monitor, of which there are none ──

type Call = { readonly reply: Deferred.Deferred<number>; readonly value: number };

const calls = (n: number) =>
  Effect.gen(function* () {
    const mailbox = yield* Queue.unbounded<Call>();
    const server = yield* spawn(
      Effect.gen(function* () {
        for (;;) {
          const { reply, value } = yield* Queue.take(mailbox);
          yield* Deferred.succeed(reply, value);
        }
      }),
    );
    const client = yield* spawn(
      Effect.gen(function* () {
        for (let i = 0; i < n; i++) {
          const reply = yield* Deferred.make<number>();
          yield* Queue.offer(mailbox, { reply, value: i });
          const value = yield* Deferred.await(reply);
          if (value !== i) throw new Error(`expected ${i}, got ${value}`);
        }
      }),
    );
    yield* Fiber.join(client);
    yield* Fiber.interrupt(server);
  });

const run = <A>(body: Effect.Effect<A>): Promise<A> => Effect.runPromise(body);

export const program: Program = {
  ping_pong: (n) => timed(n, () => run(pingPong(n))),
  thread_ring_100: (n) => timed(n, () => run(ring(100, n))),
  thread_ring_503: (n) => timed(n, () => run(ring(503, n))),
  counting: (n) => timed(n, () => run(counting(n))),
  spawn_exit: (n) => timed(thousands(n), () => run(fork(thousands(n), 1000))),
  fork_join_create: (n) => timed(n, () => run(fork(n, n))),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => run(throughput(n))),
  big: (n) => timed(n * MEMBERS, () => run(big(n))),
  skynet: (n) => timed(nodes(Math.min(n, SKYNET)), () => run(tree(Math.min(n, SKYNET)))),
  spawn_idle: (n) => run(idle(Math.min(n, IDLE))),
  server_call: (n) => timed(n, () => run(calls(n))),
};

/** In a tree with `leaves`. */
function nodes(leaves: number): number {
  return (leaves * 10 - 1) / 9;
}
