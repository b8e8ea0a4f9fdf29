/** The value that the part `p` of all values is below: 0.5 gives the median, 1 the largest. NaN when there are none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}
