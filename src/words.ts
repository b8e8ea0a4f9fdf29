/**
 * The core's memory for the hot path (assembly/hot), which V8 inlines over it: the twin of the core's own `Memory`.
 *
 * In the package these calls are written out as the accesses that they are (tsup.config.ts): V8 inlines only so much into one
 * function, and each of them would count. The length is 0 once the memory has grown: whoever may come after that takes a new one.
 */
export class Words extends Int32Array<ArrayBuffer> {
  read(record: number, offset: number): number {
    return this[record + (offset >>> 2)] as number;
  }

  write(record: number, offset: number, word: number): void {
    this[record + (offset >>> 2)] = word;
  }

  follow(record: number, offset: number): number {
    // Addresses of 2 GiB and more are negative.
    return (this[record + (offset >>> 2)] as number) >>> 2;
  }

  point(record: number, offset: number, other: number): void {
    this[record + (offset >>> 2)] = other << 2;
  }

  behind(record: number, words: number): number {
    return record + words;
  }
}
