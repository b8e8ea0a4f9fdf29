// biome-ignore-all lint/suspicious/noExplicitAny: it is one of the types that are tested
// A pid is typed by what its process takes, and contravariant in it.
import {
  isAlive,
  link,
  monitor,
  type NodeName,
  type Pid,
  processInfo,
  type Ref,
  type Self,
  type self,
  send,
  sendAfter,
  whereis,
} from "../../src/index.ts";
import { same } from "./same.ts";

declare const takesA: Pid<"a">;
declare const takesAB: Pid<"a" | "b">;
declare const takesAnything: Pid<unknown>;
declare const takesNothing: Pid<never>;
declare const untyped: Pid<any>;
declare const ref: Ref;

// A process that takes more may stand for one that takes less.
const narrowed: Pid<"a"> = takesAB;
const fromAnything: Pid<"a"> = takesAnything;
const leastOfAll: Pid = takesA;
const fromUntyped: Pid<"a"> = untyped;
const toUntyped: Pid<any> = takesA;
void [narrowed, fromAnything, leastOfAll, fromUntyped, toUntyped];

// @ts-expect-error one that takes "a" may not be sent "b"
const widened: Pid<"a" | "b"> = takesA;
// @ts-expect-error nor anything at all
const widenedToAll: Pid<unknown> = takesA;
// @ts-expect-error what a bare Pid takes is not known
const fromBare: Pid<"a"> = takesNothing;
void [widened, widenedToAll, fromBare];

// Replies turn the direction round: who asks for less of the asker may be asked by more.
declare const answersA: Pid<["ask", Pid<"a">]>;
declare const answersAB: Pid<["ask", Pid<"a" | "b">]>;
const covariant: Pid<["ask", Pid<"a" | "b">]> = answersA;
// @ts-expect-error this one may answer "b", too
const wrongWay: Pid<["ask", Pid<"a">]> = answersAB;
void [covariant, wrongWay];

// Self is as its pid: neither narrower nor wider.
declare const selfAB: Self<"a" | "b">;
declare const selfA: Self<"a">;
const ownPid: Pid<"a"> = selfAB.pid;
// @ts-expect-error a process that takes only "a" may get "b" through this view
const selfWidened: Self<"a" | "b"> = selfA;
// @ts-expect-error its receive would promise only "a"
const selfNarrowed: Self<"a"> = selfAB;
void [ownPid, selfWidened, selfNarrowed];

// Nothing else is a pid, though all JavaScript values have a toString.
// @ts-expect-error
const fromString: Pid = "count";
// @ts-expect-error
const fromNumber: Pid = 1;
// @ts-expect-error
const fromRef: Pid = ref;
// @ts-expect-error
const fromObject: Pid = {};
// @ts-expect-error
const fromName: Pid = ["count", "nonode@nohost"];
void [fromString, fromNumber, fromRef, fromObject, fromName];
// @ts-expect-error only a pid can be linked
link("count");
// @ts-expect-error a name is no process
isAlive("count");
// @ts-expect-error
processInfo(ref);
// @ts-expect-error no timer for a reference
sendAfter(ref, "late", 10);
monitor("count");
monitor(["count", "nonode@nohost"]);
// @ts-expect-error a monitor is no target
monitor(ref);

// send: the message is checked against the pid, never the other way round.
send(takesAB, "b");
// @ts-expect-error
send(takesA, "b");
// @ts-expect-error nothing may be sent where nothing is known to be taken
send(takesNothing, "a");
send(untyped, { whatever: 1 });
send(takesAnything, Symbol());
same<ReturnType<typeof self>, Pid<any>>(true);

declare const takesShapes: Pid<{ type: "circle"; radius: number } | { type: "square"; side: number }>;
send(takesShapes, { type: "circle", radius: 1 });
// @ts-expect-error a square has no radius
send(takesShapes, { type: "square", radius: 1 });
// @ts-expect-error one property too many
send(takesShapes, { type: "square", side: 1, radius: 1 });

const sent = send(takesAB, "a");
const staysUnion: "a" | "b" = sent;
void staysUnion;
const sentByName = send("count", "inc");
same<typeof sentByName, "inc">(true);
const node: NodeName = ["count", "nonode@nohost"];
const sentToNode = send(node, 13);
same<typeof sentToNode, 13>(true);
send(ref, ["reply", 1]);
// @ts-expect-error a list of names is no destination
send(["a", "b", "c"], 1);
// @ts-expect-error neither is a number
send(7, 1);
// @ts-expect-error one destination, one message
send(takesA);

const found = whereis("count");
same<typeof found, Pid<any> | undefined>(true);
// @ts-expect-error nobody may have that name
send(found, "inc");
