import { after, ExitError, on, P, type Pid, type Ref, type Runtime, type Self } from "../kernel.ts";
import { type Mastered, master, STOP } from "./application-master.ts";
import { ApplicationReport } from "./application-report.ts";
import { attend, type Ending, fail, forget } from "./application-signals.ts";
import type { ApplicationSpec, ApplicationType } from "./application-spec.ts";
import type { Steps } from "./operation.ts";
import { ClockWatch, noteKeeper } from "./supervisor-roots.ts";

/** ms that what a start had begun has to end in, when a signal comes in the midst of it. */
const PATIENCE = 5000;

/** An application that is being started, or runs. */
class Running implements Mastered {
  readonly spec: ApplicationSpec;
  readonly type: ApplicationType;
  readonly control: Applications;
  readonly master: Pid<any>;
  isStarted = false;
  /** The top supervisor. */
  top: unknown;
  /** Those that wait for the start. */
  private waiting: Ref[] = [];
  private hasEnded = false;

  constructor(control: Applications, spec: ApplicationSpec, type: ApplicationType) {
    this.control = control;
    this.spec = spec;
    this.type = type;
    const application = this;
    this.master = control.runtime.spawn(function* (self: Self<any>): Steps<void> {
      self.signal.addEventListener("abort", () => application.ended((self.signal.reason as ExitError).reason));
      yield* master(self, application);
    });
    noteKeeper(this.master);
  }

  /** Waits until it has started; throws when it fails. */
  *wait(self: Self<any>): Steps<void> {
    const ref = self.monitor(this.master, { alias: "replyDemonitor" });
    this.waiting.push(ref);
    const outcome = yield* self.receive(
      on([ref, P._], (message) => message[1] as readonly unknown[]),
      on(["DOWN", ref, P._, P._, P._], (message): readonly unknown[] => [this.failure(message[4])]),
    );
    if (outcome.length > 0) throw new ExitError(outcome[0]);
  }

  private failure(reason: unknown): unknown {
    return [reason, [this.spec.name, "start", ["normal", this.spec.args ?? []]]];
  }

  private tell(outcome: readonly unknown[]): void {
    for (const ref of this.waiting.splice(0)) ref.runtime.send(ref, [ref, outcome]);
  }

  started(top: unknown): void {
    this.isStarted = true;
    this.top = top;
    this.control.hasStarted();
    this.tell([]);
  }

  failed(reason: unknown): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.control.remove(this);
    this.control.runtime.log(new ApplicationReport(this.spec.name, reason));
    this.tell([reason]);
  }

  ended(reason: unknown): void {
    if (!this.isStarted) return this.failed(this.failure(reason));
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.control.remove(this);
    this.control.exited(this, reason);
  }
}

/** The applications of a runtime. Source: OTP's `application_controller`. */
export class Applications implements Ending {
  readonly runtime: Runtime;
  readonly loaded: Map<string, ApplicationSpec> = new Map();
  private readonly env = new Map<string, Map<unknown, unknown>>();
  /** What `putEnv` was told to keep whatever is loaded. */
  private readonly kept = new Map<string, Map<unknown, unknown>>();
  /** In the order in which their starts began. */
  private readonly running = new Map<string, Running>();
  /** Settled when the runtime has stopped, once somebody stops it for them. */
  stopping: Promise<void> | undefined;
  private isEnding = false;
  private stopsWithRuntime = false;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  // ── Loading, and the environment ──

  load(spec: ApplicationSpec): void {
    const { name, env = {} } = spec;
    if (this.loaded.has(name)) throw new ExitError(["already_loaded", name]);
    this.loaded.set(name, spec);
    this.env.set(name, new Map<unknown, unknown>([...Object.entries(env), ...(this.kept.get(name) ?? [])]));
  }

  unload(name: string): void {
    if (this.running.has(name)) throw new ExitError(["running", name]);
    if (!this.loaded.delete(name)) throw new ExitError(["not_loaded", name]);
    this.env.delete(name);
  }

  envOf(name: string): ReadonlyMap<unknown, unknown> | undefined {
    return this.env.get(name);
  }

  putEnv(name: string, key: unknown, value: unknown, isKept: boolean): void {
    for (const envs of isKept ? [this.env, this.kept] : [this.env]) {
      let env = envs.get(name);
      if (env === undefined) {
        env = new Map();
        envs.set(name, env);
      }
      env.set(key, value);
    }
  }

  deleteEnv(name: string, key: unknown): void {
    this.env.get(name)?.delete(key);
    this.kept.get(name)?.delete(key);
  }

  // ── Starting and stopping ──

  /** The last that was started first. */
  get started(): Running[] {
    return [...this.running.values()].filter(({ isStarted }) => isStarted).reverse();
  }

  isStarted(name: string): boolean {
    return this.running.get(name)?.isStarted === true;
  }

  topOf(name: string): unknown {
    return this.running.get(name)?.top;
  }

