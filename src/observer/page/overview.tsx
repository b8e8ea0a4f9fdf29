import type { JSX } from "preact";
import type { Sample } from "../protocol.ts";
import { AlarmList } from "./alarms.tsx";
import { Chart, type Line } from "./chart.tsx";
import { bytes, count, short, span, whole } from "./format.ts";
import { useObserver, useTopic } from "./observer.tsx";
import { PidLink, titleOf } from "./pid.tsx";
import { href } from "./route.ts";

interface Metric {
  readonly label: string;
  readonly unit?: string;
  readonly format: (value: number) => string;
  readonly fractions?: boolean;
  /** Of the time between two samples, which is too short to be looked at. */
  readonly isRate?: boolean;
  readonly lines: readonly { readonly label: string; readonly of: (sample: Sample) => number | undefined }[];
  /** The number above the chart, where it is not the last one of the first line: from the samples of the last second. */
  readonly value?: (second: readonly Sample[]) => number;
}

const one = (of: (sample: Sample) => number) => [{ label: "", of }];

const METRICS: readonly Metric[] = [
  { label: "Processes", format: count, lines: one((sample) => sample.processes) },
  { label: "Run queue", format: count, lines: one((sample) => sample.runQueue) },
  {
    label: "Messages",
    unit: "/s",
    format: short,
    isRate: true,
    lines: one((sample) => sample.messages),
    value: (second) => mean(second.map(({ messages }) => messages)),
  },
  {
    label: "Reductions",
    unit: "/s",
    format: short,
    isRate: true,
    lines: one((sample) => sample.reductions),
    value: (second) => mean(second.map(({ reductions }) => reductions)),
  },
  {
    label: "Memory",
    format: bytes,
    lines: [
      { label: "heap", of: ({ memory }) => memory.heap },
      { label: "core", of: ({ memory }) => memory.linear },
      { label: "values", of: ({ memory }) => memory.values },
    ],
    value: (second) =>
      Math.max(...second.slice(-1).map(({ memory }) => memory.linear + (memory.heap ?? memory.values))),
  },
  { label: "Timers", format: count, lines: one((sample) => sample.timers) },
  {
    label: "Reports",
    format: count,
    lines: [
      { label: "reports", of: (sample) => sample.reports },
      { label: "restarts", of: (sample) => sample.restarts },
    ],
  },
  {
    label: "Event-loop delay",
    format: span,
    fractions: true,
    lines: one((sample) => sample.delay),
    value: (second) => Math.max(...second.map(({ delay }) => delay)),
  },
];

/** At each moment the mean of the second before it. */
function steadied(samples: readonly Sample[], of: (sample: Sample) => number | undefined): (number | null)[] {
  let first = 0;
  let sum = 0;
  return samples.map((sample, index) => {
    sum += of(sample) ?? 0;
    while ((samples[first] as Sample).at <= sample.at - 1000 && first < index)
      sum -= of(samples[first++] as Sample) ?? 0;
    return sum / (index - first + 1);
  });
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

const COLORS = ["--series-1", "--series-2", "--series-3"] as const;
const HISTORY = 120_000;

/** The state of the whole program: now, and the two minutes before. */
export function Overview(): JSX.Element {
  const observer = useObserver();
  const samples = observer.samples.value;
  const active = observer.alarms.value.filter((alarm) => alarm.active);
  return (
    <div class="view">
      <div class="title">
        <h1>Overview</h1>
        <span class="muted">the last two minutes</span>
      </div>
      <div class="charts">
        {METRICS.map((metric) => (
          <MetricPanel key={metric.label} metric={metric} samples={samples} />
        ))}
      </div>
      <div class="pair">
        <section class="panel">
          <header>
            <h2>Alarms</h2>
            <a class="aside" href={href("alarms")}>
              All
            </a>
          </header>
          {active.length === 0 ? <p class="nothing">No alarm is active.</p> : <AlarmList alarms={active.slice(0, 6)} />}
        </section>
        <Longest />
      </div>
    </div>
  );
}

function MetricPanel({ metric, samples }: { metric: Metric; samples: readonly Sample[] }): JSX.Element {
  const last = samples.at(-1);
  const { label, unit, format } = metric;
  const second = last ? samples.filter(({ at }) => at > last.at - 1000) : [];
  const value = last && (metric.value?.(second) ?? metric.lines[0]?.of(last));
  const times = samples.map(({ at }) => at);
  const lines: Line[] = metric.lines.map(({ label: name, of }, index) => ({
    label: name,
    color: COLORS[index] ?? "--series-1",
    values: metric.isRate ? steadied(samples, of) : samples.map((sample) => of(sample) ?? null),
  }));
  const text = value === undefined ? "–" : (format === short ? count : format)(value);
  return (
    <section class="panel metric" aria-label={`${label}: ${text}${unit ?? ""}`}>
      <div class="label">
        <h2>{label}</h2>
        {lines.length > 1 && (
          <span class="keys">
            {lines.map((line) => (
              <span key={line.label}>
                <i style={{ background: `var(${line.color})` }} />
                {line.label}
              </span>
            ))}
          </span>
        )}
      </div>
      <div class="value" title={value === undefined ? "" : whole(value)}>
        {text}
        {unit && <small> {unit}</small>}
      </div>
      <Chart
        title={`${label} over the last two minutes`}
        times={times}
        lines={lines}
        history={HISTORY}
        format={format}
        fractions={metric.fractions ?? false}
        height={104}
      />
    </section>
  );
}

/** Where messages gather. */
function Longest(): JSX.Element {
  const { data } = useTopic("processes", { sort: "mailbox", descending: true, offset: 0, limit: 6 });
  const rows = data?.rows.filter(({ mailbox }) => mailbox > 0);
  return (
    <section class="panel">
      <header>
        <h2>Longest mailboxes</h2>
        <a class="aside" href={href("processes")}>
          All processes
        </a>
      </header>
      {rows?.length === 0 && <p class="nothing">No message waits anywhere.</p>}
      <ul class="rows">
        {rows?.map((row) => (
          <li key={row.pid}>
            <PidLink pid={row.pid} />
            <span class="grow clip">{titleOf(row)}</span>
            <span class="number">{whole(row.mailbox)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
