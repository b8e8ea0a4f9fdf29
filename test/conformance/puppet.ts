import {
  after,
  ExitError,
  type Op,
  on,
  P,
  type Pid,
  type ProcessInfo,
  type Ref,
  type Runtime,
  type Self,
} from "../../src/index.ts";
import type { Clauses } from "./clauses.ts";
import { DriverError } from "./driver-error.ts";
import { Watching } from "./observer.ts";
import type { InfoItem, Operation, Result } from "./scenario.ts";
import { type Term, tuple } from "./term.ts";
import { Raised, Thrown, type Values } from "./values.ts";

/** The only message that a puppet's own loop takes. */
export class Command {
  readonly operation: Operation;
  /** Told of the result, inside the puppet: a call, not a message. */
  readonly done: (result: Result) => void;

  constructor(operation: Operation, done: (result: Result) => void) {
    this.operation = operation;
    this.done = done;
  }
}

/** What the puppets of one scenario share. */
export interface Stage {
  readonly runtime: Runtime;
  readonly values: Values;
  readonly names: readonly string[];
  readonly clauses: Clauses;
  /** What a puppet runs. */
  readonly body: PuppetBody;
  /** The hidden process that sees puppets die. */
  readonly observer: Pid<never>;
  /** Every timer that was started. */
  readonly timers: Ref[];
  /** Has the observer watch a new puppet, and tell `asker` once it does. */
  watch(pid: Pid<never>, asker?: Pid<Watching>): void;
  /** Fails the scenario. */
  fail(error: DriverError): void;
}

// biome-ignore lint/suspicious/noExplicitAny: as in the library's own `Body`
export type PuppetBody = (self: Self<any>, stage: Stage) => Generator<any, void, unknown> | Promise<void>;

/** Code of a puppet, for every kind of body: `yield op` waits for `op`. */
type Routine<T> = Generator<Op<unknown>, T, unknown>;

/** A puppet as a generator body. */
// biome-ignore lint/suspicious/noExplicitAny: a puppet is sent every kind of message
export function* generatorPuppet(self: Self<any>, stage: Stage) {
  const routine = puppet(self, stage);
  let turn = routine.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = yield* turn.value;
    } catch (error) {
      turn = routine.throw(error);
      continue;
    }
    turn = routine.next(value);
  }
}

/** A puppet as an async body. */
// biome-ignore lint/suspicious/noExplicitAny: a puppet is sent every kind of message
export async function asyncPuppet(self: Self<any>, stage: Stage): Promise<void> {
  const routine = puppet(self, stage);
  let turn = routine.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = await turn.value;
    } catch (error) {
      turn = routine.throw(error);
      continue;
    }
    turn = routine.next(value);
  }
}

const RETURN = Symbol("the process function returns");

function* puppet(self: Self, stage: Stage): Routine<void> {
  for (;;) {
    const command = (yield self.receive(on(isCommand, (message) => message))) as Command;
    const outcome = yield* perform(command.operation, self, stage);
    if (outcome === RETURN) return;
    command.done(outcome);
  }
}

function isCommand(message: unknown): message is Command {
  return message instanceof Command;
}

function* perform(operation: Operation, self: Self, stage: Stage): Routine<Result | typeof RETURN> {
  if (operation.op === "return") return RETURN;
  if (operation.op === "seq") return yield* performAll(operation.ops, self, stage);
  try {
    return { ok: yield* operate(operation, self, stage) };
  } catch (error) {
    if (error instanceof DriverError) stage.fail(error);
    // An exit that the puppet did not ask for is a signal, which no Erlang process can catch.
    const signalled = error instanceof ExitError && operation.op !== "exit";
    if (error instanceof DriverError || signalled || !catches(operation)) throw error;
    return { raise: stage.values.caught(error) };
  }
}

function* performAll(operations: readonly Operation[], self: Self, stage: Stage): Routine<Result | typeof RETURN> {
  const results: Result[] = [];
  for (const operation of operations) {
    const outcome = yield* perform(operation, self, stage);
    if (outcome === RETURN) return RETURN;
    results.push(outcome);
  }
  return { seq: results };
}

function catches(operation: Operation): boolean {
  return operation.catch ?? !["exit", "error", "throw"].includes(operation.op);
}

/** Whether a puppet may rightly still be at it when nothing else can happen. */
export function mayBlock(operation: Operation): boolean {
  if (operation.op === "seq") return operation.ops.some(mayBlock);
  return operation.op === "receive" && operation.after !== 0;
}

type Simple = Exclude<Operation, { readonly op: "seq" } | { readonly op: "return" }>;

