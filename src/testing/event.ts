/** Who an event is about: `#PID<0.N.0>`, as it prints. */
export type EventPid = string;

interface At {
  /** Counts the slices of the run, from 1; 0 before the first. */
  readonly step: number;
  /** The runtime's time in ms. */
  readonly time: number;
}

/** What happened in a run, in order: what a sequence chart shows, and what a trace file holds, one JSON object a line. */
export type RunEvent = At &
  (
    | {
        readonly kind: "spawn";
        readonly pid: EventPid;
        /** Undefined: the host. */
        readonly parent?: EventPid | undefined;
        /** The name of the body. */
        readonly body: string;
      }
    /** Its slice begins. */
    | { readonly kind: "run"; readonly pid: EventPid }
    | {
        readonly kind: "send";
        readonly from?: EventPid | undefined;
        readonly to: EventPid;
        /** As `inspect` shows it, cut to some length. */
        readonly message: string;
        /** The same number in its `deliver` and `receive`. */
        readonly id: number;
      }
    /** It has arrived in the mailbox. Without this event it arrived when it was sent. */
    | { readonly kind: "deliver"; readonly to: EventPid; readonly id: number; readonly message: string }
    | { readonly kind: "receive"; readonly pid: EventPid; readonly id: number; readonly message: string }
    | { readonly kind: "register"; readonly pid: EventPid; readonly name: string }
    | { readonly kind: "link" | "monitor"; readonly from: EventPid; readonly to: EventPid }
    /** An exit signal made by `exit(pid, reason)`. */
    | { readonly kind: "signal"; readonly from: EventPid; readonly to: EventPid; readonly reason: string }
    | { readonly kind: "exit"; readonly pid: EventPid; readonly reason: string }
    /** A timer has sent its message, or a receive's or sleep's time is over (no message). */
    | { readonly kind: "timer"; readonly pid: EventPid; readonly message?: string | undefined; readonly id?: number }
    /** A call of a server: from the request to its answer (`reason` when it failed). For traces of servers. */
    | { readonly kind: "call"; readonly from: EventPid; readonly to: EventPid; readonly request: string }
    | { readonly kind: "report"; readonly pid?: EventPid | undefined; readonly text: string }
    /** What ended the run. */
    | { readonly kind: "failure"; readonly pid?: EventPid | undefined; readonly text: string }
  );
