import type { Pattern } from "./pattern.ts";
import type { SupervisorScenario } from "./supervisor-scenario.ts";
import type { Term } from "./term.ts";

type Spawned = { readonly op: "spawn"; readonly as: string } & (
  | { readonly how?: "spawn" | "spawn_link" }
  | { readonly how: "spawn_monitor" | "spawn_link_monitor"; readonly ref: string }
);

type Timer = "send_after" | "start_timer";

export type InfoItem =
  | "links"
  | "monitors"
  | "monitored_by"
  | "registered_name"
  | "message_queue_len"
  | "messages"
  | "trap_exit"
  | "status";

/** What a puppet can be told to do. A `Term` that addresses is a pid, a name (a string) or an alias. */
export type Operation = { readonly catch?: boolean } & (
  | Spawned
  | { readonly op: "self" | "return" | "registered" | "drain" }
  | { readonly op: "send"; readonly to: Term; readonly msg: Term }
  | { readonly op: "link" | "unlink"; readonly to: Term }
  | {
      readonly op: "monitor";
      readonly to: Term;
      readonly ref: string;
      readonly alias?: "explicit_unalias" | "demonitor" | "reply_demonitor";
      readonly tag?: Term;
    }
  | { readonly op: "demonitor"; readonly ref: string; readonly opts?: readonly ("flush" | "info")[] }
  | { readonly op: "alias"; readonly ref: string; readonly mode?: "explicit_unalias" | "reply" }
  | { readonly op: "unalias" | "cancel_timer" | "read_timer"; readonly ref: string }
  | { readonly op: "trap_exit"; readonly value: boolean }
  | { readonly op: "exit" | "error"; readonly reason: Term }
  | { readonly op: "throw"; readonly value: Term }
  | { readonly op: "exit2"; readonly to: Term; readonly reason: Term }
  | { readonly op: "register"; readonly name: string; readonly pid: Term }
  | { readonly op: "unregister" | "whereis"; readonly name: string }
  | { readonly op: "receive"; readonly pat: Pattern; readonly after?: number }
  | { readonly op: "is_alive"; readonly pid: Term }
  | { readonly op: "process_info"; readonly pid: Term; readonly item: InfoItem }
  | { readonly op: Timer; readonly ms: number; readonly to: Term; readonly msg: Term; readonly ref: string }
  | { readonly op: "seq"; readonly ops: readonly Operation[] }
);

/** How an operation ended, or why it did not. */
export type Result =
  | { readonly ok: Term }
  | { readonly raise: readonly [kind: "error" | "exit" | "throw", reason: Term] }
  | { readonly seq: readonly Result[] }
  | { readonly died: true }
  | { readonly blocked: true }
  | { readonly skipped: "dead" | "blocked" };

/** An item of an expected mailbox: a message, or messages whose order Erlang leaves open. */
export type Expected = Term | { readonly any_order: readonly Term[] };

/** What is seen of a live process. */
export interface State {
  readonly messages: readonly Expected[];
  readonly links: readonly string[];
  readonly monitors: readonly string[];
  readonly monitored_by: readonly string[];
  readonly name: string | null;
  readonly trap_exit: boolean;
  readonly blocked: boolean;
}

/** The state that a corpus does not spell out, and so the state of a process just spawned. */
export const INITIAL: State = {
  messages: [],
  links: [],
  monitors: [],
  monitored_by: [],
  name: null,
  trap_exit: false,
  blocked: false,
};

export interface Expectation {
  readonly result?: Result;
  readonly completed?: Readonly<Record<string, Result>>;
  readonly deaths?: Readonly<Record<string, Term>>;
  readonly state?: Readonly<Record<string, Partial<State>>>;
}

/** What a step asks for: a puppet's operation, or the passing of `ms` milliseconds. */
export type Action = (Operation & { readonly by: string }) | { readonly op: "advance"; readonly ms: number };

export type Step = Action & { readonly expect: Expectation };

/** A small deterministic program over named processes, with what the BEAM showed after each of its steps. */
export interface Scenario {
  readonly id: string;
  readonly title?: string;
  readonly procs: readonly string[];
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

/** Of either part of the format. */
export type AnyScenario = Scenario | SupervisorScenario;

export function isForSupervisor(scenario: AnyScenario): scenario is SupervisorScenario {
  return "sup" in scenario;
}
