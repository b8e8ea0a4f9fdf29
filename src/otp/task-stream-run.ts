import { ExitError, type Op, type Pid } from "../kernel.ts";
import { type Actor, ownOperation, pidOf, runtimeOf } from "./operation.ts";
import { isAsync, open, type Source } from "./source.ts";
import { take } from "./take.ts";
import {
  type Ending,
  FULL,
  type Line,
  SPAWN,
  STOP,
  type Starter,
  startCoordinator,
  TOO_MANY,
} from "./task-coordinator.ts";
import { Job, Origin } from "./task-process.ts";

type Any = any;

/** What a stream was told of how to run. */
export interface Settings {
  readonly max: number;
  readonly ordered: boolean;
  /** ms */
  readonly timeout: number;
  readonly exits: boolean;
  readonly zips: boolean;
}

const isDown = (message: Any, ref: unknown) => message[0] === "DOWN" && message[1] === ref;

/**
 * One consumption of a stream by one process.
 *
 * The tasks belong to a coordinator, which is linked to the consumer. It sends one message for each task that has ended, so that the consumer's
 * mailbox holds nothing else, and nothing at all when the run is over.
 */
export class StreamRun<out R> {
  private readonly source: Source<unknown>;
  private readonly body: unknown;
  private readonly settings: Settings;
  private readonly starter: Starter;
  private readonly actor: Actor;

  private opened: { readonly line: Line; readonly pid: Pid<Any>; readonly origin: Origin } | undefined;
  private isClosed = false;
  private inputs: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  private isAsync = false;
  /** Whether an input was asked for that has not come. */
  private isPulling = false;
  private pulled: IteratorResult<unknown> | { readonly error: unknown } | undefined;
  /** Tasks that were started, and those of them that have not ended. */
  private started = 0;
  private running = 0;
  /** Results that have come, and those that were given. */
  private arrived = 0;
  private given = 0;
  /** Results not given yet: by the positions of their inputs when they are ordered, else by when they came. */
  private readonly results = new Map<number, unknown>();
  /** The inputs of tasks that run, by their positions, when results name them. */
  private readonly zipped = new Map<number, unknown>();

  constructor(source: Source<unknown>, body: unknown, settings: Settings, starter: Starter, actor: Actor) {
    this.source = source;
    this.body = body;
    this.settings = settings;
    this.starter = starter;
    this.actor = actor;
  }

  /**
   * The next result, as of an iterator.
   *
   * *Throws* what the source throws; `ExitError` when a task takes too long and `onTimeout` is `"exit"`.
   */
  next(): Op<IteratorResult<R, undefined>> {
    return ownOperation(() => this.stepping());
  }

  /** Kills the tasks that still run, and closes the source. */
  close(): Op<void> {
    return ownOperation(() => this.closing());
  }

  *stepping(): Generator<Op<unknown>, IteratorResult<R, undefined>, any> {
    try {
      while (!this.isClosed) {
        const { line } = this.begin();
        const { results, given } = this;
        if (results.has(given)) {
          const value = results.get(given) as R;
          results.delete(given);
          this.given++;
          return { done: false, value };
        }
        if (this.inputs === undefined && this.running === 0) break;
        if (this.inputs !== undefined && !this.isPulling && this.running < this.settings.max) this.pull(line);
        else this.handle(yield take(this.actor, (each) => each[0] === line.ref || isDown(each, line.ref), Infinity));
      }
    } catch (error) {
      yield* this.closing();
      throw error;
    }
    yield* this.closing();
    return { done: true, value: undefined };
  }

  private begin(): NonNullable<typeof this.opened> {
    if (this.opened === undefined) {
      const { actor, source, starter, settings } = this;
      const pid = pidOf(actor);
      const traps = runtimeOf(actor).processInfo(pid, "trapExit") === true;
      const line: Line = {
        consumer: pid,
        traps,
        timeout: settings.timeout,
        starter,
        ref: undefined as never,
        queue: [],
        closeSource: () => this.closeSource(),
      };
      this.opened = { line, pid: startCoordinator(actor, line), origin: new Origin(actor) };
      this.isAsync = isAsync(source);
      this.inputs = open(source);
    }
    return this.opened;
  }

