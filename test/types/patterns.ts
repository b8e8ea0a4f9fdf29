// biome-ignore-all lint/suspicious/noExplicitAny: it is one of the types that are tested
// What a clause's function gets for each kind of pattern.
import {
  after,
  type Clause,
  type Matched,
  on,
  P,
  type Pattern,
  type Pid,
  type Ref,
  type Self,
} from "../../src/index.ts";
import { same } from "./same.ts";

interface Reply {
  readonly id: number;
  readonly body: string;
}
class Deposit {
  readonly amount: number;
  #secret = 1;
  constructor(amount: number) {
    this.amount = amount;
  }
  spend() {
    return this.#secret;
  }
}
abstract class Shape {
  abstract readonly area: number;
}
declare const pid: Pid<"pong">;
declare const ref: Ref;
declare const error: RangeError;
declare const someString: string;
declare const anything: any;
declare const unknown: unknown;
declare const isReply: (message: unknown) => message is Reply;

// Literals are themselves, in tuples and objects too; the arrays and objects that come out can be changed.
on("ping", (message) => same<typeof message, "ping">(true));
on(13, (message) => same<typeof message, 13>(true));
on(10n, (message) => same<typeof message, 10n>(true));
on(true, (message) => same<typeof message, true>(true));
on(null, (message) => same<typeof message, null>(true));
on(undefined, (message) => same<typeof message, undefined>(true));
on(["add", 1], (message) => same<typeof message, ["add", 1]>(true));
on(["add", ["nested", { deep: 1 }]], (message) => same<typeof message, ["add", ["nested", { deep: 1 }]]>(true));
on({ type: "circle", at: [0, 0] }, (message) => same<typeof message, { type: "circle"; at: [0, 0] }>(true));
on([], (message) => same<typeof message, []>(true));
on(someString, (message) => same<typeof message, string>(true));

// Identities.
on(pid, (message) => same<typeof message, Pid<"pong">>(true));
on([ref, P._], ([first]) => same<typeof first, Ref>(true));
on(["EXIT", pid, error], ([, from, reason]) => {
  same<typeof from, Pid<"pong">>(true);
  same<typeof reason, RangeError>(true);
});

// P.
on(P._, (message) => same<typeof message, any>(true));
on(P.any, (message) => same<typeof message, any>(true));
on(P.pid, (message) => same<typeof message, Pid<any>>(true));
on(P.ref, (message) => same<typeof message, Ref>(true));
on(P.string, (message) => same<typeof message, string>(true));
on(P.number, (message) => same<typeof message, number>(true));
on(P.boolean, (message) => same<typeof message, boolean>(true));
on(P.bigint, (message) => same<typeof message, bigint>(true));
on(P.symbol, (message) => same<typeof message, symbol>(true));
on(P.function, (message) => same<typeof message, (...args: any[]) => any>(true));
on([P.pid, "ping"], (message) => same<typeof message, [Pid<any>, "ping"]>(true));
on({ type: "square", side: P.number, tags: P.array(P.string) }, (message) =>
  same<typeof message, { type: "square"; side: number; tags: string[] }>(true),
);
on(P.array(), (message) => same<typeof message, unknown[]>(true));
on(P.array(P.array(P.pid)), (message) => same<typeof message, Pid<any>[][]>(true));
on(P.array(["pair", P.number, isReply]), (message) => same<typeof message, ["pair", number, Reply][]>(true));
on(P.array({ id: P.number }), ([first]) => same<typeof first, { id: number } | undefined>(true));
on(P.or("inc", "dec"), (message) => same<typeof message, "inc" | "dec">(true));
on(P.or(P.number, ["n", P.bigint], isReply), (message) => same<typeof message, number | ["n", bigint] | Reply>(true));

// Guards: a type guard says the type; a plain one gives what it is declared to take.
on(isReply, (message) => same<typeof message, Reply>(true));
on(
  (message): message is Reply => typeof message === "object",
  (message) => same<typeof message, Reply>(true),
);
on(
  (message) => message.length > 3,
  (message) => same<typeof message, any>(true),
);
on(
  (message: number) => message > 3,
  (message) => same<typeof message, number>(true),
);
on(["reply", isReply, (n: number) => n > 3, (x) => x === 1], (message) =>
  same<typeof message, ["reply", Reply, number, any]>(true),
);
on({ body: (text): text is "a" | "b" => text.length === 1 }, ({ body }) => same<typeof body, "a" | "b">(true));
on(
  P.when((message): message is Reply => "id" in message),
  (message) => same<typeof message, Reply>(true),
);
on(
  P.when((n: number) => n > 0),
  (message) => same<typeof message, number>(true),
);
on(
  P.when((message) => message.ready),
  (message) => same<typeof message, any>(true),
);
on(
  P.when(["add", P.number], ([, n]) => n > 0),
  (message) => same<typeof message, ["add", number]>(true),
);
on(
  P.when(P.string, (text): text is "yes" | "no" => text === "yes" || text === "no"),
  (message) => same<typeof message, "yes" | "no">(true),
);
// @ts-expect-error the guard gets what the pattern matches: a number has no length
P.when(["add", P.number], ([, n]) => n.length > 0);
// @ts-expect-error a guard says yes or no
P.when(P.number, (n) => n);
// @ts-expect-error the second argument is a guard
P.when(P.number, 3);
// @ts-expect-error a promise is always true
P.when(async (n: number) => n > 3);

// Classes match their instances.
on(Deposit, (message) => same<typeof message, Deposit>(true));
on(Shape, (message) => same<typeof message, Shape>(true));
on(["failed", RangeError], ([, reason]) => same<typeof reason, RangeError>(true));

// Patterns that come from elsewhere.
on(anything, (message) => same<typeof message, any>(true));
same<Matched<typeof unknown>, unknown>(true);
same<Matched<any>, any>(true);
same<Matched<"a" | Pattern<number>>, "a" | number>(true);

// The clause's function: its parameter is the match, its result the clause's.
on(["add", P.number], ([, n]) => n.toFixed(2));
// @ts-expect-error a number has no length
on(["add", P.number], ([, n]) => n.length);
// @ts-expect-error there are two elements
on(["add", P.number], ([, , third]) => third);
// @ts-expect-error the function wants a string
on(["add", P.number], ([, n]: [string, string]) => n);
// @ts-expect-error the match has no such property
on({ type: "circle" }, (message) => message.radius);
// @ts-expect-error a clause needs a function
on("ping");
// @ts-expect-error
on("ping", "pong");
const clause = on(["add", P.number], ([, n]) => n > 1);
same<typeof clause, Clause<boolean, ["add", number]>>(true);
same<ReturnType<typeof after<"late">>, Clause<"late">>(true);
// @ts-expect-error only P makes patterns
const forged: Pattern<number> = { test: () => true };
void forged;
// @ts-expect-error there is no such pattern
P.integer;

// A pattern of strings is one of anything, not the other way round.
const wide: Pattern<unknown> = P.string;
// @ts-expect-error
const narrow: Pattern<string> = wide;
void narrow;

// In receive, the clauses' results add up.
export function* inReceive(self: Self<"ping" | ["add", number] | Reply>) {
  const result = yield* self.receive(
    on("ping", () => "pong" as const),
    on(["add", P.number], ([, n]) => n),
    on(isReply, (reply) => reply.body.length > 0),
    after(5000, () => null),
  );
  same<typeof result, "pong" | number | boolean | null>(true);
  // @ts-expect-error a pattern alone is no clause
  yield* self.receive(P.number);
  // @ts-expect-error clauses come one by one
  yield* self.receive([on("ping", () => 1)]);
}
