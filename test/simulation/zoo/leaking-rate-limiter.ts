// A limiter has one permit to give, and others wait until it comes back. A job gives its permit back when it is done; a job that somebody cancels does
// not. Mostly jobs are done before anybody loses patience. After the first one that was not, everybody waits for ever.

import { Agent, exit, monitor, type Pid, type Self, send, spawn } from "beamlet";

export const name = "leaking rate limiter";
export const finds = { kind: "deadlock", text: "all processes wait" } as const;

type Request = ["acquire", Pid<"permit">] | ["release", Pid<"permit">] | readonly ["DOWN", ...unknown[]];
type Limiter = Pid<Request>;

/** `watchful`: who has a permit, or waits for one, is monitored. */
function* limiter(self: Self<Request>, watchful: boolean) {
  let free = 1;
  let holders: Pid<"permit">[] = [];
  let waiting: Pid<"permit">[] = [];
  function giveBack(pid: unknown) {
    waiting = waiting.filter((each) => each !== pid);
    if (!holders.includes(pid as Pid<"permit">)) return;
    holders = holders.filter((each) => each !== pid);
    free++;
  }
  for (;;) {
    yield* self.receive({
      acquire([, pid]) {
        if (watchful) monitor(pid);
        waiting.push(pid);
      },
      release: ([, pid]) => giveBack(pid),
      DOWN: ([, , , pid]) => giveBack(pid),
    });
    while (free > 0 && waiting.length > 0) {
      const [first, ...rest] = waiting as [Pid<"permit">];
      waiting = rest;
      holders.push(first);
      free--;
      send(first, "permit");
    }
  }
}

function* job(self: Self<"permit">, of: Limiter, counter: Agent<number>) {
  send(of, ["acquire", self.pid]);
  yield* self.receive();
  yield* Agent.update(counter, (jobs) => jobs + 1, { timeout: Number.POSITIVE_INFINITY });
  send(of, ["release", self.pid]);
}

function* scenario(self: Self<["DOWN", ...unknown[]]>, watchful: boolean) {
  const of = spawn(limiter, watchful);
  const counter = yield* Agent.startLink(() => 0);
  const [first] = self.spawnMonitor(job, of, counter);
  // A page is loaded meanwhile; then its user goes elsewhere.
  for (let part = 0; part < 3; part++) yield* Agent.get(counter, (jobs) => jobs);
  exit(first, "shutdown");
  yield* self.receive({ DOWN: () => {} });
  self.spawnMonitor(job, of, counter);
  yield* self.receive({ DOWN: () => {} });
}

export function* broken(self: Self<["DOWN", ...unknown[]]>) {
  yield* scenario(self, false);
}

export function* fixed(self: Self<["DOWN", ...unknown[]]>) {
  yield* scenario(self, true);
}
