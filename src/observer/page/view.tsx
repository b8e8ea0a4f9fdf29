import { effect } from "@preact/signals";
import { render } from "preact";
import uPlotStyles from "uplot/dist/uPlot.min.css";
import type { Source } from "../protocol.ts";
import { App } from "./app.tsx";
import { Observer } from "./observer.tsx";
import { addressRouter, innerRouter } from "./route.ts";
import base from "./styles/base.css";
import shell from "./styles/shell.css";
import table from "./styles/table.css";
import views from "./styles/views.css";

/**
 * Shows the page in an element, until the function that it gives is called. It lies in a shadow root: neither's styles reach the other.
 *
 * `address`: the page has the document for itself, and its address says where one is.
 */
export function view(element: Element, source: Source, address = false): () => void {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([uPlotStyles, base, shell, table, views].join("\n"));
  root.adoptedStyleSheets = [sheet];
  const observer = new Observer(source, address ? addressRouter() : innerRouter());
  const frame = document.createElement("div");
  frame.className = "frame";
  root.append(frame);
  render(<App observer={observer} />, frame);
  const untitle = address ? title(observer) : () => {};
  return () => {
    untitle();
    render(null, frame);
    frame.remove();
    observer.close();
  };
}

/** Among other tabs: which program it is, and whether there is something to look at. */
function title({ program, alarms, status }: Observer): () => void {
  return effect(() => {
    const active = alarms.value.filter((alarm) => alarm.active).length;
    const name = status.value === "open" ? (program.value?.node ?? "Beamlet") : "ended";
    document.title = `${active > 0 ? `(${active}) ` : ""}${name} · observer`;
  });
}
