// Random state machines, and what is sent to them. `gen-state-machine-twin.erl` runs the same ones on OTP's gen_statem; what it saw is in
// `test/data/otp/gen-state-machine-outcomes.json`. To record anew, in an empty folder:
//
//   node scripts/run-ts.mjs test/otp/gen-state-machine-scenarios.ts > scenarios.term
//   erlc …/gen-state-machine-twin.erl && erl -noshell -s 'gen-state-machine-twin' main > outcomes.json

/** What a handler returns: how, to which state, and its actions. */
type Response = readonly [kind: string, state: string, actions: readonly (readonly unknown[])[]];

export interface Scenario {
  readonly stateEnter: boolean;
  readonly init: readonly [state: string, actions: readonly (readonly unknown[])[]];
  /** By `state/kind of event`: the responses, one after the other; the last one stays. */
  readonly table: Readonly<Record<string, readonly Response[]>>;
  readonly steps: readonly (readonly [kind: string, value: number])[];
}

const SEED = 20261122;
const SCENARIOS = 300;
const STATES = ["a", "b", "c"] as const;
const KINDS = ["cast", "info", "call", "internal", "timeout", "stateTimeout", "ta", "tb"] as const;
const TIMERS = ["timeout", "stateTimeout", "ta", "tb"] as const;
/** ms, so far apart that no two are due together, whatever their sums. */
const MS = { timeout: 150, stateTimeout: 233, ta: 347, tb: 519 };
const ADDED = ["internal", "internal", "cast", "info", "timeout", "stateTimeout", "ta", "call"];

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function scenarios(seed = SEED, count = SCENARIOS): Scenario[] {
  const next = random(seed);
  const int = (n: number) => Math.floor(next() * n);
  const pick = <T>(from: readonly T[]) => from[int(from.length)] as T;
  const chance = (p: number) => next() < p;
  let content = 0;

  function action(enter: boolean): readonly unknown[] {
    const r = int(20);
    if (r < 4 && !enter) return ["nextEvent", pick(ADDED), ++content];
    if (r < 6 && !enter) return ["postpone", chance(0.85)];
    if (r < 8) return ["reply"];
    if (r < 9) return ["hibernate"];
    if (r === 19 && enter && chance(0.1)) return ["nextEvent", "internal", ++content];
    if (r === 18 && enter && chance(0.1)) return ["postpone", true];
    const timer = pick(TIMERS);
    const q = int(10);
    if (q < 4) return [timer, 0, ++content];
    if (q < 7) return [timer, MS[timer], ++content];
    if (q < 8) return [timer, "cancel"];
    if (q < 9) return [timer, "update", ++content];
    return [timer, "infinity", ++content];
  }
  const actions = (enter = false) => Array.from({ length: pick([0, 0, 1, 1, 2, 3]) }, () => action(enter));

  function response(state: string, enter = false): Response {
    if (enter) {
      const kind = pick([
        "keep",
        "keepd",
        "keepd",
        "keep",
        chance(0.3) ? "repeat" : "keep",
        chance(0.05) ? "next" : "keepd",
      ]);
      return [kind, pick(STATES), actions(true)];
    }
    const r = int(40);
    if (r < 16) return ["next", pick(STATES), actions()];
    if (r < 24) return ["keep", state, actions()];
    if (r < 32) return ["keepd", state, actions()];
    if (r < 35) return ["repeat", state, actions()];
    if (r < 37) return ["repeatd", state, actions()];
    if (r === 38 && chance(0.2)) return ["stop", state, []];
    if (r === 39 && chance(0.2)) return ["stopReply", state, [["reply"]]];
    return ["keepd", state, []];
  }

  return Array.from({ length: count }, () => {
    content = 100;
    const stateEnter = chance(0.5);
    const table: Record<string, Response[]> = {};
    for (const state of STATES) {
      for (const kind of KINDS) {
        const last: Response = ["keepd", state, kind === "call" ? [["reply"]] : []];
        table[`${state}/${kind}`] = [...Array.from({ length: 1 + int(3) }, () => response(state)), last];
      }
      const last: Response = ["keepd", state, []];
      table[`${state}/enter`] = [...Array.from({ length: int(3) }, () => response(state, true)), last];
    }
    const steps: [string, number][] = [];
    let sent = 0;
    for (let i = 0, many = 3 + int(6); i < many; i++) {
      steps.push([pick(["cast", "cast", "info", "call"]), ++sent]);
      if (chance(0.4)) steps.push(["sleep", pick([40, 90, 1200])]);
    }
    steps.push(["sleep", 1500]);
    return { stateEnter, init: [pick(STATES), actions()], table, steps };
  });
}

/** As Erlang writes it. */
function term(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(term)}]`;
  if (typeof value === "string") return `'${value}'`;
  if (typeof value !== "object" || value === null) return String(value);
  return `#{${Object.entries(value).map(([key, each]) => `'${key}'=>${term(each)}`)}}`;
}

const { process } = globalThis as { process?: { argv: string[]; stdout: { write(text: string): void } } };
if (process?.argv[1]?.endsWith("gen-state-machine-scenarios.ts")) {
  for (const each of scenarios()) process.stdout.write(`${term(each)}.\n`);
}
