import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import type { Chart } from "../scaling/chart.ts";

const WIDTH = 420;
const HEAD = 64;
const HEIGHT = 300;

/** They can be read on white and on black. */
const COLOURS = ["#d1495b", "#2a78d6", "#1a9e77", "#b07c00"];

/**
 * Draws charts side by side, on logarithmic axes, and tells above them which line is whose. The SVG has no background, and follows the
 * reader's choice of light or dark.
 */
export function draw(names: readonly string[], charts: readonly Chart[]): string {
  const document = new DOMParser().parseFromString("<html></html>", "text/html") as unknown as Document;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${charts.length * WIDTH} ${HEAD + HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor">`,
    "<style>svg { color: #24292f } @media (prefers-color-scheme: dark) { svg { color: #d0d7de } }</style>",
    ...names.map((name, i) => {
      if (!charts.some(({ lines }) => name in lines)) return "";
      const x = 10 + (i * (charts.length * WIDTH)) / names.length;
      return `<circle cx="${x}" cy="14" r="4" fill="${COLOURS[i]}"/><text x="${x + 9}" y="18">${name}</text>`;
    }),
    ...charts.flatMap((chart, i) => {
      const panel = plot(names, chart, document);
      panel.setAttribute("x", `${i * WIDTH}`);
      panel.setAttribute("y", `${HEAD}`);
      return [
        `<text x="${i * WIDTH + 6}" y="50"><tspan font-weight="600">${chart.title}</tspan>, ${chart.y}</text>`,
        panel.outerHTML,
      ];
    }),
    "</svg>\n",
  ].join("\n");
}

function plot(names: readonly string[], { x, lines }: Chart, document: Document): Element {
  const points = names.flatMap((name, i) =>
    (lines[name] ?? []).map(([px, py]) => ({ px, py, name, colour: COLOURS[i] })),
  );
  const ticks = steps(points.map(({ py }) => py));
  return Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 40,
    marginRight: 25,
    marginBottom: 40,
    x: {
      type: "log",
      ticks: [...new Set(points.map(({ px }) => px))],
      label: x,
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: power,
      grid: true,
    },
    y: { type: "log", label: null, domain: [ticks[0], ticks.at(-1)], ticks, tickFormat: ",", grid: true },
    marks: [
      Plot.line(points, { x: "px", y: "py", z: "name", stroke: "colour", strokeWidth: 2 }),
      Plot.dot(points, { x: "px", y: "py", fill: "colour", r: 3 }),
    ],
  });
}

/** 1, 2, 5, 10, 20 … from below the least to above the largest. */
function steps(values: readonly number[]): number[] {
  const all = Array.from({ length: 30 }, (_, i) => ([1, 2, 5][i % 3] as number) * 10 ** Math.floor(i / 3));
  const least = all.findLastIndex((step) => step <= Math.min(...values));
  return all.slice(least, all.findIndex((step) => step >= Math.max(...values)) + 1);
}

function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  return 10 ** exponent === value ? `10${"⁰¹²³⁴⁵⁶⁷⁸⁹"[exponent]}` : "";
}
