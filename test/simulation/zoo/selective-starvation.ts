// A lock lets in any number of readers, or one writer. While somebody reads it receives `read` and `done` only: a writer's request waits in the
// mailbox, and what is received selectively can be passed over for ever. As long as there are moments without readers, nobody notices. Two
// readers whose readings begin to overlap are enough to shut the writer out.

import { type Pid, type Self, send, sleep, spawn } from "beamlet";

export const name = "selective starvation";
export const finds = { kind: "assertion", text: "the writer starves" } as const;

type Request = ["read", Pid<"come in">] | ["write", Pid<"come in">] | "done";
type Lock = (self: Self<Request>) => Generator<unknown, void, unknown>;

function* forReaders(self: Self<Request>) {
  for (;;) {
    let readers = 0;
    const read = ([, reader]: ["read", Pid<"come in">]) => {
      readers++;
      send(reader, "come in");
    };
    yield* self.receive({
      read,
      *write([, writer]) {
        send(writer, "come in");
        yield* self.receive({ done: () => {} });
      },
    });
    while (readers > 0) yield* self.receive({ read, done: () => readers-- });
  }
}

/** Who has asked to write keeps further readers out, and gets in when those are done who read. */
function* forAll(self: Self<Request>) {
  let readers = 0;
  const done = { done: () => readers-- };
  for (;;) {
    yield* self.receive({
      ...done,
      read([, reader]) {
        readers++;
        send(reader, "come in");
      },
      *write([, writer]) {
        while (readers > 0) yield* self.receive(done);
        send(writer, "come in");
        yield* self.receive({ done: () => {} });
      },
    });
  }
}

/** Opens files one after the other. */
function* disk(self: Self<[Pid<"open">, ms: number]>) {
  for (;;) {
    const [from, ms] = yield* self.receive();
    yield* sleep(ms);
    send(from, "open");
  }
}

function* reader(self: Self<"open" | "come in">, lock: Pid<Request>, of: Pid<[Pid<"open">, ms: number]>) {
  send(of, [self.pid, 3]);
  yield* self.receive({ open: () => {} });
  for (let page = 1; page <= 20; page++) {
    send(lock, ["read", self.pid]);
    yield* self.receive({ "come in": () => {} });
    yield* sleep(10);
    send(lock, "done");
    yield* sleep(5);
  }
}

function* backup(self: Self<"open">, of: Pid<[Pid<"open">, ms: number]>) {
  send(of, [self.pid, 5]);
  yield* self.receive();
}

function* scenario(self: Self<"come in">, lock: Lock) {
  const files = spawn(disk);
  const pid = spawn(lock);
  for (let n = 0; n < 2; n++) spawn(reader, pid, files);
  spawn(backup, files);
  yield* sleep(20);
  send(pid, ["write", self.pid]);
  const starve = () => {
    throw new Error("the writer starves");
  };
  yield* self.receive({ "come in": () => {} }, { after: 100, then: starve });
  send(pid, "done");
}

export function* broken(self: Self<"come in">) {
  yield* scenario(self, forReaders);
}

export function* fixed(self: Self<"come in">) {
  yield* scenario(self, forAll);
}
