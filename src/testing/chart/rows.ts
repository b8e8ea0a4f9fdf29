import type { RunEvent } from "../event.ts";
import { type Actor, HOST, type Key, participants } from "./cast.ts";

/** What a row is drawn as. */
export type RowKind =
  | "spawn"
  | "run"
  | "send"
  | "arrive"
  | "take"
  | "name"
  | "tie"
  | "signal"
  | "exit"
  | "timer"
  | "call"
  | "report";

/** One line of a chart: an event, or several that tell one thing. */
export interface Row {
  readonly kind: RowKind;
  readonly event: RunEvent;
  /** Index of the event. */
  readonly index: number;
  /** The one it happens to; where an arrow begins. */
  readonly at: Key;
  /** Where the arrow ends. */
  readonly to?: Key | undefined;
  /** Whose slice it is. */
  readonly running?: Key | undefined;
  /** What happened, in three parts: the middle is what may be cut. Not made printable yet. */
  readonly lead: string;
  readonly body: string;
  readonly tail: string;
  /** Whether what is sent arrives with this row, in a later one, or never: whom it is for is dead. */
  readonly arrives: "now" | "later" | "never";
  /** Number of the message, where there is one. */
  readonly id?: number | undefined;
}

/** Events that happen around slices, and not in them. */
const AROUND: ReadonlySet<RunEvent["kind"] | undefined> = new Set(["timer", "deliver"]);

/** The rows of a run. What ended it is not among them: it stands below. */
export function rowsOf(events: readonly RunEvent[], cast: ReadonlyMap<Key, Actor>): Row[] {
  const name = (key: Key) => cast.get(key)?.name ?? key;
  const letters = lettersOf(events);
  const rows: Row[] = [];
  const short = shortener();
  let running: Key | undefined;

  for (const [index, event] of events.entries()) {
    // Not of the slice that it falls into.
    const outside = { running: undefined };
    const [at = HOST, to] = participants(event);
    const add = (kind: RowKind, lead: string, body = "", tail = "", more: Partial<Row> = {}) =>
      rows.push({ kind, event, index, at, to, running, lead, body, tail, arrives: "now", ...more });

    switch (event.kind) {
      case "run": {
        running = event.pid;
        // A slice shows by what happens in it; one without anything has a row of its own.
        if (isEmpty(events, index)) add("run", "runs");
        break;
      }
      case "spawn": {
        const actor = cast.get(event.pid);
        const pid = actor?.name === actor?.label && actor?.label !== event.pid ? ` ${event.pid}` : "";
        const named = event.body !== "" && actor?.label !== event.body && actor?.label !== event.pid;
        add(
          "spawn",
          at === HOST ? "the host spawns " : "spawns ",
          name(event.pid),
          pid + (named ? ` (${event.body})` : ""),
        );
        break;
      }
      case "send": {
        const gone = dead(cast.get(event.to), index);
        const arrives = gone ? "never" : letters.get(event.id)?.arrives === "when sent" ? "now" : "later";
        add(
          "send",
          at === HOST ? "from the host: " : "",
          short(event.message),
          gone ? `, but ${name(event.to)} is dead` : "",
          { arrives, id: event.id },
        );
        break;
      }
      case "deliver":
        if (letters.get(event.id)?.arrives !== "later") break;
        add("arrive", "", short(event.message), ` arrives${origin(event.id)}`, { id: event.id, ...outside });
        break;
      case "receive":
        add("take", "takes ", short(event.message), origin(event.id), { id: event.id });
        break;
      case "register":
        add("name", "registers as ", event.name);
        break;
      case "link":
        add("tie", "links to ", name(event.to));
        break;
      case "monitor":
        add("tie", "monitors ", name(event.to));
        break;
      case "signal":
        add("signal", "exit signal ", event.reason, "", {
          arrives: dead(cast.get(event.to), index) ? "never" : "now",
        });
        break;
      case "exit":
        add("exit", "exits: ", event.reason);
        // What else its end brings about is not of its slice.
        if (running === event.pid) running = undefined;
        break;
      case "timer":
        if (event.message === undefined) add("timer", "its time is over", "", "", outside);
        else add("timer", "timer: ", short(event.message), "", { id: event.id, ...outside });
        break;
      case "call":
        add("call", "calls ", event.request);
        break;
      case "report":
        add(
          "report",
          "report: ",
          event.text.replace(CLOCK, "").replaceAll(/\s*\n\s*/g, " "),
          "",
          event.pid === undefined ? { at: running ?? HOST } : {},
        );
        break;
      case "failure":
        break;
    }
  }
  return rows;

  /** Who sent a message; not when the row above has just said so. */
  function origin(id: number): string {
    const from = letters.get(id)?.from;
    return from === undefined || rows.at(-1)?.id === id ? "" : ` (from ${from === HOST ? "the host" : name(from)})`;
  }
}

