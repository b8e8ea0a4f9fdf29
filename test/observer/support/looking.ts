import { localSource, type Source, type Topic, type Topics } from "beamlet/observer";
import { onTestFinished } from "vitest";
import type { Runtime } from "../../../src/index.ts";

/** A source that is closed after the test. */
export function sourceOf(runtime: Runtime): Source {
  const source = localSource(runtime, { interval: 10 });
  onTestFinished(() => source.close());
  return source;
}

/** The first data of a topic that `isWanted`. */
export function seen<T extends Topic>(
  source: Source,
  topic: T,
  query: Topics[T]["query"],
  isWanted: (data: Topics[T]["data"]) => boolean = () => true,
): Promise<Topics[T]["data"]> {
  return new Promise((resolve, reject) => {
    const subscription = source.subscribe(
      topic,
      query,
      (data) => {
        if (!isWanted(data)) return;
        subscription.close();
        resolve(data);
      },
      reject,
    );
  });
}

/** The rows of a page of processes, once a whole walk has been made. */
export async function rowsOf(source: Source, query: Partial<Topics["processes"]["query"]>) {
  const whole = { sort: "pid", descending: false, offset: 0, limit: 100, ...query } as const;
  return (await seen(source, "processes", whole, ({ progress }) => progress === 1)).rows;
}
