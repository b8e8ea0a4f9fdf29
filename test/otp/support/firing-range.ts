import type { Pid, ProcessInfo, Runtime } from "../../../src/index.ts";
import type { OwnRuntime } from "../../semantics/support/own-runtime.ts";
import { LONGEST_PERIOD, PATIENCE, type Plan, planTree, Random, type SupervisorPlan } from "./plan.ts";
import { type Order, PlantedTree, type Sight } from "./planted-tree.ts";
import { isOrderly, type Seat, SupervisionModel, seatFor } from "./supervision-model.ts";

type AnyPid = Pid<any>;

/** How somebody is shot at: by an exit signal of a stranger, or an order to end by itself. */
type Shot = readonly [how: "signal" | "order", reason: unknown];

/** ms between two moments of shooting, so that no period, which is of whole seconds, ends near one. */
const MOMENT = 1500;
/** Rounds in one moment at most: all of them together take less than 500 ms. */
const ROUNDS = 4;

const boom = (): Error => new Error("boom");

/** What a tree is found to be, where it is not what it should. */
class Broken extends Error {}

/** A tree, the model of it, and one who shoots at it. */
export class FiringRange {
  readonly plan: SupervisorPlan;
  readonly tree: PlantedTree;
  readonly model: SupervisionModel;
  kills = 0;
  /** What happened, for those who read how. */
  readonly told = { volleys: 0, orders: 0, signals: 0, killedSupervisors: 0, added: 0 };
  private readonly random: Random;
  private readonly runtime: Runtime;
  private readonly pass: (ms: number) => void;
  readonly root: AnyPid;
  private readonly settlingTime: number;
  private round = 0;
  private time = 0;
  /** The processes of the running seats. */
  private pids = new Map<Seat, AnyPid>();
  /** Who ended as it should, and may stay away if it is transient. */
  private readonly done = new Set<string>();

  private constructor(own: OwnRuntime, random: Random, plan: SupervisorPlan, tree: PlantedTree, root: AnyPid) {
    this.runtime = own.runtime;
    this.pass = own.pass;
    this.random = random;
    this.plan = plan;
    this.tree = tree;
    this.root = root;
    this.model = new SupervisionModel(plan);
    const stubborn = all(plan).filter((each) => each.kind === "worker" && each.temper === "stubborn");
    this.settlingTime = (stubborn.length + 1) * PATIENCE;
    this.look();
  }

  static async make(own: OwnRuntime, seed: number, supervisors: number, workers: number): Promise<FiringRange> {
    const random = new Random(seed);
    const plan = planTree(random, supervisors, workers);
    const tree = new PlantedTree(own.runtime, plan);
    own.runtime.run();
    const range = new FiringRange(own, random, plan, tree, await tree.root);
    range.replant(100);
    return range;
  }

  /** Shoots at one or several, waits for the dust to settle, and looks at what is left. */
  fire(): void {
    const { random } = this;
    if (++this.round % ROUNDS === 0 || random.chance(60)) {
      this.round = 0;
      this.advance(MOMENT - (this.time % MOMENT) + MOMENT * random.below(2));
    }
    if (this.pids.size === 1) return this.replant(100);
    if (random.chance(15)) this.volley(2 + random.below(5));
    else this.single();
    if (random.chance(20)) this.replant(70);
  }

  private single(): void {
    const seat = this.random.pick([...this.pids.keys()].slice(1));
    const [how, reason] = this.aim(seat);
    // Names that are still held by what has not ended yet make restarts fail, and how often depends on who is faster.
    if (how === "signal" && reason === "kill" && seat.plan.kind === "supervisor" && isCrowded(seat))
      return this.volley(1, seat);
    this.shoot(seat, [how, reason]);
    this.model.kill(seat, reason === "kill" && how === "signal" ? "killed" : reason, this.time);
    this.settle();
    this.look();
  }

  /** Several ends at once: what they come to depends on who hears of which first. The tree must be what the specs allow. */
  private volley(size: number, first?: Seat): void {
    this.told.volleys++;
    const seats = [...this.pids.keys()].slice(1);
    const targets = new Set(
      first === undefined ? Array.from({ length: size }, () => this.random.pick(seats)) : [first],
    );
    for (const seat of targets) {
      // An earlier shot may have hit it, too.
      if (!this.runtime.isAlive(this.pids.get(seat) as AnyPid)) continue;
      this.shoot(seat, first === undefined ? this.aim(seat) : ["signal", "kill"]);
    }
    this.settle();
    // Who restarts again and again has stubborn children to end each time.
    for (let turns = 0; turns < 1000 && this.isEnding(); turns++) this.advance(PATIENCE);
    // So long that all restarts are forgotten.
    this.advance(MOMENT * Math.ceil((LONGEST_PERIOD * 1000) / MOMENT + 1) - (this.time % MOMENT));
    this.believe();
    this.look();
  }

