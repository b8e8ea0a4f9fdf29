// biome-ignore-all lint/nursery/noFloatingPromises: nothing here is run
// biome-ignore-all lint/suspicious/noThenProperty: that is how the API says it
// biome-ignore-all lint/suspicious/noExplicitAny: it is one of the types that are tested
// The three forms of receive: what they take, and what they give.
import {
  after,
  type Down,
  type Exit,
  type Op,
  on,
  P,
  type Pid,
  type Ref,
  receive,
  receiveAll,
  type Self,
} from "../../src/index.ts";
import { same } from "./same.ts";

type Shape = { type: "circle"; radius: number } | { type: "square"; side: number };
type Message = "inc" | ["add", number] | ["val", Pid<number>] | Shape;
declare const self: Self<Message>;

// receive(): anything the mailbox holds.
export function* bare() {
  const message = yield* self.receive();
  same<typeof message, Message>(true);
}

// Tag tables: a bare string, a tuple's first element, an object's type.
export function* tables() {
  const op = self.receive({
    inc: (message) => {
      same<typeof message, "inc">(true);
      return 1 as const;
    },
    add: (message) => {
      same<typeof message, ["add", number]>(true);
      return message[1];
    },
    circle: (message) => {
      same<typeof message, { type: "circle"; radius: number }>(true);
      return message.radius > 1;
    },
  });
  same<typeof op, Op<number | boolean>>(true);

  const result = yield* self.receive({
    add: ([, n]) => String(n),
    _: (message) => {
      same<typeof message, Message>(true);
      return null;
    },
  });
  same<typeof result, string | null>(true);

  // @ts-expect-error no message has this tag
  self.receive({ dec: () => 1 });
  // @ts-expect-error nor does a tag beside a right one make it right: such a clause would wait for ever
  self.receive({ inc: () => 1, dec: () => 2 });
  // @ts-expect-error a clause is a function
  self.receive({ inc: 1 });
  // @ts-expect-error "add" carries a number
  self.receive({ add: (message: ["add", string]) => message });
  // @ts-expect-error a tuple has no third element
  self.receive({ add: ([, , third]) => third });
  // @ts-expect-error a square has no radius
  self.receive({ square: (message) => message.radius });
}

// One tag for a bare string and a tuple.
export function* shared(self: Self<"stop" | ["stop", string] | { type: "stop"; why: string }>) {
  yield* self.receive({
    stop: (message) => {
      same<typeof message, "stop" | ["stop", string] | { type: "stop"; why: string }>(true);
    },
  });
}

// Tags of readonly tuples, of open-ended ones, and of open strings.
export function* tags(self: Self<readonly ["go", number] | ["list", ...string[]] | ["maybe", number?]>) {
  const result = yield* self.receiveAll({
    go: ([, n]) => n,
    list: ([, ...names]) => names,
    maybe: ([, n]) => n,
  });
  same<typeof result, number | string[] | undefined>(true);
}
export function* openTags(self: Self<string>) {
  const length = yield* self.receive({ anything: (message) => message.length });
  same<typeof length, number>(true);
}

// Messages without a tag reach `_`, patterns and receive().
export function* untagged(self: Self<number | "inc">) {
  const result = yield* self.receive({ inc: () => "inc" as const, _: (message) => message });
  same<typeof result, number | "inc">(true);
  // @ts-expect-error a number has no tag: nothing but `_` takes it
  yield* self.receiveAll({ inc: () => 1 });
  yield* self.receiveAll({ inc: () => 1, _: (message) => message });
}

// receiveAll: every tag, and no other.
export function* all() {
  const result = yield* self.receiveAll({
    inc: () => 0,
    add: ([, n]) => n,
    val: ([, from]) => from,
    circle: (circle) => circle,
    square: () => undefined,
  });
  same<typeof result, number | Pid<number> | { type: "circle"; radius: number } | undefined>(true);

  // @ts-expect-error square is missing
  self.receiveAll({ inc: () => 0, add: () => 0, val: () => 0, circle: () => 0 });
  // @ts-expect-error all are missing
  self.receiveAll({});
  // @ts-expect-error `_` does not stand for the tags that are missing
  self.receiveAll({ inc: () => 0, _: () => 0 });
  // @ts-expect-error triangle is too much
  self.receiveAll({ inc: () => 0, add: () => 0, val: () => 0, circle: () => 0, square: () => 0, triangle: () => 0 });
  // @ts-expect-error it takes a table, not clauses
  self.receiveAll(on(P._, () => 0));

  const timed = yield* self.receiveAll(
    { inc: () => 0, add: () => 0, val: () => 0, circle: () => 0, square: () => 0 },
    { after: 10, then: () => "late" as const },
  );
  same<typeof timed, number | "late">(true);
}

