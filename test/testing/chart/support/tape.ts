import type { RunEvent } from "../../../../src/testing/event.ts";

type Pid = string;

/** Writes down by hand what a small program does, slice by slice. */
export class Tape {
  readonly events: RunEvent[] = [];
  private step = 0;
  private time = 0;
  private pids = 1;
  private ids = 0;
  private running: Pid | undefined;

  /** Lets time pass; whoever ran before has stopped. */
  pass(ms: number): this {
    this.time += ms;
    this.running = undefined;
    return this;
  }

  spawn(body: string, parent?: Pid): Pid {
    const pid = `#PID<0.${++this.pids}.0>`;
    this.add({ kind: "spawn", pid, parent, body });
    return pid;
  }

  /** A slice of `pid`. */
  run(pid: Pid): this {
    this.step++;
    this.running = pid;
    this.add({ kind: "run", pid });
    return this;
  }

  /** Sends from the process that runs, or the host. The number is what `take` and `deliver` want. */
  send(to: Pid, message: string): number {
    this.add({ kind: "send", from: this.running, to, message, id: ++this.ids });
    return this.ids;
  }

  deliver(id: number): this {
    const { to, message } = this.sent(id);
    return this.add({ kind: "deliver", to, id, message });
  }

  take(id: number): this {
    const { to, message } = this.sent(id);
    return this.add({ kind: "receive", pid: to, id, message });
  }

  add(event: RunEvent extends infer E ? (E extends RunEvent ? Omit<E, "step" | "time"> : never) : never): this {
    this.events.push({ step: this.step, time: this.time, ...event } as RunEvent);
    return this;
  }

  timer(pid: Pid, message?: string): number {
    if (message === undefined) {
      this.add({ kind: "timer", pid });
      return 0;
    }
    this.add({ kind: "timer", pid, message, id: ++this.ids });
    return this.ids;
  }

  private sent(id: number): { to: Pid; message: string } {
    for (const event of this.events) {
      if (event.kind === "send" && event.id === id) return event;
      if (event.kind === "timer" && event.id === id) return { to: event.pid, message: event.message ?? "" };
    }
    throw new Error(`no message ${id}`);
  }
}