  *start(self: Self<any>, spec: ApplicationSpec, type: ApplicationType): Steps<void> {
    const { name, applications = [] } = spec;
    if (!this.loaded.has(name)) this.load(spec);
    let running = this.running.get(name);
    if (running?.isStarted) throw new ExitError(["already_started", name]);
    if (running === undefined) {
      const missing = applications.find((each) => !this.isStarted(each.name));
      if (missing !== undefined) throw new ExitError(["not_started", missing.name]);
      if (this.isEnding) throw new ExitError("terminating");
      running = new Running(this, spec, type);
      this.running.set(name, running);
      attend(this);
    }
    yield* running.wait(self);
  }

  /** Starts what it needs, and then it. The names of those that were not there yet. */
  *startAll(self: Self<any>, spec: ApplicationSpec, type: ApplicationType): Steps<string[]> {
    const done: string[] = [];
    try {
      yield* this.startMissing(self, spec, type, done, []);
    } catch (error) {
      // When all are being stopped, each has its turn.
      if (!this.isEnding) for (const name of done.reverse()) yield* this.stop(self, name);
      throw error;
    }
    return done;
  }

  private *startMissing(
    self: Self<any>,
    spec: ApplicationSpec,
    type: ApplicationType,
    done: string[],
    above: readonly string[],
  ): Steps<void> {
    const { name, applications = [] } = spec;
    if (this.isStarted(name)) return;
    if (above.includes(name)) throw new ExitError([name, ["circular_dependencies", [...above, name]]]);
    for (const each of applications) yield* this.startMissing(self, each, type, done, [...above, name]);
    try {
      yield* this.start(self, spec, type);
      done.push(name);
    } catch (error) {
      const reason = (error as ExitError).reason;
      // Somebody else has started it meanwhile.
      if (Array.isArray(reason) && reason[0] === "already_started" && reason[1] === name) return;
      throw new ExitError([name, reason]);
    }
  }

  *stop(self: Self<any>, name: string): Steps<void> {
    const running = this.running.get(name);
    if (running?.isStarted !== true) throw new ExitError(["not_started", name]);
    const ref = self.monitor(running.master);
    self.send(running.master, STOP);
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => undefined));
  }

  /** Waits until an application has ended. */
  *ended(self: Self<any>, name: string): Steps<void> {
    const running = this.running.get(name);
    if (running === undefined) return;
    const ref = self.monitor(running.master);
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => undefined));
  }

  hasStarted(): void {
    if (!this.stopsWithRuntime) this.runtime.onStop(() => this.stopAll());
    this.stopsWithRuntime = true;
  }

  remove(application: Running): void {
    const { name } = application.spec;
    if (this.running.get(name) === application) this.running.delete(name);
    if (this.running.size === 0) forget(this);
  }

  exited({ spec, type }: Running, reason: unknown): void {
    if (this.isEnding) return;
    this.runtime.log(new ApplicationReport(spec.name, reason));
    if (reason === "stopped" || type === "temporary" || (type === "transient" && reason === "normal")) return;
    // As a node without one of its permanent applications.
    fail();
    this.stopping = Promise.resolve().then(() => this.runtime.stop("shutdown"));
  }

  /** Stops all, the last that was started first. */
  private async stopAll(): Promise<void> {
    this.isEnding = true;
    const { runtime } = this;
    const watch = new ClockWatch(runtime);
    await Promise.race([runtime.run((self: Self<any>) => this.stopEach(self)), watch.stoodStill]);
    watch.end();
  }

  private *stopEach(self: Self<any>): Steps<void> {
    for (const running of [...this.running.values()].reverse()) {
      if (running.isStarted) yield* this.stop(self, running.spec.name);
      else yield* this.abandon(self, running);
    }
  }

  /** Ends what is being started: its processes end with their parent. One that hangs in its start is killed in the end, and those below it hear of that. */
  private *abandon(self: Self<any>, { master }: Running): Steps<void> {
    const links = this.runtime.processInfo(master, "links") ?? [];
    const watched = links.map((pid) => [pid, self.monitor(pid)] as const);
    self.exit(master, "shutdown");
    const until = this.runtime.now() + PATIENCE;
    for (const [pid, ref] of watched) {
      yield* self.receive(
        on(["DOWN", ref, P._, P._, P._], () => undefined),
        after(Math.max(0, until - this.runtime.now()), () => self.exit(pid, "kill")),
      );
    }
  }

  /** What a signal asks for. */
  end(): Promise<void> {
    // First by itself, in case none has started yet: then nobody has asked the runtime for it.
    this.stopping ??= this.stopAll().then(() => this.runtime.stop("shutdown"));
    return this.stopping;
  }
}

const known = /* @__PURE__ */ new WeakMap<Runtime, Applications>();

export function applicationsOf(runtime: Runtime): Applications {
  let applications = known.get(runtime);
  if (applications === undefined) {
    applications = new Applications(runtime);
    known.set(runtime, applications);
  }
  return applications;
}
