// A queue gives each job to a worker, and to another one if it isn't done within 100 ms. A worker asks for its next job while it still has one:
// that keeps it busy. If one asks twice before the other has asked at all, it has two jobs, and is done with the second one too late. Meanwhile the other
// has done it, too: the customer pays twice.

import { GenServer, type Pid, type Self, self as selfPid, send, sendAfter, sleep, spawn } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "double delivery";
export const finds = { kind: "assertion", text: "paid 2 times" } as const;

type Job = { readonly customer: string };
type Worker = Pid<["job", Job]>;
interface State {
  readonly waiting: readonly Job[];
  readonly underWay: readonly Job[];
  readonly idle: readonly Worker[];
}

const PATIENCE = 100;

/** Gives jobs to those who have asked for one. */
function assign({ waiting, underWay, idle }: State): State {
  const [job, ...jobs] = waiting;
  const [worker, ...workers] = idle;
  if (job === undefined || worker === undefined) return { waiting, underWay, idle };
  send(worker, ["job", job]);
  sendAfter(selfPid(), ["late", job], PATIENCE);
  return assign({ waiting: jobs, underWay: [...underWay, job], idle: workers });
}

const without = (jobs: readonly Job[], job: Job) => jobs.filter((each) => each !== job);

const Queue = GenServer.define({
  name: "Queue",
  init: (waiting: readonly Job[]): State => ({ waiting, underWay: [], idle: [] }),
  casts: {
    ready: (state, worker: Worker) => assign({ ...state, idle: [...state.idle, worker] }),
    done: (state, job: Job) => ({ ...state, underWay: without(state.underWay, job) }),
  },
  info: {
    late(state, [, job]: ["late", Job]) {
      if (!state.underWay.includes(job)) return state;
      return assign({ ...state, waiting: [...state.waiting, job], underWay: without(state.underWay, job) });
    },
  },
});

function* worker(self: Self<["job", Job]>, queue: Pid, charge: (job: Job) => void) {
  Queue.cast.ready(queue, self.pid);
  for (;;) {
    const [, job] = yield* self.receive();
    Queue.cast.ready(queue, self.pid);
    yield* sleep(60);
    charge(job);
    Queue.cast.done(queue, job);
  }
}

function* scenario(bank: (account: string[]) => (job: Job) => void) {
  const jobs = ["ann", "bob"].map((customer) => ({ customer }));
  const queue = yield* Queue.startLink(jobs);
  const account: string[] = [];
  const charge = bank(account);
  for (let n = 0; n < 2; n++) spawn(worker, queue, charge);
  yield* sleep(1000);
  for (const { customer } of jobs) {
    const times = account.filter((each) => each === customer).length;
    check(times === 1, `${customer} paid ${times} times`);
  }
}

export function* broken(_self: Self) {
  yield* scenario(
    (account) =>
      ({ customer }) =>
        account.push(customer),
  );
}

// A queue that tries again delivers at least once. That it counts once is for the receiver to see to: a job has an identity.
export function* fixed(_self: Self) {
  yield* scenario((account) => {
    const seen = new Set<Job>();
    return (job) => {
      if (!seen.has(job)) account.push(job.customer);
      seen.add(job);
    };
  });
}
