import { exit, loop, type Pid, send, spawn } from "beamlet";
import { type Program, timed } from "../../measure.ts";
import { distinct } from "../distinct.ts";
import { next } from "../random.ts";
import { finished, runtime } from "./runtime.ts";

// ── ping_pong ──

type Ping = ["ping", Pid<"pong">] | "stop";

const ponger = loop(undefined, (_state, message: Ping) => {
  if (message === "stop") exit("normal");
  send(message[1], "pong");
  return undefined;
});

interface Pinger {
  left: number;
  readonly other: Pid<Ping>;
  readonly main: Pid<"done">;
}

const pinger = loop<Pinger | undefined, Pinger | "pong">(undefined, (state, message, self) => {
  const pinging = message === "pong" ? (state as Pinger) : message;
  if (pinging.left-- > 0) {
    send(pinging.other, ["ping", self.pid]);
  } else {
    send(pinging.other, "stop");
    send(pinging.main, "done");
    exit("normal");
  }
  return pinging;
});

// ── thread_ring ──

type Token = number | "stop";

interface Link {
  readonly next: Pid<Token>;
  readonly main: Pid<"done">;
  seen: number;
}

type Step = (state: Link | undefined, message: Token | Link) => Link | undefined;

const pass: Step = (state, message) => {
  if (typeof message === "object") return message;
  const { next, main } = state as Link;
  if (message === 0) send(main, "done");
  else send(next, message === "stop" ? message : message - 1);
  if (message === "stop") exit("normal");
  return state;
};

const body = (step: Step) => loop<Link | undefined, Token | Link>(undefined, step);
const link = body(pass);

async function ring(bodies: readonly (typeof link)[], n: number) {
  const links = bodies.map((each) => runtime.spawn(each));
  await finished<"done">((main) => {
    for (const [i, each] of links.entries()) {
      send(each, { next: links[(i + 1) % links.length] as Pid<Token>, main, seen: 0 });
    }
    send(links[0] as Pid<Token>, n);
  });
  runtime.send(links[0] as Pid<Token>, "stop");
}

let different: readonly (typeof link)[] | undefined;
/** Made when they are needed, and once: a second run finds them warm. */
function differentOnes(): readonly (typeof link)[] {
  different ??= distinct<Step>(
    32,
    { send, exit },
    (i) => `function link${i}(state, message) {
      if (typeof message === "object") return message;
      state.seen += ${i};
      if (message === 0) send(state.main, "done");
      else send(state.next, message === "stop" ? message : message - 1);
      if (message === "stop") exit("normal");
      return state;
    }`,
  ).map(body);
  return different;
}

const same = (size: number) => Array<typeof link>(size).fill(link);

// ── counting ──

const counter = loop(0, (count, message: "inc" | ["get", Pid<number>]) => {
  if (message === "inc") return count + 1;
  send(message[1], count);
  return exit("normal");
});

async function produce(n: number) {
  const count = await finished<number>((main) => {
    const other = spawn(counter);
    for (let i = 0; i < n; i++) send(other, "inc");
    send(other, ["get", main]);
  });
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── fork_join_throughput ──

const RECEIVERS = 60;

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

interface Receiver {
  left: number;
  readonly join: Join;
}

const receiver = loop<Receiver | undefined, "message" | Receiver>(undefined, (state, message) => {
  if (message !== "message") return message;
  const { join } = state as Receiver;
  if (--(state as Receiver).left > 0) return state;
  if (--join.left === 0) send(join.main, "done");
  return exit("normal");
});

function throughput(n: number) {
  return finished<"done">((main) => {
    const join: Join = { left: RECEIVERS, main };
    const receivers = Array.from({ length: RECEIVERS }, () => spawn(receiver));
    for (const each of receivers) send(each, { left: n, join });
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < RECEIVERS; k++) send(receivers[k] as Pid<"message">, "message");
    }
  });
}

// ── big ──

const MEMBERS = 120;

type BigMessage = Member | ["ping", Pid<BigMessage>] | "pong" | "stop";

interface Crowd {
  readonly members: Pid<BigMessage>[];
  left: number;
  readonly main: Pid<"done">;
}

interface Member {
  random: number;
  left: number;
  readonly crowd: Crowd;
}

/** Pings others, one after the other, and answers whoever pings it. */
const member = loop<Member | undefined, BigMessage>(undefined, (state, message, self) => {
  if (message === "stop") exit("normal");
  if (Array.isArray(message)) {
    send(message[1], "pong");
    return state;
  }
  const pinging = message === "pong" ? (state as Member) : message;
  const { crowd } = pinging;
  if (pinging.left-- === 0) {
    if (--crowd.left === 0) send(crowd.main, "done");
  } else {
    pinging.random = next(pinging.random);
    send(crowd.members[(pinging.random >>> 8) % MEMBERS] as Pid<BigMessage>, ["ping", self.pid]);
  }
  return pinging;
});

async function big(pings: number) {
  const members = Array.from({ length: MEMBERS }, () => runtime.spawn(member));
  await finished<"done">((main) => {
    const crowd: Crowd = { members, left: MEMBERS, main };
    for (const [i, each] of members.entries()) send(each, { random: i + 1, left: pings, crowd });
  });
  for (const each of members) runtime.send(each, "stop");
}

export const messages: Program = {
  ping_pong: (n) =>
    timed(n, () => finished<"done">((main) => void send(spawn(pinger), { left: n, other: spawn(ponger), main }))),
  thread_ring_100: (n) => timed(n, () => ring(same(100), n)),
  thread_ring_503: (n) => timed(n, () => ring(same(503), n)),
  ring_32_bodies: (n) => timed(n, () => ring(differentOnes(), n)),
  counting: (n) => timed(n, () => produce(n)),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => throughput(n)),
  big: (n) => timed(n * MEMBERS, () => big(n)),
};