function* operate(operation: Simple | Operation, self: Self, stage: Stage): Routine<Term> {
  const { runtime, values } = stage;
  switch (operation.op) {
    case "spawn":
      return yield* spawn(operation, self, stage);
    case "self":
      return values.toTerm(self.pid);
    case "send":
      self.send(values.toValue(operation.to) as string, values.toValue(operation.msg));
      return "ok";
    case "link":
      return self.link(values.pid(operation.to));
    case "unlink":
      return self.unlink(values.pid(operation.to));
    case "monitor": {
      const options = {
        ...(operation.alias !== undefined && { alias: MONITOR_ALIASES[operation.alias] }),
        ...(operation.tag !== undefined && { tag: values.toValue(operation.tag) }),
      };
      const target = addressee(operation.to, values);
      // Without options the call has none: the plain form is the common one.
      const ref = Object.keys(options).length === 0 ? self.monitor(target) : self.monitor(target, options);
      values.bindRef(operation.ref, ref);
      return values.toTerm(ref);
    }
    case "demonitor": {
      const ref = values.ref(operation.ref);
      if (operation.opts === undefined) return self.demonitor(ref);
      return self.demonitor(ref, { flush: operation.opts.includes("flush"), info: operation.opts.includes("info") });
    }
    case "alias": {
      const ref = operation.mode === undefined ? self.alias() : self.alias({ mode: ALIASES[operation.mode] });
      values.bindRef(operation.ref, ref);
      return values.toTerm(ref);
    }
    case "unalias":
      return self.unalias(values.ref(operation.ref));
    case "trap_exit":
      return self.processFlag("trapExit", operation.value);
    case "exit":
      return self.exit(values.toValue(operation.reason));
    case "error":
      throw new Raised(operation.reason);
    case "throw":
      throw new Thrown(operation.value);
    case "exit2":
      return self.exit(values.pid(operation.to), values.toValue(operation.reason));
    case "register":
      return runtime.register(values.pid(operation.pid), operation.name);
    case "unregister":
      return runtime.unregister(operation.name);
    case "whereis": {
      const pid = runtime.whereis(operation.name);
      return pid === undefined ? "undefined" : values.toTerm(pid);
    }
    case "registered":
      return runtime
        .registered()
        .filter((name) => stage.names.includes(name))
        .sort();
    case "receive": {
      const clauses = stage.clauses(operation.pat, values);
      const timeout = operation.after === undefined ? [] : [after(operation.after, () => "timeout")];
      return (yield self.receive(...clauses, ...timeout)) as Term;
    }
    case "drain": {
      let taken = 0;
      while (
        yield self.receive(
          on(P._, () => true),
          after(0, () => false),
        )
      )
        taken++;
      return taken;
    }
    case "is_alive":
      return runtime.isAlive(values.pid(operation.pid));
    case "process_info": {
      const info = runtime.processInfo(values.pid(operation.pid));
      if (info === undefined) return "undefined";
      const item = INFO[operation.item];
      if (item === undefined) throw new DriverError(`unknown item of process_info: ${JSON.stringify(operation.item)}`);
      return item(info, stage);
    }
    case "send_after":
    case "start_timer": {
      const start = operation.op === "send_after" ? runtime.sendAfter : runtime.startTimer;
      const ref = start.call(runtime, addressee(operation.to, values), values.toValue(operation.msg), operation.ms);
      stage.timers.push(ref);
      values.bindRef(operation.ref, ref);
      return values.toTerm(ref);
    }
    case "cancel_timer":
      return left(runtime.cancelTimer(values.ref(operation.ref)));
    case "read_timer":
      return left(runtime.readTimer(values.ref(operation.ref)));
    default:
      throw new DriverError(`unknown operation ${JSON.stringify(operation)}`);
  }
}

const MONITOR_ALIASES = {
  explicit_unalias: "explicitUnalias",
  demonitor: "demonitor",
  reply_demonitor: "replyDemonitor",
} as const;

const ALIASES = { explicit_unalias: "explicitUnalias", reply: "reply" } as const;

/** The pid or name that something is meant for. */
function addressee(to: Term, values: Values): Pid<never> | string {
  return typeof to === "string" ? to : values.pid(to);
}

/** On the BEAM time is real, and what is left is known only roughly. */
function left(ms: number | false): Term {
  return ms === false ? false : Math.ceil(ms / 50) * 50;
}

/**
 * Spawns a puppet and waits until the observer watches it: it may die in the burst that spawned it, and nobody would know of
 * what. The oracle waits at the same place, for the same reason.
 */
function* spawn(operation: Operation & { op: "spawn" }, self: Self, stage: Stage): Routine<Term> {
  const { values } = stage;
  const [pid, ref] = spawnAs(operation.how ?? "spawn", self, stage);
  values.bindPid(operation.as, pid);
  stage.watch(pid, self.pid);
  const isAnswer = (message: unknown) => message instanceof Watching && message.pid === pid;
  yield self.receive(on(isAnswer, () => undefined));
  if (ref === undefined) return values.toTerm(pid);
  if (!("ref" in operation)) throw new DriverError(`${operation.how} needs a label for its reference`);
  values.bindRef(operation.ref, ref);
  return tuple(values.toTerm(pid), values.toTerm(ref));
}

function spawnAs(how: string, self: Self, stage: Stage) {
  switch (how) {
    case "spawn":
      return [self.spawn(stage.body, stage)] as const;
    case "spawn_link":
      return [self.spawnLink(stage.body, stage)] as const;
    case "spawn_monitor":
      return self.spawnMonitor(stage.body, stage);
    case "spawn_link_monitor":
      return self.spawnOpt(stage.body, { args: [stage], link: true, monitor: true });
    default:
      throw new DriverError(`unknown way to spawn: ${JSON.stringify(how)}`);
  }
}

/** The items of `process_info`, and of what a step records of every process, in normal form. */
export const INFO: { readonly [Item in InfoItem]: (info: ProcessInfo, stage: Stage) => Term } = {
  links: (info, { values }) => info.links.map((pid) => values.label(pid)).sort(),
  monitors: (info, { values }) =>
    info.monitors
      .map((target) => (Array.isArray(target) ? `@${target[0]}` : values.label(target as Pid<never>)))
      .sort(),
  monitored_by: (info, { values, observer }) =>
    info.monitoredBy
      .filter((pid) => pid !== observer)
      .map((pid) => values.label(pid))
      .sort(),
  registered_name: (info) => info.registeredName ?? [],
  message_queue_len: (info) => info.messageQueueLen,
  messages: (info, { values }) => info.messages.map((message) => values.toTerm(message)),
  trap_exit: (info) => info.trapExit,
  status: (info) => info.status,
};
