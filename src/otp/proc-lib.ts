import {
  after,
  type Clause,
  ExitError,
  exit,
  type Heir,
  type Inheritance,
  isAlive,
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
import { REPLY_DEMONITOR, receives } from "./inquiry.ts";
import { checkName, isVia, resolve, type ServerName } from "./name.ts";
import { type Acting, type Actor, Procedure, pidOf, runtimeOf, type Step, type Steps } from "./operation.ts";
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

/** The start that somebody waits for whose receive goes on now, the outcome or end that was found, and how many messages were passed over. */
let sought: Pid<any> | undefined;
let found: readonly unknown[] | undefined;
let passed = 0;

const take = (message: readonly unknown[]): void => {
  found = message;
};

/** Who traps exits hears of the end of what it starts, and needs no monitor: the outcome comes as `["ack", pid, outcome]`. */
const ANSWER: Clause<void> = /* @__PURE__ */ on((message: unknown): message is readonly unknown[] => {
  if (Array.isArray(message) && message.length === 3 && message[1] === sought) {
    if (message[0] === "ack") return true;
    if (message[0] === "EXIT") return !isAlive(sought as Pid<any>);
  }
  passed++;
  return false;
}, take);

/** So many messages are many, and who had as many when it last waited: it gets references from then on, which tell the messages that are older. */
const MANY = 16;
let crowded: Self<any> | undefined;

const receiving = /* @__PURE__ */ receives(ANSWER);

/**
 * A process that is being started, as it and its starter see it: what the starter goes through by `yield*`. Source: OTP's `proc_lib:init_ack` and
 * `proc_lib:start_link`.
 */
export class Starting<A = unknown> {
  private readonly start: Start;
  private readonly actor: Actor;
  /** Who starts it. */
  readonly parent: Pid<any>;
  private readonly inheritance: Inheritance;
  pid: Pid<any> | undefined = undefined;
  /** The monitor that the starter has asked for. */
  monitor: Ref | undefined = undefined;
  outcome: Outcome | undefined = undefined;
  /** Who waits for the outcome. */
  private self: Self<any> | undefined = undefined;
  /** The monitor and alias that it waits with, when it has no other way. */
  private ref: Ref | undefined = undefined;
  private receive: Iterator<Suspend, unknown, unknown> | undefined = undefined;

  constructor(start: Start, actor: Actor) {
    this.start = start;
    this.actor = actor;
    this.parent = pidOf(actor);
    this.inheritance = inheritanceOf(actor, this.parent, start.what);
  }

  get name(): ServerName | undefined {
    return this.start.options.name;
  }

  get isLinked(): boolean {
    return this.start.how === "startLink";
  }

  /** What its body is given. */
  get args(): A {
    return this.start.args as A;
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
    const { self, ref } = this;
    this.outcome = outcome;
    if (ref !== undefined) ref.runtime.send(ref, ["ack", ref, outcome]);
    else if (self !== undefined) self.runtime.send(self.pid, ["ack", this.pid, outcome]);
  }

  /** Waits, unless it has been told already. */
  wait(self: Self<any>): this {
    if (this.outcome !== undefined) return this;
    const { limit } = this.start;
    let receive: Op<unknown>;
    if (crowded === self && (self.runtime.processInfo(self.pid, "messageQueueLen") as number) <= MANY)
      crowded = undefined;
    if (self === this.actor && this.isLinked && crowded !== self && self.trapExit) receive = receiving(self, limit);
    else {
      const ref = self.monitor(this.pid as Pid<any>, REPLY_DEMONITOR);
      this.ref = ref;
      receive = self.receive(on(["ack", ref, P._], take), on(["DOWN", ref, P._, P._, P._], take), limit);
    }
    this.self = self;
    this.receive = receive[Symbol.iterator]();
    return this;
  }

  next(): Step<any> {
    const { receive, self } = this;
    if (receive === undefined) return { done: true, value: this.result() };
    sought = this.pid;
    passed = 0;
    const step: Step<any> = receive.next();
    if (passed > MANY) crowded = self;
    if (step.done) {
      const message = found;
      found = undefined;
      if (message !== undefined)
        this.outcome = message[0] === "ack" ? (message[2] as Outcome) : [FAILED, message.at(-1)];
      step.value = this.result();
    }
    return step;
  }

  /** The body is closed while it waits here. */
  return(value: unknown): Step<never> {
    this.receive?.return?.(value);
    return { done: true, value: value as never };
  }

  /** What the starter gets. */
  private result(): unknown {
    const { actor, monitor, outcome } = this;
    const pid = this.pid as Pid<any>;
    const isReady = outcome?.[0] === STARTED;
    if (!isReady && monitor !== undefined) actor.demonitor(monitor, { flush: true });
    if (outcome === undefined) {
      const self = this.self as Self<any>;
      if (this.ref !== undefined) self.demonitor(this.ref, { flush: true });
      self.unlink(pid);
      self.exit(pid, "kill");
      throw failedStart("timeout");
    }
    if (outcome[0] === FAILED) throw failedStart(outcome[1]);
    return isReady ? (monitor === undefined ? pid : [pid, monitor]) : "ignore";
  }

  /** The process's own first steps. */
  begin(self: Self<any>): void {
    inherit(self, this.inheritance);
    const { name } = this;
    if (!isVia(name) || name[1].registerName(name[2], self.pid)) return;
    this.tell([FAILED, ["already_started", name[1].whereisName(name[2])]]);
    exit("normal");
  }
}

let last: Inheritance | undefined;
let lastCall: string | undefined;
let lastStarter: unknown;
let lastOfStarter: unknown;
let lastCallers: unknown;

/**
 * What it is and whose, as its dictionary says: the starter's name or pid, and its own ancestors. What one process starts in the same way shares it: a
 * dictionary is half of what a server weighs.
 */
export function inheritanceOf(actor: Actor, parent: Pid<any>, initialCall: string, callers?: unknown): Inheritance {
  const theirs = actor.get("$ancestors");
  const starter = runtimeOf(actor).processInfo(parent, "registeredName") ?? parent;
  if (
    last === undefined ||
    starter !== lastStarter ||
    theirs !== lastOfStarter ||
    initialCall !== lastCall ||
    callers !== lastCallers
  ) {
    lastStarter = starter;
    lastOfStarter = theirs;
    lastCall = initialCall;
    lastCallers = callers;
    last = new Map<unknown, unknown>([
      ["$ancestors", Array.isArray(theirs) ? [starter, ...theirs] : [starter]],
      ["$initial_call", initialCall],
    ]);
    if (callers !== undefined) last.set("$callers", callers);
    last.dictionary = last;
  }
  return last;
}

/** Has a process that begins have it. */
export function inherit(self: Self<any>, inheritance: Inheritance): void {
  (self as unknown as Heir).inherit(inheritance);
}

/** What a process of OTP runs: it calls `starting.begin(self)` first, and tells how it started. */
export type Behaviour<A> = (self: Self<any>, starting: Starting<A>) => Steps<unknown>;

const NEVER = /* @__PURE__ */ after(Number.POSITIVE_INFINITY);

/** A start, which may be made any number of times. */
class Start extends Procedure<any, Starting> {
  readonly how: How;
  readonly what: string;
  private readonly body: Behaviour<any>;
  readonly args: unknown;
  readonly options: StartOptions;
  readonly limit: Clause<unknown>;

  constructor(
    how: How,
    what: string,
    body: Behaviour<any>,
    args: unknown,
    options: StartOptions,
    limit: Clause<unknown>,
  ) {
    super(options.as);
    this.how = how;
    this.what = what;
    this.body = body;
    this.args = args;
    this.options = options;
    this.limit = limit;
  }

  protected override prepare(actor: Actor): Starting {
    const { how, body } = this;
    const { name, priority, mailbox } = this.options;
    if (name !== undefined) {
      const holder = resolve(name, runtimeOf(actor));
      if (holder) throw failedStart(["already_started", holder]);
    }
    const link = how === "startLink";
    const starting = new Starting(this, actor);
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

  protected override steps(self: Self<any>, starting: Starting): Starting {
    return starting.wait(self);
  }
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
  return new Start(how, what, body, args, options, patience === Number.POSITIVE_INFINITY ? NEVER : after(patience));
}
