import type { RunEvent } from "../../testing/event.ts";
import type { PidText, TraceKind } from "../protocol.ts";

/** The kinds that can be chosen, in the order in which they are offered. */
export const TRACED: readonly TraceKind[] = ["send", "receive", "spawn", "exit", "link", "call"];

/** An event as list and chart show it: who did it, to whom, and what. */
export interface Told {
  readonly kind: string;
  /** How it is coloured: as one of the kinds that can be chosen, or as none. */
  readonly color: string;
  readonly from: PidText | undefined;
  readonly to: PidText | undefined;
  readonly text: string;
}

/** A message without what OTP wraps it in: `["$gen_cast", "inc"]` is `cast "inc"`. It may have been cut. */
function plain(message: string): string {
  const [, kind, request] = /^\["\$gen_(cast|call)", (?:\[[^\]]*\], )?(.*?)\]?$/s.exec(message) ?? [];
  return kind === undefined ? message : `${kind} ${request}`;
}

/** What an event says. The host has no pid. */
export function tell(event: RunEvent): Told {
  const told = (
    from: PidText | undefined,
    to: PidText | undefined,
    text: string,
    color: string = event.kind,
  ): Told => ({
    kind: event.kind,
    color,
    from,
    to,
    text,
  });
  switch (event.kind) {
    case "spawn":
      return told(event.parent, event.pid, event.body);
    case "send":
      return told(event.from, event.to, plain(event.message));
    case "deliver":
      return told(undefined, event.to, plain(event.message), "receive");
    case "receive":
      return told(event.pid, undefined, plain(event.message));
    case "link":
    case "monitor":
      return told(event.from, event.to, "", "link");
    case "signal":
      return told(event.from, event.to, event.reason, "exit");
    case "exit":
      return told(event.pid, undefined, event.reason);
    case "call":
      return told(event.from, event.to, event.request);
    case "register":
      return told(event.pid, undefined, event.name);
    case "timer":
      return told(event.pid, undefined, event.message ?? "timeout", "");
    case "run":
      return told(event.pid, undefined, "");
    default:
      return told(event.pid, undefined, event.text, "exit");
  }
}