// Clauses may be generators, async functions, or throw.
export function* results() {
  const fromGenerator = yield* self.receive({
    val: function* ([, from]) {
      const next = yield* self.receive();
      same<typeof next, Message>(true);
      return from;
    },
    add: async ([, n]) => `${n}`,
    inc: () => {
      throw new Error("no");
    },
  });
  same<typeof fromGenerator, Pid<number> | string>(true);

  const fromClauses = yield* self.receive(
    on("inc", function* () {
      yield* self.receive();
      return 1 as const;
    }),
    on(["add", P.number], async ([, n]) => ({ n })),
    after(100, function* () {
      yield* self.receive();
      return "late" as const;
    }),
  );
  same<typeof fromClauses, 1 | { n: number } | "late">(true);

  const nothing = yield* self.receive({ inc: () => {} });
  same<typeof nothing, void>(true);
}

// Timeouts.
export function* timeouts() {
  const result = yield* self.receive({ inc: () => 1 as const }, { after: 5000, then: () => "late" as const });
  same<typeof result, 1 | "late">(true);
  const fromGenerator = yield* self.receive(
    { inc: () => 1 as const },
    {
      after: 0,
      then: function* () {
        yield* self.receive();
        return true as const;
      },
    },
  );
  same<typeof fromGenerator, 1 | true>(true);
  const silent = yield* self.receive(
    on("inc", () => 1 as const),
    after(0),
  );
  same<typeof silent, 1 | undefined>(true);
  const only = yield* self.receive(after(10, () => "slept" as const));
  same<typeof only, "slept">(true);

  // @ts-expect-error a timeout is a number of ms
  self.receive({ inc: () => 1 }, { after: "5000", then: () => 2 });
  // @ts-expect-error a bare number does not say what comes then
  self.receive({ inc: () => 1 }, 5000);
  // @ts-expect-error
  self.receive({ inc: () => 1 }, { after: 5000 });
  // @ts-expect-error
  after("5000", () => 1);
  // @ts-expect-error
  after(5000, "late");
  // @ts-expect-error
  after();
}

// System messages are part of the mailbox's type, where a process asks for them.
type Watched = "stop" | Down | Exit;
export function* watcher(self: Self<Watched>) {
  const result = yield* self.receiveAll({
    stop: () => "stopped" as const,
    DOWN: ([, ref, type, object, reason]) => {
      same<typeof ref, Ref>(true);
      same<typeof type, "process">(true);
      same<typeof reason, unknown>(true);
      return object;
    },
    EXIT: ([, pid]) => {
      same<typeof pid, Pid<never>>(true);
      return pid;
    },
  });
  same<typeof result, "stopped" | Down[3]>(true);
}
// @ts-expect-error a process that does not list them has no such tag
self.receive({ DOWN: () => 1 });

// The free functions do not know whose mailbox they read.
export async function free() {
  const message = await receive();
  same<typeof message, any>(true);
  const result = await receive({ inc: () => 1, val: ([, from]) => from as Pid<number>, _: () => null });
  same<typeof result, number | Pid<number> | null>(true);
  const fromClauses = await receive(
    on(P.number, (n) => n),
    on(P.string, (s) => s),
  );
  same<typeof fromClauses, number | string>(true);
  const exhaustive = await receiveAll({ inc: () => 1 });
  same<typeof exhaustive, number>(true);
}

// One operation serves yield* and await alike, and nothing else.
export function* operations() {
  const op = self.receive();
  const yielded = yield* op;
  same<typeof yielded, Message>(true);
}
export async function awaited() {
  const message = await self.receive();
  same<typeof message, Message>(true);
  const slept = await self.sleep(5);
  same<typeof slept, void>(true);
  const fetched = await self.until(Promise.resolve(3 as const));
  same<typeof fetched, 3>(true);
  // @ts-expect-error it waits for promises
  self.until(3);
  // @ts-expect-error
  self.sleep("5");
}
// @ts-expect-error an operation is not its result
const early: Message = self.receive();
void early;
