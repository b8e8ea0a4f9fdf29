import { ceilingOf, ERLANG, ours } from "./catalog.ts";
import { figure, table } from "./markdown.ts";
import { figures, type Measure, median, type Results } from "./results.ts";

interface Change {
  readonly row: string;
  readonly measure: string;
  readonly system: string;
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** How many times worse, as multiples of `against`. */
  readonly factor: number;
  readonly against: string;
  /** Whether the ranges of the two overlap. */
  readonly isNoise: boolean;
}

const MEASURES: readonly [Measure, string][] = [
  ["time", "ns"],
  ["wake", "wake, ns"],
  ["bytes", "B"],
];

/** A table of what changed of Beamlet, the worst first, and how many times worse the worst is beyond noise; 1 or less when nothing is. */
export function compare(base: Results, head: Results): { text: string; worst: number } {
  const systems = Object.keys(base.systems).filter((name) => ceilingOf(name) !== undefined);
  const changes = Object.keys(base.workloads)
    .flatMap((workload) => systems.flatMap((system) => changesOf(base, head, workload, system)))
    .sort((a, b) => Number(a.isNoise) - Number(b.isNoise) || b.factor - a.factor);
  if (changes.length === 0) return { text: "The two files have nothing in common.", worst: 1 };
  const rows = changes.map(({ row, system, measure, base, head, factor, against, isNoise }) => [
    row,
    system,
    measure,
    spread(base),
    spread(head),
    against,
    percent(factor),
    isNoise ? "noise" : factor > 1 ? "**worse**" : "better",
  ]);
  return {
    text: table(["workload", "system", "of", "base", "head", "as multiples of", "change", ""], rows),
    worst: Math.max(1, ...changes.filter(({ isNoise }) => !isNoise).map(({ factor }) => factor)),
  };
}

function changesOf(base: Results, head: Results, workload: string, system: string): Change[] {
  return MEASURES.flatMap(([measure, unit]) => {
    const before = figures(base, workload, system, measure);
    const after = figures(head, workload, system, measure);
    if (before.length === 0 || after.length === 0) return [];
    const against = measure === "bytes" ? undefined : reference(base, head, workload, system, measure);
    const unitOf = (results: Results) =>
      against === undefined ? 1 : median(figures(results, workload, against, measure));
    // How fast the machine was, in each.
    const scale = unitOf(base) / unitOf(head);
    const scaled = after.map((value) => value * scale);
    return [
      {
        row: workload,
        measure: unit,
        system,
        base: before,
        head: after,
        factor: median(scaled) / median(before),
        against: against ?? "",
        isNoise: Math.min(...scaled) <= Math.max(...before) && Math.min(...before) <= Math.max(...scaled),
      },
    ];
  });
}

/** A system that both files have and no change of Beamlet makes faster: the BEAM, or something written by hand. */
function reference(
  base: Results,
  head: Results,
  workload: string,
  system: string,
  measure: Measure,
): string | undefined {
  const node = system.slice(system.split(" ")[0]?.length);
  const bare = Object.keys(ours).filter((name) => ours[name]?.ceiling === undefined);
  return [ERLANG, ...bare.map((name) => `${name}${node}`)].find((name) =>
    [base, head].every((results) => figures(results, workload, name, measure).length > 0),
  );
}

function spread(values: readonly number[]): string {
  return `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}

function percent(factor: number): string {
  const change = (factor - 1) * 100;
  return `${change > 0 ? "+" : change < 0 ? "−" : ""}${Math.abs(change).toFixed(0)} %`;
}
