// A client asks the archive for a document, and gives up after 100 ms. The answer comes all the same, later, and waits in the mailbox for the
// next question, which it is taken for. The archive is fast enough, unless somebody's large document comes first.

import { after, on, P, type Pid, type Self, send, sleep, spawn } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "a timeout poisons the mailbox";
export const finds = { kind: "assertion", text: "asked for the menu, got the map" } as const;

type Answer = ["document", request: number, title: string];
type Question = ["fetch", from: Pid<Answer>, request: number, title: string];
type Fetch = (self: Self<Answer>, archive: Pid<Question>, title: string) => Generator<unknown, string, unknown>;

const LARGE = "the encyclopedia";

function* archive(self: Self<Question>) {
  for (;;) {
    const [, from, request, title] = yield* self.receive();
    yield* sleep(title === LARGE ? 90 : 15);
    send(from, ["document", request, title]);
  }
}

function* another(self: Self<Answer>, of: Pid<Question>, title: string) {
  send(of, ["fetch", self.pid, 0, title]);
  yield* self.receive();
}

function* scenario(self: Self<Answer>, fetch: Fetch) {
  const pid = spawn(archive);
  for (const title of [LARGE, "a leaflet", "a letter"]) spawn(another, pid, title);
  for (const title of ["the map", "the menu"]) {
    const found = yield* fetch(self, pid, title);
    check(found === title || found === "try later", `asked for ${title}, got ${found}`);
    yield* sleep(50);
  }
}

function* anyAnswer(self: Self<Answer>, of: Pid<Question>, title: string) {
  send(of, ["fetch", self.pid, 0, title]);
  return yield* self.receive({ document: ([, , found]) => found }, { after: 100, then: () => "try later" });
}

function* answerToThis(self: Self<Answer>, of: Pid<Question>, title: string) {
  const request = self.runtime.now();
  send(of, ["fetch", self.pid, request, title]);
  return yield* self.receive(
    on(["document", request, P.string], ([, , found]) => found),
    after(100, () => "try later"),
  );
}

export function* broken(self: Self<Answer>) {
  yield* scenario(self, anyAnswer);
}

export function* fixed(self: Self<Answer>) {
  yield* scenario(self, answerToThis);
}