  /** A way to end somebody. What traps exits has to be told, or killed. */
  private aim({ plan }: Seat): Shot {
    const { random } = this;
    const reason = random.pick(["normal", "shutdown", ["shutdown", "enough"], "boom", ["an", "odd", 1], boom()]);
    if (plan.kind === "supervisor") return ["signal", "kill"];
    if (plan.temper === "plain" || plan.temper === "server") {
      if (random.chance(50) && reason !== "normal") return ["signal", random.chance(30) ? "kill" : reason];
    } else if (random.chance(30)) return ["signal", "kill"];
    return ["order", reason];
  }

  private shoot(seat: Seat, [how, reason]: Shot): void {
    const { plan } = seat;
    const pid = this.pids.get(seat) as AnyPid;
    this.kills++;
    this.told[`${how}s`]++;
    if (plan.kind === "supervisor") this.told.killedSupervisors++;
    if (isOrderly(reason)) this.done.add(plan.id);
    else this.done.delete(plan.id);
    if (this.random.chance(10)) this.graze();
    if (how === "signal") this.runtime.exit(pid, reason);
    else this.runtime.send(pid, ["end", reason] satisfies Order);
  }

  /** An exit signal that its target does not mind. The root would: it comes from who started it. */
  private graze(): void {
    const [seat, pid] = this.random.pick([...this.pids].slice(1));
    const isDeaf = seat.plan.kind === "supervisor" || seat.plan.temper === "orderly" || seat.plan.temper === "stubborn";
    if (isDeaf) this.runtime.exit(pid, "boom");
  }

  /** Lets everybody who is being ended come to an end. */
  private settle(): void {
    this.advance(0);
    for (let left = this.settlingTime; left > 0; left -= PATIENCE) this.advance(PATIENCE);
  }

  /** Whether some supervisor waits for the end of a child: it monitors that. */
  private isEnding(): boolean {
    const { runtime } = this;
    return runtime.processes().some((pid) => (runtime.processInfo(pid, "monitors") as unknown[]).length > 0);
  }

  private advance(ms: number): void {
    this.time += ms;
    this.pass(ms);
  }

  /** Starts so many of those who are missing, so that there is always a tree to shoot at. */
  private replant(percent: number): void {
    const before = this.told.added;
    const visit = (supervisor: Seat) => {
      const plan = supervisor.plan as SupervisorPlan;
      for (const each of plan.children) {
        const seat = supervisor.children.find((child) => child.plan === each);
        if (seat?.isRunning || !this.random.chance(percent)) continue;
        const pid = this.tree.add(this.pids.get(supervisor) as AnyPid, plan, each, seat !== undefined);
        this.pids.set(this.model.add(supervisor, each), pid);
        this.told.added++;
        // It has children that nobody has seen yet.
        if (each.kind === "supervisor") this.look();
      }
      for (const child of supervisor.children) if (child.isRunning && child.plan.kind === "supervisor") visit(child);
    };
    visit(this.model.root);
    if (this.told.added > before) this.look();
  }

  /** Compares the tree with the model: who runs, in which order, how often it was started, and that there is nobody else. */
  private look(): void {
    const { tree, model } = this;
    const pids = new Map([[model.root, this.root]]);
    let level = [model.root];
    while (level.length > 0) {
      const supervisors = level.filter(({ plan }) => plan.kind === "supervisor");
      const sights = tree.look(supervisors.map((seat) => [pids.get(seat) as AnyPid, seat.plan as SupervisorPlan]));
      for (const [index, seat] of supervisors.entries()) {
        this.compare(seat, sights[index] as Sight[], pids);
      }
      level = supervisors.flatMap(({ children }) => children.filter(({ isRunning }) => isRunning));
    }
    this.pids = pids;
    for (const [id, count] of model.starts) same(`starts of ${id}`, tree.starts.get(id), count);
    this.count();
  }

  /** Compares what a supervisor says of its children with the model, and notes who they are. Dynamic ones have no order. */
  private compare({ plan, children }: Seat, sights: readonly Sight[], pids: Map<Seat, AnyPid>): void {
    const isDynamic = (plan as SupervisorPlan).strategy === "dynamic";
    const seats = isDynamic ? new Map(children.map((each) => [each.plan.id, each])) : undefined;
    const idOf = ({ id, child }: Sight) => (isDynamic ? this.tree.ids.get(child as AnyPid) : id);
    let isSame = sights.length === children.length;
    for (const [index, sight] of sights.entries()) {
      const { child } = sight;
      if (child === "restarting") throw new Broken(`${plan.id} has a child that is restarting`);
      const id = idOf(sight);
      const seat = seats === undefined ? children[index] : seats.get(id as string);
      isSame &&= seat?.plan.id === id && seat?.isRunning === (child !== undefined);
      if (seat !== undefined && child !== undefined) pids.set(seat, child);
      seats?.delete(id as string);
    }
    if (isSame) return;
    const found = sights.map((sight) => `${idOf(sight)}${sight.child === undefined ? " -" : ""}`);
    const wanted = children.map((each) => `${each.plan.id}${each.isRunning ? "" : " -"}`);
    throw new Broken(`children of ${plan.id}: expected ${wanted.join()}, found ${found.join()}`);
  }

