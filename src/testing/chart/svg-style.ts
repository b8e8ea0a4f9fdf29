/** Colours of light and dark: what stands apart, and one for each of the processes in turn. */
const LIGHT = ["#2563eb", "#0f766e", "#9333ea", "#c2410c", "#15803d", "#be185d", "#4f46e5", "#a16207"];
const DARK = ["#7aaeff", "#2dd4bf", "#c99bff", "#fb9a5c", "#5fdc8b", "#f58bbd", "#a5a9ff", "#eac54f"];

const variables = (base: string, hues: readonly string[]) =>
  `${base};${hues.map((hue, index) => `--h${index}:${hue}`).join(";")}`;

const LIGHT_ALL = variables(
  "--paper:#ffffff;--band:#f5f7fa;--ink:#1c2430;--soft:#5b6675;--line:#c3cad4;--bad:#c81e2c;--bad-paper:#fdeeee;--time:#8a5a00",
  LIGHT,
);
const DARK_ALL = variables(
  "--paper:#12161c;--band:#191f27;--ink:#e4e9f0;--soft:#98a4b3;--line:#3d4855;--bad:#ff7a80;--bad-paper:#331a1e;--time:#e3b341",
  DARK,
);

const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/** The colours alone, for what stands around a chart. */
export const hueStyle: string = [
  `:root{${LIGHT_ALL};color-scheme:light dark}`,
  `@media (prefers-color-scheme:dark){:root{${DARK_ALL}}}`,
  ...LIGHT.map((_, hue) => `.hue${hue}{--c:var(--h${hue})}`),
].join("\n");

/** The style of a chart: a part of each file, so that it needs nothing else. */
export const svgStyle: string = [
  `.beamlet-chart{${LIGHT_ALL};color-scheme:light dark}`,
  `@media (prefers-color-scheme:dark){.beamlet-chart{${DARK_ALL}}}`,
  `.beamlet-chart{background:var(--paper);font:11.5px ${MONO}}`,
  ".beamlet-chart text{fill:var(--ink);white-space:pre}",
  ".beamlet-chart .paper{fill:var(--paper)}",
  ".beamlet-chart .band{fill:var(--band)}",
  ".beamlet-chart .soft,.beamlet-chart .step{fill:var(--soft)}",
  ".beamlet-chart .step{text-anchor:end;font-size:10.5px}",
  ".beamlet-chart .life{stroke:var(--line);stroke-width:1.25}",
  ".beamlet-chart .gap{stroke:var(--paper);stroke-width:3;stroke-dasharray:3 4}",
  ".beamlet-chart .busy{fill:var(--c);opacity:.85}",
  ".beamlet-chart .head rect{fill:var(--paper);stroke:var(--c);stroke-width:1.5}",
  ".beamlet-chart .head text{text-anchor:middle}",
  ".beamlet-chart .who{font-weight:600;font-size:12px;fill:var(--c)!important}",
  ".beamlet-chart .pid{font-size:10px;fill:var(--soft)!important}",
  // The paper around letters keeps them readable where they cross lines.
  ".beamlet-chart .label{paint-order:stroke;stroke:var(--ground,var(--paper));stroke-width:4px;stroke-linejoin:round}",
  ".beamlet-chart .dark{--ground:var(--band)}",
  ".beamlet-chart .arrow{fill:none;stroke:var(--c);stroke-width:1.5}",
  ".beamlet-chart .tip{fill:var(--c)}",
  ".beamlet-chart .open{fill:var(--ground,var(--paper));stroke:var(--c);stroke-width:1.5}",
  ".beamlet-chart .spawn .arrow,.beamlet-chart .tie .arrow{stroke-dasharray:2 3}",
  ".beamlet-chart .tie{--c:var(--soft)!important}",
  ".beamlet-chart .late .arrow{stroke-dasharray:6 3}",
  ".beamlet-chart .signal,.beamlet-chart .exit,.beamlet-chart .report{--c:var(--bad)!important}",
  ".beamlet-chart .signal .arrow{stroke-width:3}",
  ".beamlet-chart .exit .body,.beamlet-chart .report .body,.beamlet-chart .signal .body{fill:var(--bad)}",
  ".beamlet-chart .calm{--c:var(--soft)!important}",
  ".beamlet-chart .calm .body{fill:var(--soft)!important}",
  ".beamlet-chart .timer{--c:var(--time)!important}",
  ".beamlet-chart .cross{stroke:var(--c);stroke-width:2.25;stroke-linecap:round}",
  ".beamlet-chart .dot{fill:var(--c)}",
  ".beamlet-chart .ring{fill:var(--ground,var(--paper));stroke:var(--c);stroke-width:1.75}",
  ".beamlet-chart .failure rect{fill:var(--bad-paper);stroke:var(--bad)}",
  ".beamlet-chart .failure text{fill:var(--bad)}",
  ".beamlet-chart .failure .what{font-weight:600}",
  ...LIGHT.map((_, hue) => `.beamlet-chart .hue${hue}{--c:var(--h${hue})}`),
  ".beamlet-chart .outside{--c:var(--soft)}",
].join("\n");
