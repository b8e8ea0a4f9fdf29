import { ceilingOf, ELIXIR, ERLANG } from "./catalog.ts";
import { figure, ratio, table } from "./markdown.ts";
import { figures, type Measure, median, type Results } from "./results.ts";
import { memoryTargets, targets } from "./targets.ts";
import { workloads } from "./workloads.ts";

/** All of it as Markdown: the systems, ns/op by workload, the memory, and what of the targets was reached. */
export function report(results: Results): string {
  const { systems, workloads: ops, samples } = results;
  const rounds = Math.max(
    0,
    ...Object.values(samples).flatMap((row) => Object.values(row).map(({ length }) => length)),
  );
  return [
    `${results.machine}, ${results.date.slice(0, 10)}, ${rounds} rounds`,
    ...Object.entries(systems).map(([name, about]) => `- ${name}: ${about}`),
    ...times(results),
    ...memory(results),
    ...reached(results),
    "",
    ...Object.entries(ops).map(([name, op]) => `- ${name}: ${op}`),
  ].join("\n");
}

function times(results: Results): string[] {
  const names = Object.keys(results.systems);
  const rows = Object.keys(results.workloads).filter(
    (workload) => !workloads.find(({ name }) => name === workload)?.isMemory,
  );
  if (rows.length === 0) return [];
  const head = names.map((name) => {
    const ceiling = ceilingOf(name);
    const ratios = [ERLANG, ELIXIR, ceiling].filter(
      (each) => each !== undefined && each in results.systems && each !== name,
    );
    return [name, ...ratios.map((each) => `× ${each}`)].join(" · ");
  });
  return [
    "",
    "ns/op, median (min–max); behind it, the ratio of the medians to that of each system in the column's head that has the workload.",
    "",
    table(
      ["workload", ...head],
      rows.map((workload) => [workload, ...names.map((name) => timeCell(results, workload, name))]),
    ),
  ];
}

function timeCell(results: Results, workload: string, name: string): string {
  const own = figures(results, workload, name);
  if (own.length === 0) return "–";
  const parts = [spread(own)];
  for (const base of [ERLANG, ELIXIR, ceilingOf(name)]) {
    if (base === undefined || base === name) continue;
    const value = median(own) / median(figures(results, workload, base));
    if (Number.isNaN(value)) continue;
    parts.push(base === ceilingOf(name) ? ratio(value) : `**${ratio(value)}**`);
  }
  return parts.join(" · ");
}

const MEMORY: readonly [head: string, workload: string, measure: Measure][] = [
  ["idle process", "spawn_idle", "bytes"],
  ["idle process, of 10,000,000", "spawn_idle_10m", "bytes"],
  ["wake and reply, ns", "spawn_idle", "wake"],
  ["queued message, all in one mailbox", "queue_one", "bytes"],
  ["queued message, one in each mailbox", "queue_each", "bytes"],
];

function memory(results: Results): string[] {
  const columns = MEMORY.filter(([, workload]) => workload in results.workloads);
  const names = Object.keys(results.systems).filter((name) =>
    columns.some(([, workload, measure]) => figures(results, workload, name, measure).length > 0),
  );
  if (names.length === 0) return [];
  return [
    "",
    "Resident bytes for each, median (min–max); of idle processes also how many there were.",
    "",
    table(
      ["system", "idle processes", ...columns.map(([head]) => head)],
      names.map((name) => [
        name,
        results.samples["spawn_idle"]?.[name]?.[0]?.ops.toLocaleString("en-US") ?? "–",
        ...columns.map(([, workload, measure]) => spread(figures(results, workload, name, measure))),
      ]),
    ),
  ];
}

/** One table of targets for each Node. */
function reached(results: Results): string[] {
  const nodes = new Set(
    Object.keys(results.systems)
      .filter((name) => ceilingOf(name) !== undefined)
      .map((name) => name.slice(name.split(" ")[0]?.length)),
  );
  return [...nodes].flatMap((node) => [...reachedOn(results, node), ...bytesReachedOn(results, node)]);
}

/** `node` is what a system's name has behind it, with more than one Node. */
function reachedOn(results: Results, node: string): string[] {
  const rows = targets.flatMap(({ workload, system, beam, ceiling, base = ERLANG }) => {
    const name = `${system}${node}`;
    const own = median(figures(results, workload, name));
    if (Number.isNaN(own)) return [];
    const against = (base: string, most: number | undefined) => {
      if (most === undefined) return ["–", "–", "–"];
      const value = own / median(figures(results, workload, base));
      return [Number.isNaN(value) ? "–" : value.toFixed(3), ratio(most), mark(value, most)];
    };
    return [[workload, name, ...against(base, beam), ...against(ceilingOf(name) as string, ceiling)]];
  });
  if (rows.length === 0) return [];
  return [
    "",
    `Targets${node}:`,
    "",
    table(["workload", "system", "× BEAM", "at most", "", "× ceiling", "at most", ""], rows),
  ];
}

function bytesReachedOn(results: Results, node: string): string[] {
  const rows = memoryTargets.flatMap(({ workload, system, bytes }) => {
    const name = `${system}${node}`;
    const own = median(figures(results, workload, name, "bytes"));
    return Number.isNaN(own) ? [] : [[workload, name, figure(own), figure(bytes), mark(own, bytes)]];
  });
  if (rows.length === 0) return [];
  return ["", table(["workload", "system", "resident B", "at most", ""], rows)];
}

function mark(value: number, most: number): string {
  if (Number.isNaN(value)) return "not measured";
  return value <= most ? "met" : "**missed**";
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return "–";
  return `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}