  /** Asks for an input. */
  private pull(line: Line): void {
    const inputs = this.inputs as Iterator<unknown>;
    // What throws when it is asked has closed itself.
    this.inputs = undefined;
    const step = inputs.next();
    this.inputs = inputs;
    if (!this.isAsync) return this.took(step);
    this.isPulling = true;
    const pulled = (answer: IteratorResult<unknown> | { readonly error: unknown }) => {
      this.pulled = answer;
      // What has come is not sent, and so not copied: the consumer is told that something has.
      if (!this.isClosed) runtimeOf(this.actor).send(line.consumer, [line.ref]);
    };
    Promise.resolve(step).then(pulled, (error: unknown) => pulled({ error }));
  }

  /** Has a task started for an input that has come. */
  private took(step: IteratorResult<unknown>): void {
    if (step.done) {
      this.inputs = undefined;
      return;
    }
    const { line, pid, origin } = this.begin();
    const position = this.started++;
    this.running++;
    if (this.settings.zips) this.zipped.set(position, step.value);
    line.queue.push([position, new Job(origin, this.body, [step.value])]);
    this.actor.send(pid, SPAWN);
  }

  private handle(message: Any): void {
    if (message[0] === "DOWN") {
      // Nobody is left to be stopped.
      this.isClosed = true;
      throw this.exits(message[4]);
    }
    const [, position, ending] = message;
    if (position === undefined) {
      this.isPulling = false;
      const pulled = this.pulled as IteratorResult<unknown>;
      this.pulled = undefined;
      if ("error" in pulled) {
        this.inputs = undefined;
        throw pulled.error;
      }
      this.took(pulled);
    } else if (position === FULL) {
      throw new Error(
        `${TOO_MANY}. When using asyncStream or asyncStreamNolink, make sure to configure maxConcurrency to be lower or equal to maxChildren and pay attention to whether other tasks are also spawned under the same task supervisor.`,
      );
    } else {
      this.running--;
      this.results.set(this.settings.ordered ? position : this.arrived++, this.resultOf(position, ending));
    }
  }

  private resultOf(position: number, ending: Ending): unknown {
    const { exits, zips } = this.settings;
    const input = this.zipped.get(position);
    this.zipped.delete(position);
    if (ending[0] === "ok") return ending;
    if (ending[0] === "timeout" && exits) throw this.exits("timeout");
    const reason = ending[0] === "timeout" ? "timeout" : ending[1];
    return ["exit", zips ? [input, reason] : reason];
  }

  private exits(reason: unknown): ExitError {
    return new ExitError(reason, ["Task.Supervised.stream", this.settings.timeout]);
  }

  *closing(): Generator<Op<unknown>, void, any> {
    const { actor, opened, isClosed, isAsync } = this;
    this.isClosed = true;
    this.opened = undefined;
    const closed = this.closeSource();
    // Another main process has taken the place of the one that died: its mailbox holds nothing of this.
    if (opened !== undefined && pidOf(actor) === opened.line.consumer) {
      const { line, pid } = opened;
      if (!isClosed) {
        actor.send(pid, STOP);
        yield take(actor, (each) => isDown(each, line.ref), Infinity);
      }
      const isLeft = (each: Any) => each[0] === line.ref || (each[0] === "EXIT" && each[1] === pid);
      while ((yield take(actor, isLeft, 0)) !== undefined);
    }
    // A generator that was asked for an input closes when it has given that.
    const isBusy = this.isPulling && this.pulled === undefined;
    if (isAsync && !isBusy && closed !== undefined) yield actor.until(closed as PromiseLike<unknown>);
  }

  /** Closes the source, unless it has ended; what it answers. */
  private closeSource(): unknown {
    const { inputs } = this;
    this.inputs = undefined;
    return inputs?.return?.();
  }
}
