import {
  after,
  ExitError,
  exit,
  type Op,
  type Overflow,
  type Pid,
  type Priority,
  type Ref,
  type Self,
  type SpawnOptions,
} from "../kernel.ts";
import { Inquiry, REPLY_DEMONITOR } from "./inquiry.ts";
import { checkName, isVia, resolve, type ServerName } from "./name.ts";
import { type Acting, type Actor, pidOf, runtimeOf, type Steps } from "./operation.ts";
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

const READY: Outcome = [STARTED];

/** A process that is being started, as it and its starter see it. Source: OTP's `proc_lib:init_ack`. */
export class Starting<A = unknown> {
  readonly name: ServerName | undefined;
  /** Who starts it. */
  readonly parent: Pid<any>;
  readonly isLinked: boolean;
  /** What it is, in its dictionary. */
  private readonly initialCall: string;
  private readonly ancestors: readonly unknown[];
  /** What its body is given. */
  readonly args: A;
  private readonly actor: Actor;
  pid: Pid<any> | undefined = undefined;
  /** The monitor that the starter has asked for. */
  monitor: Ref | undefined = undefined;
  /** What the outcome is sent to, once somebody waits. */
  ack: Ref | undefined = undefined;
  outcome: Outcome | undefined = undefined;

  constructor(name: ServerName | undefined, actor: Actor, isLinked: boolean, initialCall: string, args: A) {
    this.name = name;
    this.actor = actor;
    this.parent = pidOf(actor);
    this.isLinked = isLinked;
    this.initialCall = initialCall;
    this.ancestors = ancestorsOf(actor, this.parent);
    this.args = args;
  }

  /** Tells the starter that the process is ready. */
  started(): void {
    this.tell(READY);
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

  /** What the starter gets. `message`: the outcome or the process's end, as it was sent to `ack`; undefined when nothing came in time. */
  result(message: readonly unknown[] | undefined, self: Self<any>, ack: Ref | undefined): unknown {
    const { actor, monitor } = this;
    const pid = this.pid as Pid<any>;
    const outcome = outcomeOf(message) ?? this.outcome;
    const isReady = outcome?.[0] === STARTED;
    if (!isReady && monitor !== undefined) actor.demonitor(monitor, { flush: true });
    if (outcome === undefined) {
      self.demonitor(ack as Ref, { flush: true });
      self.unlink(pid);
      self.exit(pid, "kill");
      throw failedStart("timeout");
    }
    if (outcome[0] === FAILED) throw failedStart(outcome[1]);
    return isReady ? (monitor === undefined ? pid : [pid, monitor]) : "ignore";
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
}

let lastAncestors: readonly unknown[] = [];
let lastOfParent: unknown;

/** The starter's name or pid, and its own ancestors. All that one process starts share one list. */
function ancestorsOf(actor: Actor, parent: Pid<any>): readonly unknown[] {
  const theirs = actor.get("$ancestors");
  const own = runtimeOf(actor).processInfo(parent, "registeredName") ?? parent;
  if (own !== lastAncestors[0] || theirs !== lastOfParent) {
    lastOfParent = theirs;
    lastAncestors = Array.isArray(theirs) ? [own, ...theirs] : [own];
  }
  return lastAncestors;
}

/** What a process of OTP runs: it calls `starting.begin(self)` first, and tells how it started. */
export type Behaviour<A> = (self: Self<any>, starting: Starting<A>) => Steps<unknown>;

const NEVER = /* @__PURE__ */ after(Number.POSITIVE_INFINITY);

/** A start. */
class Start extends Inquiry<any, Starting> {
  private readonly how: How;
  private readonly what: string;
  private readonly body: Behaviour<any>;
  private readonly args: unknown;
  private readonly options: StartOptions;
  private readonly patience: number;
  private starting: Starting | undefined = undefined;

  constructor(how: How, what: string, body: Behaviour<any>, args: unknown, options: StartOptions, patience: number) {
    super(options.as);
    this.how = how;
    this.what = what;
    this.body = body;
    this.args = args;
    this.options = options;
    this.patience = patience;
  }

  protected override prepare(actor: Actor): Starting {
    const { how, body } = this;
    const { name, priority, mailbox } = this.options;
    if (name !== undefined) {
      const holder = resolve(name, runtimeOf(actor));
      if (holder) throw failedStart(["already_started", holder]);
    }
    const link = how === "startLink";
    const starting = new Starting(name, actor, link, this.what, this.args);
    const isPlain = typeof name !== "string" && priority === undefined && mailbox === undefined;
    if (isPlain && link) starting.pid = actor.spawnLink(body, starting);
    else {
      const spawned: SpawnOptions = {
        args: [starting],
        link,
        ...(typeof name === "string" && { name }),
        ...(priority !== undefined && { priority }),
        ...(mailbox !== undefined && { mailbox }),
      };
      starting.pid = actor.spawnOpt(body as never, spawned as never) as unknown as Pid<unknown>;
    }
    if (how === "startMonitor") starting.monitor = actor.monitor(starting.pid);
    return starting;
  }

  protected override steps(self: Self<any>, starting: Starting): this {
    const { patience } = this;
    this.starting = starting;
    if (starting.outcome === undefined) starting.ack = self.monitor(starting.pid as Pid<any>, REPLY_DEMONITOR);
    return this.begin(self, starting.ack, patience === Number.POSITIVE_INFINITY ? NEVER : after(patience));
  }

  protected override answered(message: readonly unknown[] | undefined, self: Self<any>, ack: Ref | undefined): unknown {
    return (this.starting as Starting).result(message, self, ack);
  }
}

function outcomeOf(message: readonly unknown[] | undefined): Outcome | undefined {
  if (message === undefined) return undefined;
  return message.length === 2 ? (message[1] as Outcome) : [FAILED, message[4]];
}

/**
 * Starts a process that tells when it is ready, and gives its pid then; `"ignore"` when it is not to be started; `[pid, ref]` by `"startMonitor"`.
 *
 * *Throws* `ExitError`, with the reason of the failure. A linked starter that doesn't trap exits gets that as an exit signal, too, as in Erlang.
 * Source: OTP's `proc_lib:start_link` and `gen:start`.
 */
export function start<const A>(
  how: How,
  what: string,
  body: Behaviour<A>,
  args: NoInfer<A>,
  options: StartOptions,
): Op<any> {
  const { name, timeout } = options;
  const patience = timeout === undefined ? Number.POSITIVE_INFINITY : checkTimeout(timeout, what);
  if (name !== undefined) checkName(name, what);
  return new Start(how, what, body, args, options, patience);
}
