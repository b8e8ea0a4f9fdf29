import { EMPTY, HAS_MAIL } from "../../assembly/layout.ts";
import { createRuntime, type Runtime, type RuntimeOptions } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { type Input, openCore, type ReadRecording, readRecording } from "./recording.ts";

/** Options of `replay`: those of the runtime. */
export interface ReplayOptions extends Omit<RuntimeOptions, "clock"> {
  /** How long the host may take for each of its inputs, ms. Default 5,000. */
  readonly hostTimeout?: number;
}

/** A replay went another way than its recording. */
export class ReplayError extends Error {
  override readonly name: string = "ReplayError";
}

/** Until the recording says when its time began, a receive waits for ever. */
const FAR = 2 ** 45;

/**
 * Does again what a recording tells of, slice for slice: `program` is the host's part, which is run again. Whenever the recording says that something came from the host, the
 * replay stands still until it comes. Timers fire where they fired.
 *
 * What can't be done again: inputs that the ring has lost, and what the host does in another order, or sooner, than it did; a promise that is kept too soon waits. Then it *throws* `ReplayError`, which says at which slice. The time that `now()`
 * and `readTimer` tell is the replay's own.
 *
 * @param recording the text of a `Recording`.
 * @param program sets everything going as it was when it was recorded, in the runtime that it is given.
 * @returns how many slices were the same.
 *
 * @example
 * await replay(readFileSync("crash.beamlet", "utf8"), (runtime) => main(runtime));
 */
export async function replay(
  recording: string,
  program: (runtime: Runtime) => unknown,
  options: ReplayOptions = {},
): Promise<number> {
  const read = readRecording(recording);
  const [, inputs, deadlines] = read.lost;
  if (inputs + deadlines > 0) {
    throw new ReplayError(
      `the recording's ring has lost its first ${inputs} inputs and ${deadlines} timers: record with a larger size`,
    );
  }
  const { hostTimeout = 5000, ...others } = options;
  const runtime = createRuntime(others);
  const player = new Player(runtime as Machine, read, hostTimeout);
  try {
    return await player.play(() => program(runtime));
  } finally {
    player.letGo();
    await runtime.stop();
  }
}

class Player {
  private readonly machine: Machine;
  private readonly recording: ReadRecording;
  private readonly hostTimeout: number;
  private readonly setTimeout: (slot: number, deadline: number) => number;
  private readonly giveWay: (slot: number) => void;
  /** Processes whose promises have been kept. */
  private readonly settled = new Set<number>();
  private done = 0;
  private timers = 0;
  private slices = 0;
  private running = 0;
  private now = 0;
  /** The slice before which the replay stands still. */
  private stop = 0;
  private stopped = false;
  private isFree = false;
  private problem: ReplayError | undefined;

  constructor(machine: Machine, recording: ReadRecording, hostTimeout: number) {
    this.machine = machine;
    this.recording = recording;
    this.hostTimeout = hostTimeout;
    const core = openCore(machine);
    const before = { core: { ...core } };
    this.setTimeout = (slot, deadline) => before.core.setTimeout(slot, deadline);
    core.next = (handed) => {
      if (this.isFree) return before.core.next(handed);
      this.running = 0;
      if (this.stopped || this.problem !== undefined || this.slices >= this.stop) {
        this.stopped = true;
        // What belongs to the slice that was is done, as the core's own `next` would do it.
        before.core.rest();
        return EMPTY;
      }
      const answer = before.core.next(handed);
      if (answer > 0) this.began(answer & (HAS_MAIL - 1));
      return answer;
    };
    core.runnable = () => (this.stopped && !this.isFree ? 0 : before.core.runnable());
    core.rest = () => {
      this.running = 0;
      before.core.rest();
    };
    core.advance = (now, work) => before.core.advance(this.isFree ? now : this.now, work);
    core.setTimer = (slot, deadline) => before.core.setTimer(slot, this.deadlineFor(deadline));
    core.setTimeout = (slot, deadline) =>
      before.core.setTimeout(slot, this.running === 0 && !this.isFree ? FAR : this.deadlineFor(deadline));
    core.spawn = (priority, host) => {
      const slot = before.core.spawn(priority, host);
      this.came("spawn", slot);
      return slot;
    };
    core.send = (slot, generation, hands) => {
      const number = before.core.send(slot, generation, hands);
      this.came("send", slot);
      return number;
    };
    core.sendAlias = (index, generation, hands, sender) => {
      const slot = this.running === 0 ? before.core.ownerOf(index) : 0;
      const number = before.core.sendAlias(index, generation, hands, sender);
      this.came("send", slot);
      return number;
    };
    core.signal = (from, to, generation, reason) => {
      this.came("signal", to);
      return before.core.signal(from, to, generation, reason);
    };
    core.giveWay = (slot) => {
      // A promise that is kept too early waits for its turn.
      if (this.running !== 0 || this.isFree) before.core.giveWay(slot);
      else this.settled.add(slot);
    };
    this.giveWay = (slot) => before.core.giveWay(slot);
  }

