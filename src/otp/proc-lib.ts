import {
  after,
  ExitError,
  exit,
  type Op,
  type Overflow,
  on,
  P,
  type Pid,
  type Priority,
  type Ref,
  type Self,
  type SpawnOptions,
} from "../kernel.ts";
import { checkName, isVia, resolve, type ServerName } from "./name.ts";
import { type Acting, type Actor, operation, pidOf, runtimeOf, type Steps } from "./operation.ts";
import { checkTimeout } from "./timeout.ts";

/** Options of whatever starts a process of OTP. */
export interface StartOptions extends Acting {
  /** What it is called; the start fails with `["already_started", pid]` when the name is taken. */
  readonly name?: ServerName;
  /** ms that `init` may take, default Infinity. Then the process is killed, and the start fails with `"timeout"`. */
  readonly timeout?: number;
  /** Default `"normal"`. */
  readonly priority?: Priority;
  /** Bounds the mailbox, as `spawnOpt` does. */
  readonly mailbox?: { readonly limit: number; readonly overflow?: Overflow };
}

/** The errors of starts that failed: a supervisor has to tell them from an `exit` in a start function. */
const failedStarts = /* @__PURE__ */ new WeakSet<object>();

function failedStart(reason: unknown): ExitError {
  const error = new ExitError(reason);
  failedStarts.add(error);
  return error;
}

/** Whether `error` is that of a start that failed. */
export function isFailedStart(error: unknown): error is ExitError {
  return failedStarts.has(error as object);
}

/** Whether the process is linked to, or monitored by, who starts it. */
export type How = "start" | "startLink" | "startMonitor";

const STARTED = "started";
const FAILED = "failed";
const IGNORED = "ignored";
type Outcome = readonly [typeof STARTED] | readonly [typeof IGNORED] | readonly [typeof FAILED, reason: unknown];

/** A process that is being started, as it and its starter see it. Source: OTP's `proc_lib:init_ack`. */
export class Starting {
  readonly name: ServerName | undefined;
  /** Who starts it. */
  readonly parent: Pid<any>;
  readonly isLinked: boolean;
  /** What it is, in its dictionary. */
  readonly initialCall: string;
  readonly ancestors: readonly unknown[];
  /** What the outcome is sent to, once somebody waits. */
  private ack: Ref | undefined;
  private outcome: Outcome | undefined;

  constructor(name: ServerName | undefined, actor: Actor, isLinked: boolean, initialCall: string) {
    this.name = name;
    this.parent = pidOf(actor);
    this.isLinked = isLinked;
    this.initialCall = initialCall;
    const theirs = actor.get("$ancestors");
    const own = runtimeOf(actor).processInfo(this.parent, "registeredName") ?? this.parent;
    this.ancestors = Array.isArray(theirs) ? [own, ...theirs] : [own];
  }

  /** Tells the starter that the process is ready. */
  started(): void {
    this.tell([STARTED]);
  }

  /** Tells the starter that there is nothing to start, and ends the process. */
  ignored(): never {
    this.tell([IGNORED]);
    return exit("normal");
  }

  /** Tells the starter that the start has failed, and ends the process. */
  failed(reason: unknown): never {
    this.tell([FAILED, reason]);
    return exit(reason);
  }

  private tell(outcome: Outcome): void {
    this.outcome = outcome;
    const { ack } = this;
    if (ack !== undefined) ack.runtime.send(ack, [ack, outcome]);
  }

  /** The process's own first steps. */
  begin(self: Self<any>): void {
    self.put("$ancestors", this.ancestors);
    self.put("$initial_call", this.initialCall);
    const { name } = this;
    if (!isVia(name) || name[1].registerName(name[2], self.pid)) return;
    this.tell([FAILED, ["already_started", name[1].whereisName(name[2])]]);
    exit("normal");
  }

  /** Waits until the process has told how it started. Whether it is ready, and not to be ignored; throws when it failed. */
  *wait(self: Self<any>, pid: Pid<any>, timeout: number): Steps<boolean> {
    let { outcome } = this;
    if (outcome === undefined) {
      const ref = self.monitor(pid, { alias: "replyDemonitor" });
      this.ack = ref;
      outcome = (yield* self.receive(
        on([ref, P._], (message) => message[1] as Outcome),
        on(["DOWN", ref, P._, P._, P._], (message): Outcome => [FAILED, message[4]]),
        after(timeout, () => undefined),
      )) as Outcome | undefined;
      if (outcome === undefined) {
        self.demonitor(ref, { flush: true });
        self.unlink(pid);
        self.exit(pid, "kill");
        outcome = [FAILED, "timeout"];
      }
    }
    if (outcome[0] === FAILED) throw failedStart(outcome[1]);
    return outcome[0] === STARTED;
  }
}

/** What a process of OTP runs: it calls `starting.begin(self)` first, and tells how it started. */
export type Behaviour<A extends readonly unknown[]> = (
  self: Self<any>,
  starting: Starting,
  ...args: A
) => Steps<unknown>;

interface Started {
  readonly actor: Actor;
  readonly pid: Pid<any>;
  readonly ref: Ref | undefined;
  readonly starting: Starting;
}

/**
 * Starts a process that tells when it is ready, and gives its pid then; `"ignore"` when it is not to be started; `[pid, ref]` by `"startMonitor"`.
 *
 * *Throws* `ExitError`, with the reason of the failure. A linked starter that doesn't trap exits gets that as an exit signal, too, as in Erlang.
 * Source: OTP's `proc_lib:start_link` and `gen:start`.
 */
export function start<A extends readonly unknown[]>(
  how: How,
  what: string,
  body: Behaviour<A>,
  args: A,
  options: StartOptions,
): Op<any> {
  const { name, timeout, priority, mailbox } = options;
  const patience = timeout === undefined ? Number.POSITIVE_INFINITY : checkTimeout(timeout, what);
  if (name !== undefined) checkName(name, what);
  return operation(
    options.as,
    function* (self, { actor, pid, ref, starting }: Started) {
      let ready = false;
      try {
        ready = yield* starting.wait(self, pid, patience);
      } finally {
        if (!ready && ref !== undefined) actor.demonitor(ref, { flush: true });
      }
      if (!ready) return "ignore";
      return ref === undefined ? pid : [pid, ref];
    },
    (actor): Started => {
      if (name !== undefined) {
        const holder = resolve(name, runtimeOf(actor));
        if (holder) throw failedStart(["already_started", holder]);
      }
      const starting = new Starting(name, actor, how === "startLink", what);
      const spawned: SpawnOptions = {
        args: [starting, ...args],
        link: how === "startLink",
        ...(typeof name === "string" && { name }),
        ...(priority !== undefined && { priority }),
        ...(mailbox !== undefined && { mailbox }),
      };
      const pid = actor.spawnOpt(body as never, spawned as never) as unknown as Pid<unknown>;
      return { actor, pid, ref: how === "startMonitor" ? actor.monitor(pid) : undefined, starting };
    },
  );
}