  /** Nobody else runs, and nobody else has a name. */
  private count(): void {
    const { runtime, pids } = this;
    same("processes", runtime.processes().length, pids.size + 1);
    const names: string[] = [];
    for (const [{ plan }, pid] of pids) {
      if (!runtime.isAlive(pid)) throw new Broken(`${plan.id} is dead, and its supervisor does not know`);
      if (plan.name === undefined) continue;
      names.push(plan.name);
      if (runtime.whereis(plan.name) !== pid) throw new Broken(`${plan.id} has lost its name`);
    }
    same("names", runtime.registered().sort().join(), names.sort().join());
  }

  /** Links, monitors and mailboxes: everybody has what the tree needs, and nothing is left of those that were here before. */
  lookClosely(): void {
    const { runtime, pids } = this;
    const main = runtime.self();
    for (const [seat, pid] of pids) {
      const { links, monitors, monitoredBy, messageQueueLen } = runtime.processInfo(pid) as ProcessInfo;
      const parent = seat.supervisor === undefined ? main : pids.get(seat.supervisor);
      const children = seat.children.filter(({ isRunning }) => isRunning).map((each) => pids.get(each));
      const text = (linked: readonly unknown[]) => linked.map(String).sort().join();
      same(`links of ${seat.plan.id}`, text(links), text([parent, ...children]));
      same(`monitors of ${seat.plan.id}`, monitors.length + monitoredBy.length, 0);
      same(`messages of ${seat.plan.id}`, messageQueueLen, 0);
    }
  }

  /** Makes the model what the tree has become, if the specs allow that. */
  private believe(): void {
    const { tree, model } = this;
    const adopt = (seat: Seat, pid: AnyPid) => {
      const plan = seat.plan as SupervisorPlan;
      const isDynamic = plan.strategy === "dynamic";
      const [children = []] = tree.look([[pid, plan]]);
      const plans = new Map(plan.children.map((each) => [each.id as unknown, each]));
      const ids = children.map(({ id, child }) => (isDynamic ? tree.ids.get(child as AnyPid) : id));
      if (new Set(ids).size < ids.length) throw new Broken(`children of ${plan.id} are there twice: ${ids.join()}`);
      if (!isDynamic) {
        const isKept = (each: Plan | undefined) => each?.restart !== "temporary";
        const wanted = plan.children.filter(isKept).map(({ id }) => id);
        same(`children of ${plan.id}`, ids.filter((id) => isKept(plans.get(id))).join(), wanted.join());
      }
      seat.isRunning = true;
      seat.restarts = [];
      seat.children = [];
      for (const [index, { child }] of children.entries()) {
        const childPlan = plans.get(ids[index]);
        if (childPlan === undefined) throw new Broken(`${plan.id} has a child of somebody else: ${ids[index]}`);
        const next = seatFor(childPlan, seat);
        seat.children.push(next);
        if (child === undefined) {
          // A supervisor may have given up, and that is a shutdown; a significant child's end may be its supervisor's.
          const mayBeAway =
            childPlan.restart === "transient" && (childPlan.kind === "supervisor" || this.done.has(childPlan.id));
          if (!mayBeAway) throw new Broken(`${childPlan.id}, which is ${childPlan.restart}, was not started again`);
        } else if (child === "restarting") throw new Broken(`${childPlan.id} is still restarting`);
        else {
          next.isRunning = true;
          if (childPlan.kind === "supervisor") adopt(next, child);
        }
      }
    };
    adopt(model.root, this.root);
    model.recount(tree.starts);
  }
}

function same(what: string, seen: unknown, wanted: unknown): void {
  if (seen !== wanted) throw new Broken(`${what}: expected ${wanted}, found ${seen}`);
}

function all(plan: Plan): Plan[] {
  return [plan, ...(plan.kind === "supervisor" ? plan.children.flatMap(all) : [])];
}

/** Whether something below has a name and does not end at once when everything above it is killed. */
function isCrowded(seat: Seat): boolean {
  return seat.children.some(({ plan, children, isRunning }) => {
    if (!isRunning) return false;
    const endsAtOnce = plan.kind === "worker" && (plan.temper === "plain" || plan.temper === "server");
    return (plan.name !== undefined && !endsAtOnce) || children.some((each) => each.isRunning && hasName(each));
  });
}

function hasName(seat: Seat): boolean {
  return seat.plan.name !== undefined || seat.children.some((each) => each.isRunning && hasName(each));
}
