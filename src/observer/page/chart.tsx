import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { clock, plain } from "./format.ts";

/** One line of a chart. `color` is a custom property of styles/base.css. */
export interface Line {
  readonly label: string;
  readonly color: "--series-1" | "--series-2" | "--series-3";
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  /** For whoever can't see it. */
  readonly title: string;
  /** Dates in ms, rising. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** ms that are shown, up to the last time. */
  readonly history: number;
  readonly format: (value: number) => string;
  /** Whether there is something between 0 and 1. */
  readonly fractions?: boolean;
  readonly height: number;
}

/** The charts of a page share their cursor: where one looks at one, all show that moment. */
const cursors = uPlot.sync("observer");

/** Lines over the last minutes. Colours are read when it is made, and again when the scheme changes. */
export function Chart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(element, latest.current), columns(latest.current), element);
    };
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0) plot.current?.setSize({ width, height: latest.current.height });
    });
    make();
    resized.observe(element);
    scheme.addEventListener("change", make);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [props.lines.length, props.height]);

  useEffect(() => {
    plot.current?.setData(columns(props));
  }, [props.times.length, props.times.at(-1), props.lines]);

  return <div class="chart" ref={box} role="img" aria-label={props.title} />;
}

function columns({ times, lines }: ChartProps): uPlot.AlignedData {
  return [times.map((time) => time / 1000), ...lines.map(({ values }) => values as (number | null)[])];
}

function options(
  element: HTMLElement,
  { lines, history, format, fractions = false, height }: ChartProps,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const font = `10.5px ${style.getPropertyValue("--sans")}`;
  const grid = { stroke: color("--line"), width: 1 };
  return {
    width: Math.max(element.clientWidth, 80),
    height,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: { key: cursors.key },
      points: { size: 6, width: 1.5, fill: color("--panel") },
      drag: { x: false, y: false },
    },
    scales: {
      x: { range: (_, __, max) => [max - history / 1000, max] },
      y: { range: (_, __, max) => [0, Math.max(max * 1.12, 1)] },
    },
    axes: [
      {
        stroke: color("--faint"),
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 20,
        gap: 3,
        space: 70,
        // One that would not fit in beside the edge is left out.
        values: ({ scales, bbox }, splits) => {
          const { min = 0, max = 0 } = scales["x"] ?? {};
          const margin = (history / 1000) * (27 / (bbox.width / devicePixelRatio));
          return splits.map((second) => (second < min + margin || second > max - margin ? "" : clock(second * 1000)));
        },
      },
      {
        stroke: color("--faint"),
        font,
        grid,
        ticks: { show: false },
        size: 48,
        gap: 6,
        space: 28,
        values: (_, splits) =>
          splits.map((value) => (fractions || Number.isInteger(value) ? plain(format)(value) : "")),
      },
    ],
    series: [
      {},
      ...lines.map((line, index) => ({
        label: line.label,
        stroke: color(line.color),
        width: 1.5,
        points: { show: false },
        ...(index === 0 ? { fill: `${color(line.color)}20` } : {}),
      })),
    ],
  };
}
