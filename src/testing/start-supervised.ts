import { type Child, type ChildSpec, GenServer, Supervisor } from "../index.ts";
import {
  defaultRuntime,
  ExitError,
  formatExit,
  inspect,
  matches,
  type Op,
  on,
  P,
  type Pid,
  type Runtime,
  type Self,
  type Suspend,
} from "../kernel.ts";
import { ownOperation } from "../otp/operation.ts";
import { type Acting, type Actor, actingOf, checkOptions, isHost, runtimeOf } from "./acting.ts";
import { afterTest, type TestContext } from "./after-test.ts";
import { AssertionError, Site } from "./assertion-error.ts";

/** Whose test supervisor is meant. */
export interface SupervisedOptions extends Acting {
  /**
   * The test, in the host's code: its supervisor ends after it. Not needed in a process, and with a runtime of the test's own, whose end
   * is that of the supervisor.
   */
  readonly context?: TestContext;
}

/** Options of `startSupervised`: also what stands in place of fields of the child's spec. */
export interface StartSupervisedOptions extends SupervisedOptions, Partial<ChildSpec> {}

const OWN = ["as", "context"];
const FIELDS = ["id", "start", "restart", "shutdown", "type", "significant", "modules"];

/**
 * Starts a child under the test's own supervisor, and gives its pid. It is not linked to the test.
 *
 * After the test the children are ended, the youngest first: in a process, when that ends; in the host's code, when its `context` says so or
 * its runtime is stopped.
 *
 * *Throws* `AssertionError` when the child does not start, with the reason as `cause`; `TypeError` for what is no child, and in the host's
 * code when nothing tells where the test ends.
 * Source: `ExUnit.Callbacks.start_supervised!/2`.
 *
 * @example
 * const counter = yield* startSupervised(Counter.child(10));
 */
export function startSupervised(child: Child, options?: StartSupervisedOptions): Op<Pid<any>> {
  const { owner, spec } = prepare("startSupervised", child, options);
  const site = new Site(startSupervised);
  return ownOperation(() => start(owner, spec, site));
}

/**
 * Like `startSupervised`, and links the process to the one that runs the test: its crash is the test's.
 *
 * *Throws* also `TypeError` in the host's code, where no process runs the test. Source: `ExUnit.Callbacks.start_link_supervised!/2`.
 */
export function startLinkSupervised(child: Child, options?: StartSupervisedOptions): Op<Pid<any>> {
  const { owner, spec } = prepare("startLinkSupervised", child, options);
  if (isHost(owner.actor)) {
    throw new TypeError(
      "startLinkSupervised: expected to be called in a process, to which it links: run the test as one, with inProcess()",
    );
  }
  const site = new Site(startLinkSupervised);
  return ownOperation(function* () {
    const pid = yield* start(owner, spec, site);
    owner.actor.link(pid);
    return pid;
  });
}

/**
 * Ends a child of the test's supervisor, by the `id` of its spec, and forgets it.
 *
 * *Throws* `AssertionError` when there is none. Source: `ExUnit.Callbacks.stop_supervised!/1`.
 */
export function stopSupervised(id: unknown, options?: SupervisedOptions): Op<void> {
  const owner = ownerOf("stopSupervised", checkOptions(options, OWN, "stopSupervised"));
  const site = new Site(stopSupervised);
  const { actor } = owner;
  return ownOperation(function* (): Generator<Op<unknown>, void, any> {
    const supervisor = yield* running(owner);
    const children: [unknown, unknown][] =
      supervisor === undefined ? [] : yield Supervisor.whichChildren(supervisor, { as: actor as Self });
    const found = children.find(([each]) => each === id);
    if (found === undefined) {
      const ids = children.map(([each]) => inspect(each)).reverse();
      throw site.blame(
        new AssertionError(
          `stopSupervised: could not stop the child ${inspect(id)}: there is none. ` +
            (ids.length === 0 ? "The test has no children." : `There are ${ids.join(", ")}.`),
        ),
      );
    }
    if (!isHost(actor) && typeof found[1] === "object") actor.unlink(found[1] as Pid<any>);
    yield Supervisor.terminateChild(supervisor as Pid<any>, id, { as: actor as Self });
    try {
      yield Supervisor.deleteChild(supervisor as Pid<any>, id, { as: actor as Self });
    } catch (error) {
      // A temporary child is forgotten when it ends.
      if (!(error instanceof ExitError && error.reason === "not_found")) throw error;
    }
  });
}

/** Whose supervisor it is: who acts for it, and by what it is known. */
interface Owner {
  readonly actor: Actor;
  readonly key: object;
  readonly context: TestContext | undefined;
  readonly what: string;
}

function prepare(
  what: string,
  child: Child,
  options: StartSupervisedOptions | undefined,
): { owner: Owner; spec: ChildSpec } {
  const { as, context, ...overrides } = checkOptions(options, [...OWN, ...FIELDS], what);
  const spec = Supervisor.childSpec(child, overrides);
  return {
    owner: ownerOf(what, { ...(as && { as }), ...(context !== undefined && { context }) }),
    spec,
  };
}

