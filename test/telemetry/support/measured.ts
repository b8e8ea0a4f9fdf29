import { type Attributes, TraceFlags } from "@opentelemetry/api";
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { type Instrumentation, instrument } from "beamlet/telemetry";
import { expect, onTestFinished } from "vitest";
import type { Runtime } from "../../../src/index.ts";

/** Collects when it is asked to. */
class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** A point of a metric. */
interface Point {
  readonly value: number | Histogram;
  readonly attributes: Attributes;
}

/** A metric as it was collected. */
interface Metric {
  readonly unit: string;
  readonly isMonotonic: boolean | undefined;
  readonly points: readonly Point[];
}

export interface Measured {
  readonly telemetry: Instrumentation;
  collect(): Promise<ReadonlyMap<string, Metric>>;
  /** What the metric `name` tells, where it has one point; 0 when it has none. */
  only(name: string): Promise<number>;
  /** The spans that have ended, in that order. */
  spans(): readonly ReadableSpan[];
}

/** Measures a runtime with an SDK of its own, until the test ends. */
export function measure(runtime: Runtime, attributes?: Attributes): Measured {
  const reader = new Reader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const telemetry = instrument(runtime, {
    meterProvider,
    tracerProvider,
    ...(attributes === undefined ? {} : { attributes }),
  });
  onTestFinished(async () => {
    telemetry.stop();
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });

  async function collect(): Promise<ReadonlyMap<string, Metric>> {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    return new Map(
      resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
        metrics.map((metric) => [
          metric.descriptor.name,
          {
            unit: metric.descriptor.unit,
            isMonotonic: "isMonotonic" in metric ? metric.isMonotonic : undefined,
            points: (metric.dataPoints as DataPoint<number | Histogram>[]).map(({ value, attributes }) => ({
              value,
              attributes,
            })),
          },
        ]),
      ),
    );
  }

  return {
    telemetry,
    collect,
    only: async (name) => {
      const points = (await collect()).get(name)?.points ?? [];
      expect(points.length, `points of ${name}`).toBeLessThan(2);
      return (points[0]?.value as number | undefined) ?? 0;
    },
    spans: () => {
      const spans = exporter.getFinishedSpans();
      for (const span of spans) expect(span.spanContext().traceFlags).toBe(TraceFlags.SAMPLED);
      return spans;
    },
  };
}
