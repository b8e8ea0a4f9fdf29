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
  type Suspend,
} from "../kernel.ts";
import { checkName, isVia, resolve, type ServerName } from "./name.ts";
import { type Acting, type Actor, Procedure, pidOf, runtimeOf, type Steps } from "./operation.ts";
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

  /** The process's own first steps. */
  begin(self: Self<any>): void {
    self.put("$ancestors", this.ancestors);
    self.put("$initial_call", this.initialCall);
    const { name } = this;
    if (!isVia(name) || name[1].registerName(name[2], self.pid)) return;
    this.tell([FAILED, ["already_started", name[1].whereisName(name[2])]]);
    exit("normal");
  }

  /** Waits for the outcome: the operation that does, unless it is known. */
  waiting(
    self: Self<any>,
    pid: Pid<any>,
    timeout: number,
  ): Iterator<Suspend, Outcome | undefined, unknown> | undefined {
    if (this.outcome !== undefined) return undefined;
    const ref = self.monitor(pid, REPLY_DEMONITOR);
    this.ack = ref;
    const told = on([ref, P._], toldOutcome);
    const down = on(["DOWN", ref, P._, P._, P._], diedOutcome);
    const receive =
      timeout === Number.POSITIVE_INFINITY
        ? self.receive(told, down)
        : self.receive(told, down, after<undefined>(timeout));
    return receive[Symbol.iterator]();
  }

  /** Whether the process is ready, and not to be ignored; throws when the start failed. `outcome` is undefined when there was none in time. */
  isReady(self: Self<any>, pid: Pid<any>, outcome: Outcome | undefined): boolean {
    if (outcome === undefined) {
      self.demonitor(this.ack as Ref, { flush: true });
      self.unlink(pid);
      self.exit(pid, "kill");
      throw failedStart("timeout");
    }
    if (outcome[0] === FAILED) throw failedStart(outcome[1]);
    return outcome[0] === STARTED;
  }

  get known(): Outcome | undefined {
    return this.outcome;
  }
}

const REPLY_DEMONITOR = { alias: "replyDemonitor" } as const;
const toldOutcome = (message: readonly [Ref, unknown]): Outcome => message[1] as Outcome;
const diedOutcome = (message: readonly unknown[]): Outcome => [FAILED, message[4]];

/** What a process of OTP runs: it calls `starting.begin(self)` first, and tells how it started. */
export type Behaviour<A extends readonly unknown[]> = (
  self: Self<any>,
  starting: Starting,
  ...args: A
) => Steps<unknown>;

/** A process that has been spawned, and its monitor when the starter asked for one. */
interface Started {
  readonly actor: Actor;
  readonly pid: Pid<any>;
  readonly ref: Ref | undefined;
  readonly starting: Starting;
}

type Step = IteratorResult<Suspend, any>;

/** A start: the operation, and what `yield*` goes through in one. */
class Start extends Procedure<any, Started> {
  private readonly how: How;
  private readonly what: string;
  private readonly body: Behaviour<any>;
  private readonly args: readonly unknown[];
  private readonly options: StartOptions;
  private readonly patience: number;
  private started: Started | undefined;
  private self: Self<any> | undefined;
  private receive: Iterator<Suspend, Outcome | undefined, unknown> | undefined;

  constructor(
    how: How,
    what: string,
    body: Behaviour<any>,
    args: readonly unknown[],
    options: StartOptions,
    patience: number,
  ) {
    super(options.as);
    this.how = how;
    this.what = what;
    this.body = body;
    this.args = args;
    this.options = options;
    this.patience = patience;
  }

  protected override prepare(actor: Actor): Started {
    const { how, body, args } = this;
    const { name, priority, mailbox } = this.options;
    if (name !== undefined) {
      const holder = resolve(name, runtimeOf(actor));
      if (holder) throw failedStart(["already_started", holder]);
    }
    const starting = new Starting(name, actor, how === "startLink", this.what);
    const isPlain = typeof name !== "string" && priority === undefined && mailbox === undefined;
    let pid: Pid<any>;
    if (isPlain && how === "startLink") pid = actor.spawnLink(body as never, ...([starting, ...args] as never));
    else {
      const spawned: SpawnOptions = {
        args: [starting, ...args],
        link: how === "startLink",
        ...(typeof name === "string" && { name }),
        ...(priority !== undefined && { priority }),
        ...(mailbox !== undefined && { mailbox }),
      };
      pid = actor.spawnOpt(body as never, spawned as never) as unknown as Pid<unknown>;
    }
    return { actor, pid, ref: how === "startMonitor" ? actor.monitor(pid) : undefined, starting };
  }

  protected override steps(self: Self<any>, started: Started): this {
    this.self = self;
    this.started = started;
    this.receive = started.starting.waiting(self, started.pid, this.patience);
    return this;
  }

  /** Itself while it is under way, as every iterator does: asked anew, it starts another process. */
  override [Symbol.iterator](): Iterator<Suspend, any, unknown> {
    return this.self === undefined ? super[Symbol.iterator]() : this;
  }

  next(): Step {
    const { actor, pid, ref, starting } = this.started as Started;
    let outcome = starting.known;
    if (this.receive !== undefined) {
      const step = this.receive.next();
      if (step.done !== true) return step;
      outcome = step.value;
    }
    const self = this.self as Self<any>;
    this.self = undefined;
    let ready = false;
    try {
      ready = starting.isReady(self, pid, outcome);
    } finally {
      if (!ready && ref !== undefined) actor.demonitor(ref, { flush: true });
    }
    return { done: true, value: ready ? (ref === undefined ? pid : [pid, ref]) : "ignore" };
  }

  /** The body is closed while it waits here. */
  return(value: unknown): Step {
    this.receive?.return?.(value as never);
    return { done: true, value };
  }
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
  const { name, timeout } = options;
  const patience = timeout === undefined ? Number.POSITIVE_INFINITY : checkTimeout(timeout, what);
  if (name !== undefined) checkName(name, what);
  return new Start(how, what, body, args, options, patience);
}