function ownerOf(what: string, options: SupervisedOptions): Owner {
  const actor = actingOf(options, what);
  const { context } = options;
  if (!isHost(actor)) return { actor, key: (actor as Self).pid, context, what };
  if (context === undefined && actor === (defaultRuntime() as unknown)) {
    throw new TypeError(
      `${what}: expected the option context, which tells when the test ends (vitest's or node:test's context, or an AsyncDisposableStack), ` +
        "or to be called in a process, as with inProcess(), or a runtime of the test's own as the option as",
    );
  }
  return { actor, key: context ?? runtimeOf(actor), context, what };
}

/** A test's supervisor, and the process that keeps it: its parent, which ends it when the test has ended, whatever that ended with. */
interface Supervised {
  readonly runtime: Runtime;
  keeper: Pid<any> | undefined;
  /** Once it is started. */
  supervisor: Pid<any> | undefined;
}

const supervisors = new WeakMap<object, Supervised>();

/** The keeper of the test's supervisor, if it lives. */
function keeperOf({ actor, key }: Owner): Pid<any> | undefined {
  const { keeper, runtime } = supervisors.get(key) ?? {};
  if (keeper === undefined || runtime !== runtimeOf(actor)) return undefined;
  return runtime.isAlive(keeper) ? keeper : undefined;
}

/** The test's supervisor; undefined when it was not needed yet. */
function* running(owner: Owner): Generator<Op<unknown>, Pid<any> | undefined, any> {
  const keeper = keeperOf(owner);
  if (keeper === undefined) return undefined;
  return yield GenServer.call(keeper, "supervisor", { timeout: Number.POSITIVE_INFINITY, as: owner.actor as Self });
}

/** The test's supervisor, started when there is none. */
function* supervisorOf(owner: Owner): Generator<Op<unknown>, Pid<any>, any> {
  if (keeperOf(owner) === undefined) {
    const { actor, key, context, what } = owner;
    const runtime = runtimeOf(actor);
    if (isHost(actor)) {
      const end = () => endSupervised(supervised);
      if (context === undefined) runtime.onStop(end);
      else afterTest(context, end, what);
    }
    const supervised: Supervised = { runtime, keeper: undefined, supervisor: undefined };
    supervised.keeper = runtime.spawn(testSupervisor, supervised, isHost(actor) ? undefined : (actor as Self).pid);
    supervisors.set(key, supervised);
  }
  return (yield* running(owner)) as Pid<any>;
}

/** The message that the test has ended. Functions are handed over as they are in every mode, and known by identity. */
const over = (): void => {};

/** The body of a keeper. */
function* testSupervisor(
  self: Self<any>,
  supervised: Supervised,
  owner: Pid<any> | undefined,
): Generator<Suspend, void, any> {
  const monitor = owner === undefined ? undefined : self.monitor(owner);
  // Children may crash as often as the test wants.
  const supervisor = yield* Supervisor.startLink([], {
    strategy: "one_for_one",
    maxRestarts: 1_000_000,
    maxSeconds: 1,
  });
  supervised.supervisor = supervisor;
  const isOver = (message: unknown) =>
    message === over || (monitor !== undefined && matches(["DOWN", monitor, P._, P._, P._], message));
  const wait = [
    on(["$gen_call", P._, "supervisor"], ([, from]) => {
      GenServer.reply(from, supervisor);
      return false;
    }),
    on(isOver, () => true),
  ];
  while (!(yield* self.receive(...wait)));
  self.exit("shutdown");
}

/** Ends a test's supervisor, and waits until it has ended. */
async function endSupervised(supervised: Supervised): Promise<void> {
  const { runtime, keeper } = supervised;
  if (keeper === undefined || !runtime.isAlive(keeper)) return;
  runtime.send(keeper, over);
  await bothEnded(supervised);
}

/** Waits for the end of the supervisor of a process that has ended. */
export async function supervisorEnded(owner: Pid<any>): Promise<void> {
  const supervised = supervisors.get(owner);
  if (supervised !== undefined) await bothEnded(supervised);
}

async function bothEnded(supervised: Supervised): Promise<void> {
  const { runtime, keeper } = supervised;
  if (keeper !== undefined) await ended(runtime, keeper);
  if (supervised.supervisor !== undefined) await ended(runtime, supervised.supervisor);
}

async function ended(runtime: Runtime, pid: Pid<any>): Promise<void> {
  await runtime.run(function* ended(self: Self<any>): Generator<Suspend, void, any> {
    const ref = self.monitor(pid);
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => {}));
  });
}

function* start(owner: Owner, spec: ChildSpec, site: Site): Generator<Op<unknown>, Pid<any>, any> {
  const supervisor = yield* supervisorOf(owner);
  let pid: Pid<any> | undefined;
  try {
    pid = yield Supervisor.startChild(supervisor, spec, { as: owner.actor as Self });
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    throw site.blame(failed(owner.what, spec, error.reason, error));
  }
  if (pid === undefined) throw site.blame(failed(owner.what, spec, "ignore", "ignore"));
  return pid;
}

function failed(what: string, { id }: ChildSpec, reason: unknown, cause: unknown): AssertionError {
  const word = Array.isArray(reason) ? reason[0] : reason;
  const why = word === "EXIT" ? (reason as readonly unknown[])[1] : reason;
  const isTaken = word === "already_started" || word === "already_present";
  const advice = isTaken ? "\nEach child of a test needs an id, and a name, of its own." : "";
  const error = new AssertionError(
    `${what}: failed to start the child ${inspect(id)}.\nReason: ${formatExit(why)}${advice}`,
  );
  error.cause = cause;
  return error;
}