/** What the console's report begins with. The chart has the time of its own run. */
const CLOCK = /^\d\d:\d\d:\d\d\.\d+ \[\w+\] /;

/** Whether nothing happens in the slice that begins at `index`. */
function isEmpty(events: readonly RunEvent[], index: number): boolean {
  let next = index + 1;
  while (AROUND.has(events[next]?.kind)) next++;
  const event = events[next];
  if (event === undefined || event.kind === "run" || event.kind === "failure") return true;
  return participants(event)[0] !== participants(events[index] as RunEvent)[0];
}

/** Writes the messages of servers as what they are to those who use them: calls, casts and replies. */
function shortener(): (message: string) => string {
  const calls = new Set<string>();
  return (message) => {
    const [, ref, request] = /^\["\$gen_call", \[#PID<[\d.]+>, (#Reference<[\d.]+>)\], (.*)\]$/s.exec(message) ?? [];
    if (ref !== undefined) {
      calls.add(ref);
      return `call ${request}`;
    }
    const [, cast] = /^\["\$gen_cast", (.*)\]$/s.exec(message) ?? [];
    if (cast !== undefined) return `cast ${cast}`;
    const [, answered, answer] = /^\[(#Reference<[\d.]+>), (.*)\]$/s.exec(message) ?? [];
    return answered !== undefined && calls.has(answered) ? `reply ${answer}` : message;
  };
}

/** Whether it is an end, or a request for one, that nobody needs to worry about. */
export function isCalm({ kind, body }: Row): boolean {
  return (kind === "exit" || kind === "signal") && /^"?(normal|shutdown)"?$/.test(body);
}

function dead(actor: Actor | undefined, index: number): boolean {
  return actor?.died !== undefined && actor.died < index;
}

/** What is known of a message. */
interface Letter {
  readonly from: Key | undefined;
  readonly index: number;
  readonly arrives: "when sent" | "when taken" | "later";
}

function lettersOf(events: readonly RunEvent[]): Map<number, Letter> {
  const letters = new Map<number, Letter>();
  for (const [index, event] of events.entries()) {
    if (event.kind === "send") {
      letters.set(event.id, { from: event.from ?? HOST, index, arrives: "when sent" });
    } else if (event.kind === "timer" && event.id !== undefined) {
      letters.set(event.id, { from: undefined, index, arrives: "when sent" });
    } else if (event.kind === "deliver") {
      let next = index + 1;
      while (events[next]?.kind === "run") next++;
      const then = events[next];
      const taken = then?.kind === "receive" && then.id === event.id;
      const letter = letters.get(event.id);
      const atOnce = letter !== undefined && !between(events, letter.index, index);
      const arrives = atOnce ? "when sent" : taken ? "when taken" : "later";
      letters.set(event.id, { from: letter?.from, index: letter?.index ?? index, arrives });
    }
  }
  return letters;
}

/** Whether something happens from the sending of a message to its arrival that its receiver could tell from an arrival at once. */
function between(events: readonly RunEvent[], sent: number, arrived: number): boolean {
  const arrival = events[arrived] as RunEvent & { kind: "deliver" };
  if (events[sent]?.step !== arrival.step) return true;
  const overtaken = new Set<number>();
  for (const event of events.slice(sent + 1, arrived)) {
    if (event.kind === "send" || event.kind === "timer") overtaken.add(event.id ?? -1);
    if (event.kind === "deliver" && event.to === arrival.to && overtaken.has(event.id)) return true;
    if (["run", "receive", "exit"].includes(event.kind) && participants(event)[0] === arrival.to) return true;
  }
  return false;
}
