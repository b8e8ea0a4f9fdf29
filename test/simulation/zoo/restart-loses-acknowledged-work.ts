// A printer takes jobs, says "ok" to each, and prints them one after the other. One document jams it. Its supervisor restarts it, with the state it
// began with: no jobs. Whatever waited behind the jam had been acknowledged, and is gone.

import {
  Agent,
  ExitError,
  GenServer,
  ok,
  type Report,
  reply,
  type Self,
  Supervisor,
  self as selfPid,
  send,
  sleep,
  Task,
} from "beamlet";
import { check } from "../exhibit.ts";

export const name = "restart loses acknowledged work";
export const finds = { kind: "assertion", text: "was acknowledged, and never printed" } as const;
/** The jam is part of the story. */
export const options = { expectCrashes: ({ reason }: Report) => reason === JAM };

type Jobs = string[];

const JAM = new Error("the printer is jammed");

function print(job: string, paper: string[]) {
  if (job === "crumpled") throw JAM;
  paper.push(job);
}

const Hasty = GenServer.define({
  name: "Printer",
  init: (paper: string[]) => ({ paper, jobs: [] as Jobs }),
  calls: {
    add({ paper, jobs }, job: string) {
      send(selfPid(), "print");
      return reply("ok", { paper, jobs: [...jobs, job] });
    },
  },
  info: {
    print({ paper, jobs: [job, ...jobs] }) {
      if (job !== undefined) print(job, paper);
      return { paper, jobs };
    },
  },
});

/** What is acknowledged lies in the spool, which has a process of its own. Who begins a job takes it out, so that no jam comes twice. */
const Careful = GenServer.define({
  name: "Printer",
  init: (paper: string[]) => ok(paper, { continue: "print" }),
  calls: {
    *add(paper, job: string) {
      yield* Agent.update<Jobs>("spool", (jobs) => [...jobs, job]);
      return reply("ok", paper, { continue: "print" });
    },
  },
  continue: {
    *print(paper) {
      const job = yield* Agent.getAndUpdate("spool", ([first, ...rest]: Jobs) => [first, rest]);
      if (job === undefined) return paper;
      print(job, paper);
      return ok(paper, { continue: "print" });
    },
  },
});

function* secretary(job: string, acknowledged: string[]) {
  try {
    yield* GenServer.call("printer", ["add", job]);
    acknowledged.push(job);
  } catch (error) {
    // Not acknowledged: she knows that she has to try again.
    if (!(error instanceof ExitError)) throw error;
  }
}

function* scenario(Printer: typeof Hasty | typeof Careful) {
  const paper: string[] = [];
  const acknowledged: string[] = [];
  const spool = Agent.child((): Jobs => [], { name: "spool" });
  const office = yield* Supervisor.startLink([spool, Printer.child(paper, { name: "printer" })], {
    strategy: "one_for_one",
  });
  yield* Task.awaitMany(["letter", "invoice", "crumpled"].map((job) => Task.async(secretary, [job, acknowledged])));
  yield* sleep(1000);
  for (const job of acknowledged) {
    check(job === "crumpled" || paper.includes(job), `${job} was acknowledged, and never printed`);
  }
  yield* Supervisor.stop(office);
}

export function* broken(_self: Self) {
  yield* scenario(Hasty);
}

export function* fixed(_self: Self) {
  yield* scenario(Careful);
}
