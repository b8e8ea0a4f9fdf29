import type { Plan, SupervisorPlan } from "./plan.ts";

/** A place in a supervisor's list of children, and who sits there. */
export interface Seat {
  readonly plan: Plan;
  readonly supervisor: Seat | undefined;
  /** Empty seats are kept for what may be started again. */
  isRunning: boolean;
  /** Of a running supervisor: its children, in the order they start in. */
  children: Seat[];
  /** Of a running supervisor: when it restarted somebody, ms. */
  restarts: number[];
}

/** Whether it is the end of something that has done its work. */
export function isOrderly(reason: unknown): boolean {
  return reason === "normal" || reason === "shutdown" || (Array.isArray(reason) && reason[0] === "shutdown");
}

/**
 * What Erlang's supervisors make of a tree's plan when processes end: who runs, and how often each was started. It knows nothing of
 * processes or messages: one end is dealt with entirely before the next.
 */
export class SupervisionModel {
  readonly root: Seat;
  /** How often each was started, by id. */
  readonly starts: Map<string, number> = new Map();
  /** How many supervisors have given up because of their intensity. */
  gaveUp = 0;
  private now = 0;

  constructor(plan: SupervisorPlan) {
    this.root = seatFor(plan, undefined);
    this.start(this.root);
  }

  /** The running ones, parents first. */
  running(): Seat[] {
    const found: Seat[] = [];
    const visit = (seat: Seat) => {
      if (!seat.isRunning) return;
      found.push(seat);
      seat.children.forEach(visit);
    };
    visit(this.root);
    return found;
  }

  /** Somebody other than the root ends, at `now` ms. */
  kill(seat: Seat, reason: unknown, now: number): void {
    this.now = now;
    this.end(seat);
    this.hasEnded(seat, reason);
  }

  /** Who is missing from a running supervisor is started: in its seat, or as the last. */
  add(supervisor: Seat, plan: Plan): Seat {
    let seat = supervisor.children.find((each) => each.plan === plan);
    if (seat === undefined) {
      seat = seatFor(plan, supervisor);
      supervisor.children.push(seat);
    }
    this.start(seat);
    return seat;
  }

  /** Believes `starts` instead of its own: what went on was not foreseen. */
  recount(starts: ReadonlyMap<string, number>): void {
    for (const [id, count] of starts) this.starts.set(id, count);
  }

  private start(seat: Seat): void {
    const { plan } = seat;
    this.starts.set(plan.id, (this.starts.get(plan.id) ?? 0) + 1);
    seat.isRunning = true;
    seat.restarts = [];
    if (plan.kind === "worker" || plan.strategy === "dynamic") return;
    seat.children = plan.children.map((each) => seatFor(each, seat));
    for (const child of seat.children) this.start(child);
  }

  /** It ends with all that is below it. */
  private end(seat: Seat): void {
    seat.isRunning = false;
    seat.children = [];
  }

  private hasEnded(seat: Seat, reason: unknown): void {
    const { restart } = seat.plan;
    if (restart === "permanent" || (restart === "transient" && !isOrderly(reason))) this.restart(seat);
    else this.leave(seat);
  }

  /** It is not started again, and its supervisor may see that as its own end. */
  private leave(seat: Seat): void {
    const supervisor = seat.supervisor as Seat;
    const { strategy, autoShutdown } = supervisor.plan as SupervisorPlan;
    if (strategy === "dynamic" || seat.plan.restart === "temporary") {
      supervisor.children = supervisor.children.filter((each) => each !== seat);
    }
    if (!seat.plan.significant) return;
    const remain = supervisor.children.some((each) => each.isRunning && each.plan.significant);
    if (autoShutdown === "any_significant" || (autoShutdown === "all_significant" && !remain)) this.giveUp(supervisor);
  }

  private restart(seat: Seat): void {
    const supervisor = seat.supervisor as Seat;
    const { strategy, maxRestarts, maxSeconds } = supervisor.plan as SupervisorPlan;
    supervisor.restarts = [...supervisor.restarts.filter((then) => this.now <= then + maxSeconds * 1000), this.now];
    if (supervisor.restarts.length > maxRestarts) {
      this.gaveUp++;
      this.giveUp(supervisor);
      return;
    }
    const { children } = supervisor;
    const at = children.indexOf(seat);
    const first = strategy === "one_for_all" ? 0 : at;
    const last = strategy === "one_for_all" || strategy === "rest_for_one" ? children.length : at + 1;
    const group = children.slice(first, last);
    for (const each of group) this.end(each);
    const again = group.filter((each) => each === seat || each.plan.restart !== "temporary");
    supervisor.children = [...children.slice(0, first), ...again, ...children.slice(last)];
    for (const each of again) this.start(each);
  }

  private giveUp(supervisor: Seat): void {
    this.end(supervisor);
    this.hasEnded(supervisor, "shutdown");
  }
}

export function seatFor(plan: Plan, supervisor: Seat | undefined): Seat {
  return { plan, supervisor, isRunning: false, children: [], restarts: [] };
}
