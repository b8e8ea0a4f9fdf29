import { inspect, type Report } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { cut } from "./people.ts";
import type { Restarted } from "./protocol.ts";

/** A supervisor's report that a child has ended, and is to be started again. */
interface Terminated extends Report {
  readonly context: string;
  readonly child?: unknown;
  readonly spec?: { readonly restart?: string; readonly id?: unknown };
}

/** What is known of a supervisor that has restarted children. */
export interface Restarts {
  count: number;
  /** By the runtime's clock, the newest last, at most so many. */
  readonly times: number[];
  /** ms since 1970. */
  last: number;
  /** Of which children, the newest first. */
  readonly children: Restarted[];
}

const KEPT = 200;
const CHILDREN = 5;
/** Characters of a child's id. */
const WIDTH = 60;

/** Listens to the reports of a runtime, before its logger does. */
export class Reports {
  count = 0;
  restarts = 0;
  private readonly machine: Machine;
  private readonly own: (report: Report) => void;
  private readonly theirs: (report: Report) => void;
  private readonly supervisors = new WeakMap<object, Restarts>();
  private readonly listeners = new Set<(report: Report) => void>();

  constructor(machine: Machine) {
    this.machine = machine;
    const theirs = machine.logger;
    this.theirs = theirs;
    this.own = (report) => {
      this.note(report);
      theirs(report);
    };
    machine.logger = this.own;
  }

  /** What a supervisor has restarted since the observer began. */
  restartsOf(supervisor: object): Restarts | undefined {
    return this.supervisors.get(supervisor);
  }

  listen(listener: (report: Report) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Puts the logger back, unless somebody has put another one in front of this one: then it only passes reports on. */
  close(): void {
    this.listeners.clear();
    if (this.machine.logger === this.own) this.machine.logger = this.theirs;
  }

  private note(report: Report): void {
    this.count++;
    const { context, spec, pid, child } = report as Terminated;
    if (
      report.kind === "supervisor" &&
      context === "child_terminated" &&
      pid !== undefined &&
      spec?.restart !== "temporary"
    ) {
      this.restarts++;
      let restarts = this.supervisors.get(pid);
      if (restarts === undefined) {
        restarts = { count: 0, times: [], last: 0, children: [] };
        this.supervisors.set(pid, restarts);
      }
      restarts.count++;
      restarts.last = Date.now();
      restarts.times.push(this.machine.now());
      if (restarts.times.length > KEPT) restarts.times.shift();
      restarts.children.unshift({
        ...(spec?.id !== undefined && { id: cut(inspect(spec.id), WIDTH) }),
        pid: String(child),
        at: restarts.last,
      });
      restarts.children.length = Math.min(restarts.children.length, CHILDREN);
    }
    for (const listener of this.listeners) listener(report);
  }
}