  /** The replay is over, and the runtime goes on as any other. */
  letGo(): void {
    this.isFree = true;
  }

  async play(program: () => unknown): Promise<number> {
    const { recording } = this;
    let failed: unknown;
    // The host's part goes on by itself; what it awaits comes as the replay goes on.
    Promise.resolve()
      .then(program)
      .catch((error: unknown) => {
        failed = error;
      });
    while (this.problem === undefined && failed === undefined) {
      const next = recording.inputs[this.done];
      this.run(next?.at ?? recording.slices);
      if (this.problem !== undefined || next === undefined) break;
      if (recording.inputs[this.done] !== next) continue;
      if (this.slices < next.at)
        this.diverged(`after slice ${this.slices} nobody can run, where ${next.at} slices had been`);
      else if (next.kind === "time") this.pass(next);
      else if (next.kind === "armed") this.arm(next);
      else if (next.kind === "settled" && this.settled.delete(next.slot)) this.settle(next);
      else await this.awaited(next);
    }
    if (failed !== undefined) throw failed;
    if (this.problem !== undefined) throw this.problem;
    return this.slices;
  }

  /** Runs until so many slices have been. */
  private run(slices: number): void {
    this.stop = slices;
    this.stopped = false;
    this.machine.run();
  }

  private pass(input: Input): void {
    this.done++;
    this.now = Number(input.what);
    // A turn begins with the timers that are due.
    this.run(this.slices);
  }

  private arm({ slot, what }: Input): void {
    this.done++;
    this.setTimeout(slot, Number(what));
  }

  private settle({ slot }: Input): void {
    this.done++;
    this.giveWay(slot);
  }

  private async awaited(input: Input): Promise<void> {
    const end = performance.now() + this.hostTimeout;
    while (this.recording.inputs[this.done] === input && this.problem === undefined && !this.settled.has(input.slot)) {
      if (performance.now() > end) {
        return this.diverged(
          `after slice ${this.slices} the host had done something that it does not do now: ${told(input)}`,
        );
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    }
  }

  private began(slot: number): void {
    const { ran, lost } = this.recording;
    const recorded = ran[this.slices - lost[0]];
    this.slices++;
    this.running = slot;
    if (recorded !== undefined && recorded !== slot) {
      this.diverged(`slice ${this.slices} was that of process ${recorded}, and is that of process ${slot} now`);
    }
  }

  /** Something was done, and not by a slice: it has to be what was done then. */
  private came(kind: Input["kind"], slot: number): void {
    if (this.running !== 0 || this.isFree) return;
    const expected = this.recording.inputs[this.done];
    if (expected === undefined) return;
    if (expected.kind === kind && expected.slot === slot && expected.at === this.slices) this.done++;
    else {
      const now = told({ at: this.slices, kind, slot, what: "" });
      this.diverged(`the host does something else than it had done: ${now} now, ${told(expected)} then`);
    }
  }

  private deadlineFor(deadline: number): number {
    return this.isFree ? deadline : (this.recording.deadlines[this.timers++] ?? deadline);
  }

  private diverged(why: string): void {
    this.problem ??= new ReplayError(why);
  }
}

function told({ at, kind, slot, what }: Input): string {
  return `${kind} (process ${slot}${what === "" ? "" : `, ${what}`}) after slice ${at}`;
}
