// The snippets of the page the project began with. The tour shows the text
// of these functions, and runs them in a runtime of its own.
import process from "node:process";
import { after, loop, on, P, type Pid, type Self } from "beamlet";
import { runtime } from "./world.ts";

const { exit, isAlive, processes, processFlag, processInfo } = runtime;
const { receive, register, run, self, send } = runtime;
const { sendAfter, spawn, spawnLink, unregister, whereis } = runtime;

// ── Processes ──

function* idle(self: Self) {
  yield* self.receive();
}

export function light() {
  for (let n = 0; n < 100_000; n++) spawn(idle);
  console.log(`${processes().length} processes`);
  for (const pid of processes()) if (pid !== self()) exit(pid, "kill");
  console.log(`${processes().length} process`);
}

export function managed() {
  const pid = spawn(idle);
  run();
  register(pid, "idler");
  const info = processInfo(pid);
  console.log(info?.status, info?.registeredName, info?.messageQueueLen);
  console.log(processes().includes(pid));
  exit(pid, "kill");
}

export function anywhere() {
  const pid = spawn(idle);
  register(pid, "idler");
  console.log(send(pid, "by pid"));
  console.log(send("idler", "by name"));
  console.log(send(["idler", runtime.node], "by name and node"));
  // No such node: lost silently, as on Elixir without a network.
  console.log(send(["idler", "app@elsewhere"], "lost"));
  console.log(processInfo(pid, "messageQueueLen"), "messages arrived");
  exit(pid, "kill");
}

// ── spawn ──

export function returns() {
  const pid = spawn(() => console.log("the body runs"));
  console.log(`spawn returned ${pid}`);
  run();
  console.log(isAlive(pid));
}

// ── Mailboxes ──

export async function ping() {
  const pid = spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {
    yield* self.receive(
      on([P.pid, "ping"], ([sender]) => {
        console.log("Got ping");
        send(sender, "pong");
      }),
    );
  });

  console.log(send(pid, [self(), "ping"]));
  console.log(`Got ${await receive()} back`);
  console.log(isAlive(pid));
}

export async function kept() {
  for (const fruit of ["apple", "pear", "plum"]) send(self(), fruit);
  console.log(processInfo(self(), "messages"));

  const taken = await receive(
    on("plum", () => "the plum"),
    on("pear", () => "the pear"),
  );
  console.log(taken);
  console.log(processInfo(self(), "messages"));
  console.log(await receive(), await receive());
}

export async function blocks() {
  const pid = spawn(idle);
  spawn(() => console.log("another process runs"));
  for (const ms of [1, 10]) {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
  console.log("the host's timers fire");
  console.log(processInfo(pid, "status"));
  exit(pid, "kill");
}

export async function timeout() {
  await receive(
    on(P._, (message) => console.log(message)),
    after(5000, () => console.log("Timeout, giving up")),
  );
}

export async function clock() {
  const begun = performance.now();
  for (const ms of [50, 150]) sendAfter(self(), "noise", ms);
  await receive(
    on("news", () => console.log("news")),
    after(200, () => console.log("no news")),
  );
  console.log(performance.now() - begun >= 200);

  const look = () =>
    receive(
      on(P._, (message) => console.log(message)),
      after(0, () => console.log("nothing left")),
    );
  for (let n = 0; n < 3; n++) await look();

  try {
    after(Number.NaN, () => {});
  } catch (error) {
    console.log(String(error));
  }
}

// ── spawnLink ──

export async function chain() {
  // A normal end leaves the others alone.
  spawnLink(() => {});
  run();
  console.log("still here");

  // An abnormal one travels from link to link, to whoever traps exits.
  processFlag("trapExit", true);
  const middle = spawnLink(function* (self: Self) {
    self.spawnLink(() => exit("a reason"));
    yield* self.receive();
  });
  const [tag, pid, reason] = await receive();
  console.log(tag, pid === middle, reason);
  processFlag("trapExit", false);
}

export async function linked() {
  const child = spawnLink(function* (self: Self<"boom">) {
    yield* self.receive({
      boom() {
        throw new Error("boom!");
      },
    });
  });

  console.log(`I am ${self()}`);
  console.log(send(child, "boom"));
  await receive();
}

export function restarted() {
  console.log(`I am ${self()}`);
  console.log(processInfo(self(), "links"));
  console.log(processInfo(self(), "messages"));
}

export function unlinked() {
  const child = spawn(function* (self: Self<"boom">) {
    yield* self.receive({
      boom() {
        throw new Error("boom!");
      },
    });
  });

  console.log(send(child, "boom"));
  run();
  console.log(isAlive(child), isAlive(self()));
}

function evaluator(): never {
  throw new Error("a typing error");
}

export async function supervised() {
  const supervisor = spawn(function* (self: Self) {
    self.trapExit = true;
    for (let start = 1; start <= 2; start++) {
      const child = self.spawnLink(evaluator);
      yield* self.receive(on(["EXIT", child, P._], () => {}));
      console.log(`child ${start} has ended`);
    }
    yield* self.receive();
  });
  run();
  console.log(isAlive(supervisor));
  exit(supervisor, "kill");
}

export function endings() {
  spawn(() => {
    throw new Error("an error");
  });
  spawn(() => {
    throw "no error";
  });
  spawn(() => exit("bad"));
  spawn(() => exit("shutdown"));
  spawn(() => exit("normal"));
  spawn(() => {});
  run();
}

// ── Holding state ──

type CounterMessage = "inc" | ["val", Pid<number>];

function* listen(self: Self<CounterMessage>, count: number) {
  for (;;) {
    yield* self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        send(from, count);
      },
    });
  }
}

const Counter = { start: (count: number) => spawn(listen, count) };

export async function counter() {
  const counter = Counter.start(10);

  send(counter, "inc");
  send(counter, "inc");
  send(counter, "inc");
  send(counter, ["val", self()]);

  console.log(await receive());
}

export async function constant() {
  const pid = spawn(
    loop(0, (count, message: CounterMessage) => {
      if (message === "inc") return count + 1;
      send(message[1], count);
      return count;
    }),
  );

  let before = 0;
  for (let million = 1; million <= 10; million++) {
    for (let n = 0; n < 1_000_000; n++) {
      send(pid, "inc");
      if (n % 1000 === 999) run();
    }
    if (million === 1) before = process.memoryUsage().rss;
  }
  send(pid, ["val", self()]);
  console.log(await receive());
  const grown = process.memoryUsage().rss - before;
  console.log(grown < 32e6 ? "no more memory than before" : grown);
  exit(pid, "kill");
}

// ── Registered processes ──

export function names() {
  const pid = Counter.start(10);
  console.log(register(pid, "count"));
  console.log(whereis("count") === pid);
  console.log(whereis("nobody"));
  console.log(send("count", "inc"));
}

export async function waits() {
  // As the page prints it, nobody was asked for the value:
  const value = receive(
    on(P.number, (count) => count),
    after(1000, () => "still waiting"),
  );
  console.log(await value);

  // With the question it leaves out:
  send("count", ["val", self()]);
  console.log(await receive());
}

function refused(what: () => void) {
  try {
    what();
  } catch (error) {
    console.log(String(error));
  }
}

export function edges() {
  const pid = spawn(idle);
  register(pid, "idler");
  refused(() => register(self(), "idler"));
  refused(() => register(pid, "second"));
  refused(() => register(self(), 7 as never));
  refused(() => send("nobody", "hello"));
  refused(() => unregister("nobody"));

  exit(pid, "kill");
  run();
  console.log(whereis("idler"));
  refused(() => register(pid, "idler"));
  console.log(send(pid, "to the dead: no error"));
}
