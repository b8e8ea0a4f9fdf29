import type { RunEvent } from "../event.ts";
import { type Actor, HOST, type Key } from "./cast.ts";
import { pageScript } from "./html-script.ts";
import { pageStyle } from "./html-style.ts";
import { type ChartOptions, concerns, type Layout, layoutOf, type Placed } from "./layout.ts";
import { printable } from "./printable.ts";
import { isCalm } from "./rows.ts";
import { drawing } from "./svg.ts";
import { element, escaped } from "./xml.ts";

/** Nothing is fetched, and nothing of a message can run: scripts and styles of the page's own are all there is. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Draws what happened in a run as a page of its own: the chart of `svgChart`, a list of the events, a search, and the run step by step with the arrow
 * keys. The page needs nothing else, and opens as a file.
 *
 * *Throws* `TypeError` for a focus that no process has.
 */
export function htmlChart(events: readonly RunEvent[], options: ChartOptions = {}): string {
  const layout = layoutOf("htmlChart", events, options);
  const title = escaped(printable(options.title ?? "Sequence chart"));
  const actors = [...layout.cast.values()].filter(({ key }) => key !== HOST);
  const numbers = new Map(actors.map(({ key }, index) => [key, index]));
  const failure = events.find((event) => event.kind === "failure");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="failure-line">${failure === undefined ? "" : escaped(`✗ ${printable(failure.text.split("\n", 1)[0] ?? "")}`)}</p>
<div class="tools" role="search">
<label>Search <input id="search" type="search" placeholder="messages, names, reasons" autocomplete="off" spellcheck="false"></label>
<span class="steps"><button id="back" type="button" title="Step back (↑)" aria-label="Step back">↑</button><button id="on" type="button" title="Step on (↓)" aria-label="Step on">↓</button></span>
<output id="place" aria-live="polite"></output>
<span class="keys"><kbd>↑</kbd> <kbd>↓</kbd> step · <kbd>Home</kbd> <kbd>End</kbd> · <kbd>/</kbd> search · <kbd>Esc</kbd> show all</span>
</div>
<div class="actors" role="group" aria-label="Processes">${actors.map((actor, index) => button(actor, index, layout)).join("")}</div>
</header>
<main>
<div class="chart" id="chart" tabindex="0" aria-label="Chart"><div class="canvas"><div class="heads" id="heads" aria-hidden="true"></div>${drawing(layout, events, options)}</div></div>
<aside>
<div class="whole" id="whole" aria-live="polite"><p>Choose an event to see all of it.</p></div>
<ol class="events" id="events" aria-label="Events">
${layout.rows.map((placed, index) => line(placed, index, layout, numbers)).join("\n")}
</ol>
</aside>
</main>
<script>${pageScript}</script>
</body>
</html>
`;
}

function button(actor: Actor, index: number, layout: Layout): string {
  return element(
    "button",
    {
      type: "button",
      class: `beamlet-hue hue${layout.hues.get(actor.key)}`,
      "data-actor": index,
      "aria-pressed": "false",
      title: printable(`${actor.key} ${actor.body}`),
    },
    element("bdi", {}, escaped(printable(actor.name))),
  );
}

/** An event of the list. */
function line({ item, y, label }: Placed, index: number, layout: Layout, numbers: ReadonlyMap<Key, number>): string {
  if ("elided" in item) return element("li", { class: "elided", "data-row": index, "data-y": y }, escaped(label.body));
  const { row } = item;
  const { step, time } = row.event;
  const who = concerns(row).map((key) => printable(key === HOST ? "host" : (layout.cast.get(key)?.name ?? key)));
  const keys = concerns(row).flatMap((key) => numbers.get(key) ?? []);
  return element(
    "li",
    {
      class: `${row.kind}${isCalm(row) ? " calm" : ""}`,
      "data-row": index,
      "data-y": y,
      "data-x": layout.x(row.at),
      "data-to": layout.x(row.to ?? row.at),
      "data-actors": keys.join(" "),
      tabindex: -1,
    },
    element("span", { class: "when", title: `${Math.round(time * 1000) / 1000} ms` }, `${step}`),
    " ",
    element("b", {}, element("bdi", {}, escaped(who.join(" → ")))),
    " ",
    element("bdi", { class: "text" }, escaped(label.full)),
  );
}
