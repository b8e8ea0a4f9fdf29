import { hueStyle } from "./svg-style.ts";

/** How the page around a chart looks. */
export const pageStyle: string = `
${hueStyle}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 14px/1.4 system-ui, sans-serif; }
header { padding: 10px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
h1 { font-size: 16px; margin: 0; }
.failure-line { margin: 0; color: var(--bad); font-weight: 600; overflow-wrap: anywhere; }
.failure-line:empty { display: none; }
.tools { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
.tools label { display: flex; gap: 6px; align-items: center; }
input { font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; width: 18em; max-width: 60vw; }
button { font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; cursor: pointer; }
.steps button + button { margin-left: 4px; }
.keys, output, .when { color: var(--soft); font-size: 12.5px; }
kbd { font: 11px ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; }
.actors { display: flex; flex-wrap: wrap; gap: 4px; max-height: 5.6em; overflow: auto; }
.actors button { padding: 1px 9px; border-radius: 99px; border-color: var(--c); color: var(--c); background: none; font-size: 13px; }
.actors button[aria-pressed=true] { background: var(--c); color: var(--paper); }
:focus-visible { outline: 2px solid var(--h0); outline-offset: 1px; }
main { flex: 1; min-height: 0; display: flex; }
.chart { flex: 1; min-width: 0; overflow: auto; position: relative; }
.canvas { position: relative; width: max-content; min-height: 100%; }
.chart svg { display: block; }
.heads { position: sticky; top: 0; height: 0; z-index: 1; }
.heads span { position: absolute; top: 4px; transform: translateX(-50%); padding: 1px 8px; border-radius: 6px; border: 1px solid var(--c); color: var(--c); background: var(--paper); font: 600 12px ui-monospace, monospace; white-space: nowrap; }
aside { width: 400px; max-width: 42vw; border-left: 1px solid var(--line); display: flex; flex-direction: column; min-height: 0; }
.whole { padding: 10px 14px; border-bottom: 1px solid var(--line); max-height: 34%; min-height: 6.2em; overflow: auto; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.whole p { margin: 0 0 4px; }
.whole .soft { color: var(--soft); }
.events { flex: 1; overflow: auto; margin: 0; padding: 4px 0; list-style: none; font-size: 12.5px; }
.events li { padding: 3px 14px; cursor: pointer; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; content-visibility: auto; contain-intrinsic-height: 24px; }
.events li:hover { background: var(--band); }
.events li[aria-current] { background: color-mix(in srgb, var(--h0) 22%, var(--paper)); }
.events .text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.events .when { display: inline-block; min-width: 2.6em; text-align: right; margin-right: 4px; }
.events .elided { color: var(--soft); text-align: center; cursor: default; }
.events .exit .text, .events .report .text, .events .signal .text { color: var(--bad); }
.events .calm .text { color: var(--soft); }
[hidden] { display: none !important; }
.beamlet-chart .out { opacity: .1; }
.beamlet-chart .row { cursor: pointer; }
.beamlet-chart .ahead { opacity: .22; }
.beamlet-chart .now .label { font-weight: 700; }
.beamlet-chart .cursor { fill: var(--h0); opacity: .13; }
@media (max-width: 760px) {
  main { flex-direction: column; }
  aside { width: auto; max-width: none; height: 40%; border-left: 0; border-top: 1px solid var(--line); }
  .keys { display: none; }
}
@media (prefers-reduced-motion: no-preference) { .beamlet-chart .row { transition: opacity .12s; } }
`;
