/** Where values come from, one by one. A `ReadableStream` is one in every host. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

export function isSource(value: unknown): value is Source<unknown> {
  if (value === undefined || value === null) return false;
  const object = Object(value);
  return Symbol.iterator in object || Symbol.asyncIterator in object || typeof object.getReader === "function";
}

export function isAsync(source: Source<unknown>): boolean {
  return !(Symbol.iterator in Object(source));
}

/** Begins to take from a source. */
export function open<T>(source: Source<T>): Iterator<T> | AsyncIterator<T> {
  if (Symbol.iterator in Object(source)) return (source as Iterable<T>)[Symbol.iterator]();
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  // Some browsers can't iterate over a stream.
  const reader = (source as unknown as ReadableStream<T>).getReader();
  return {
    async next() {
      const step = await reader.read();
      if (step.done) reader.releaseLock();
      return step as IteratorResult<T>;
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
