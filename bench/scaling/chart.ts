export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** By the names that `draw` gets. */
  readonly lines: Readonly<Record<string, readonly Point[]>>;
}

type Point = readonly [x: number, y: number];

/** Of bench/peers/chart.ts, which can be loaded only when its packages are there: SVG. */
export type Draw = (names: readonly string[], charts: readonly Chart[]) => string;
