/** Whole numbers below `limit`, the same for the same seed (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** True `percent` times of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

type Restart = "permanent" | "transient" | "temporary";

interface Planned {
  readonly id: string;
  readonly restart: Restart;
  readonly name: string | undefined;
  readonly significant: boolean;
}

/**
 * A worker, by how it takes exit signals: `plain` and `server` end at once; `orderly` traps them and ends when its supervisor says so;
 * `stubborn` does not even then, and has to be killed.
 */
export interface WorkerPlan extends Planned {
  readonly kind: "worker";
  readonly temper: "plain" | "server" | "orderly" | "stubborn";
}

export interface SupervisorPlan extends Planned {
  readonly kind: "supervisor";
  /**
   * Stubborn workers are only in such branches of the tree, and names only in the others: who is restarted while its old self, which has its
   * name, needs time to end would be tried again and again, and time that a test moves by hand would never pass.
   */
  readonly isSlow: boolean;
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one" | "dynamic";
  readonly autoShutdown: "never" | "any_significant" | "all_significant";
  readonly maxRestarts: number;
  readonly maxSeconds: number;
  readonly children: Plan[];
}

export type Plan = WorkerPlan | SupervisorPlan;

/** No supervisor remembers a restart for longer, s. */
export const LONGEST_PERIOD = 2;
/** What a stubborn worker is given to end by itself, ms. */
export const PATIENCE = 5;
/** A tree is given no more stubborn workers: all of them may be waited for one after the other. */
const MOST_STUBBORN = 20;
const DEEPEST = 5;

/** A tree that the same seed grows again. */
export function planTree(random: Random, supervisors: number, workers: number): SupervisorPlan {
  const root = planSupervisor(random, "root", undefined);
  const all = [{ plan: root, depth: 1 }];
  while (all.length < supervisors) {
    const { plan: parent, depth } = random.pick(all);
    if (depth === DEEPEST) continue;
    const plan = planSupervisor(random, `s${all.length}`, parent);
    parent.children.push(plan);
    all.push({ plan, depth: depth + 1 });
  }
  let stubborn = 0;
  for (let number = 1; number <= workers; number++) {
    // Everybody gets one, before anybody gets more.
    const parent = all[number - 1]?.plan ?? random.pick(all).plan;
    const plan = planWorker(random, `w${number}`, parent, stubborn < MOST_STUBBORN);
    if (plan.temper === "stubborn") stubborn++;
    parent.children.splice(random.below(parent.children.length + 1), 0, plan);
  }
  return root;
}

function planSupervisor(random: Random, id: string, parent: SupervisorPlan | undefined): SupervisorPlan {
  const strategy = random.pick(["one_for_one", "one_for_all", "rest_for_one", "dynamic"] as const);
  const autoShutdown = random.pick(["never", "never", "any_significant", "all_significant"] as const);
  const planned = { ...plan(random, id, parent), kind: "supervisor", children: [] } as const;
  const isSlow = parent?.id === "root" ? random.chance(40) : parent?.isSlow === true;
  // The root never gives up: it is what the tree is held by.
  if (parent === undefined)
    return {
      ...planned,
      children: [],
      isSlow,
      strategy: "one_for_one",
      autoShutdown: "never",
      maxRestarts: 1e9,
      maxSeconds: 1,
    };
  return {
    ...planned,
    children: [],
    isSlow,
    name: isSlow ? undefined : planned.name,
    strategy,
    autoShutdown: strategy === "dynamic" ? "never" : autoShutdown,
    maxRestarts: random.below(6),
    maxSeconds: 1 + random.below(LONGEST_PERIOD),
  };
}

function planWorker(random: Random, id: string, parent: SupervisorPlan, mayBeStubborn: boolean): WorkerPlan {
  const roll = random.below(100);
  const temper =
    roll < 50 ? "plain" : roll < 75 ? "server" : roll < 95 || !parent.isSlow || !mayBeStubborn ? "orderly" : "stubborn";
  return { ...plan(random, id, parent), kind: "worker", temper };
}

function plan(random: Random, id: string, parent: SupervisorPlan | undefined): Planned {
  const roll = random.below(100);
  const restart = parent === undefined || roll < 60 ? "permanent" : roll < 80 ? "transient" : "temporary";
  return {
    id,
    restart,
    name: random.chance(30) && parent?.isSlow !== true ? `name of ${id}` : undefined,
    significant:
      restart !== "permanent" && parent !== undefined && parent.autoShutdown !== "never" && random.chance(30),
  };
}
