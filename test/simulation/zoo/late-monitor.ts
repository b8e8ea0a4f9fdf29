// A dispatcher starts a job, writes down that it runs, and then monitors it, to run it once more should it fail. A job that is done
// by then can't be asked any more how it ended: the monitor says "noproc". That isn't "normal", so the job runs again, and its
// mail goes out twice.

import { Agent, GenServer, type Pid, type Ref, reply, type Self, spawn } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "late monitor";
export const finds = { kind: "assertion", text: "the mail went out" } as const;

const Addresses = GenServer.define({
  name: "Addresses",
  init: () => ["ann@example.org"],
  calls: { all: (all) => reply(all, all) },
});

type Mails = Agent<string[]>;
type Job = (self: Self, addresses: Pid, sent: Mails) => Generator<unknown, void, unknown>;

function* mailing(_self: Self, addresses: Pid, sent: Mails) {
  const all = yield* Addresses.call.all(addresses);
  yield* Agent.update(sent, (mails) => [...mails, ...all]);
}

type Start = (self: Self<Down>, diary: Agent<number>, ...job: [Job, Pid, Mails]) => Generator<unknown, Ref, unknown>;
type Down = readonly ["DOWN", Ref, ...unknown[]];

function* scenario(self: Self<Down>, start: Start) {
  const addresses = yield* Addresses.startLink();
  const diary = yield* Agent.startLink(() => 0);
  const sent = yield* Agent.startLink((): string[] => []);
  for (let attempt = 1; attempt <= 3; attempt++) {
    yield* start(self, diary, mailing, addresses, sent);
    const [, , , , reason] = yield* self.receive({ DOWN: (down) => down });
    if (reason === "normal") break;
  }
  const mails = yield* Agent.get(sent, (all) => all);
  check(mails.length === 1, `the mail went out ${mails.length} times`);
}

function* monitorAfterwards(self: Self<Down>, diary: Agent<number>, ...[job, ...args]: [Job, Pid, Mails]) {
  const pid = spawn(job, ...args);
  yield* Agent.update(diary, (started) => started + 1);
  return self.monitor(pid);
}

function* monitorAtOnce(self: Self<Down>, diary: Agent<number>, ...[job, ...args]: [Job, Pid, Mails]) {
  const [, ref] = self.spawnMonitor(job, ...args);
  yield* Agent.update(diary, (started) => started + 1);
  return ref;
}

export function* broken(self: Self<Down>) {
  yield* scenario(self, monitorAfterwards);
}

export function* fixed(self: Self<Down>) {
  yield* scenario(self, monitorAtOnce);
}
