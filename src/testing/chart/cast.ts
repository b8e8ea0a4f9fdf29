import type { EventPid, RunEvent } from "../event.ts";

/** A process of a run, or the host: a pid, or `""`. */
export type Key = EventPid | typeof HOST;

/** What spawns without being a process, and sends without being one. */
export const HOST = "";

/** Who takes part in a run. */
export interface Actor {
  readonly key: Key;
  /** The name it was registered with, that of its body, or its pid. Two may have the same. */
  readonly label: string;
  /** Says which one is meant: the label, with the pid if others have the same. */
  readonly name: string;
  readonly body: string;
  /** Index of the event that spawned it; undefined when it was there before. */
  readonly born: number | undefined;
  /** Index of the event of its end, and the reason. */
  readonly died: number | undefined;
  readonly reason: string | undefined;
}

/** Who of a run's participants an event names. Whoever acts stands first. */
export function participants(event: RunEvent): Key[] {
  switch (event.kind) {
    case "spawn":
      return [event.parent ?? HOST, event.pid];
    case "send":
      return [event.from ?? HOST, event.to];
    case "deliver":
      return [event.to];
    case "link":
    case "monitor":
    case "signal":
    case "call":
      return [event.from, event.to];
    case "report":
    case "failure":
      return event.pid === undefined ? [] : [event.pid];
    default:
      return [event.pid];
  }
}

/** Those who take part in a run, in the order in which they first appear. */
export function castOf(events: readonly RunEvent[]): Map<Key, Actor> {
  const found = new Map<Key, { -readonly [K in keyof Actor]: Actor[K] }>();
  for (const [index, event] of events.entries()) {
    for (const key of participants(event)) {
      if (found.has(key)) continue;
      const label = key === HOST ? "host" : key;
      found.set(key, { key, label, name: label, body: "", born: undefined, died: undefined, reason: undefined });
    }
    if (event.kind === "spawn") {
      const actor = found.get(event.pid);
      if (actor === undefined) continue;
      actor.born = index;
      actor.body = event.body;
      if (actor.label === actor.key && event.body !== "") actor.label = event.body;
    } else if (event.kind === "register") {
      const actor = found.get(event.pid);
      // The first name stays: a lane has one head.
      if (actor !== undefined && (actor.label === actor.key || actor.label === actor.body)) actor.label = event.name;
    } else if (event.kind === "exit") {
      const actor = found.get(event.pid);
      if (actor === undefined) continue;
      actor.died = index;
      actor.reason = event.reason;
    }
  }
  const bearers = new Map<string, number>();
  for (const { label } of found.values()) bearers.set(label, (bearers.get(label) ?? 0) + 1);
  for (const actor of found.values()) {
    const alone = bearers.get(actor.label) === 1 || actor.label === actor.key;
    actor.name = alone ? actor.label : `${actor.label}<${shortPid(actor.key)}>`;
  }
  return found;
}

/** `0.5.0`, of `#PID<0.5.0>`. */
export function shortPid(key: Key): string {
  return /^#PID<([\d.]+)>$/.exec(key)?.[1] ?? key;
}

/** What ended a run: who failed, and how. */
export function failureText(event: RunEvent & { readonly kind: "failure" }, cast: ReadonlyMap<Key, Actor>): string {
  if (event.pid === undefined) return event.text;
  const { label, name } = cast.get(event.pid) ?? { label: event.pid, name: event.pid };
  // It may say so itself.
  return `${name}: ${event.text.startsWith(`${label}: `) ? event.text.slice(label.length + 2) : event.text}`;
}
