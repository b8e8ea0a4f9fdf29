import type { Sample } from "./measure.ts";
import { median, type Results } from "./results.ts";

/** All of it as Markdown: the systems, ns/op by workload, and the idle processes' memory. */
export function report(results: Results): string {
  const { systems, workloads, samples } = results;
  const names = Object.keys(systems);
  const times = names.map((name) => `${name}${name === "erlang" || !("erlang" in systems) ? "" : " (× BEAM)"}`);
  const parts = [
    `${results.machine}, ${results.date.slice(0, 10)}`,
    ...names.map((name) => `- ${name}: ${systems[name]}`),
    "",
    "ns/op, median (min–max); in front of it, the ratio of the medians to the BEAM's.",
    "",
    table(["workload", ...times], Object.keys(workloads), (workload) => {
      const row = samples[workload] ?? {};
      const base = row["erlang"]?.map(nsPerOp);
      return names.map((name) => cell(row[name]?.map(nsPerOp), name === "erlang" ? undefined : base));
    }),
  ];
  const idle = samples["spawn_idle"];
  if (idle !== undefined) {
    parts.push(
      "",
      `${(Object.values(idle)[0]?.[0]?.ops ?? 0).toLocaleString("en-US")} idle processes, each:`,
      "",
      table(["system", "resident B", "wake and reply, ns"], Object.keys(idle), (name) => [
        cell(idle[name]?.map(({ bytes }) => bytes as number)),
        cell(idle[name]?.map(({ wake }) => wake as number)),
      ]),
    );
  }
  parts.push("", ...Object.entries(workloads).map(([name, op]) => `- ${name}: ${op}`));
  return parts.join("\n");
}

function nsPerOp({ ns, ops }: Sample): number {
  return ns / ops;
}

function table(head: readonly string[], rows: readonly string[], cells: (row: string) => string[]): string {
  const line = (of: readonly string[]) => `| ${of.join(" | ")} |`;
  const rule = `|---|${"--:|".repeat(head.length - 1)}`;
  return [line(head), rule, ...rows.map((row) => line([row, ...cells(row)]))].join("\n");
}

function cell(values: readonly number[] | undefined, base?: readonly number[]): string {
  if (values === undefined || values.length === 0) return "–";
  const ratio = base === undefined || base.length === 0 ? "" : `**${(median(values) / median(base)).toFixed(2)}** · `;
  return `${ratio}${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}

function figure(value: number): string {
  return value < 999.5 ? `${Number(value.toPrecision(3))}` : Math.round(value).toLocaleString("en-US");
}
