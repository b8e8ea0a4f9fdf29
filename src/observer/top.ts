/** One of the best: `extra` is what its finder wants to remember. */
export interface Best {
  readonly slot: number;
  readonly generation: number;
  readonly key: number;
  readonly extra: number;
}

/**
 * The `size` best of very many, found in one walk: a heap with the worst of them on top. Of equal ones the one that came first is better, so
 * that a walk over processes that are all alike touches the heap no more once it is full.
 */
export class Top {
  private readonly size: number;
  private readonly heap: (Best & { readonly order: number })[] = [];
  private offered = 0;

  constructor(size: number) {
    this.size = size;
  }

  offer(key: number, slot: number, generation: number, extra: number): void {
    const { heap, size } = this;
    if (heap.length < size) {
      heap.push({ key, slot, generation, extra, order: this.offered++ });
      this.up(heap.length - 1);
    } else if (size > 0 && key > (heap[0] as Best).key) {
      heap[0] = { key, slot, generation, extra, order: this.offered++ };
      this.down();
    }
  }

  /** The best first. */
  get sorted(): Best[] {
    return [...this.heap].sort((a, b) => b.key - a.key || a.order - b.order);
  }

  private isWorse(a: number, b: number): boolean {
    const x = this.heap[a] as Best & { order: number };
    const y = this.heap[b] as Best & { order: number };
    return x.key < y.key || (x.key === y.key && x.order > y.order);
  }

  private up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.isWorse(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private down(): void {
    const { length } = this.heap;
    for (let at = 0; ; ) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < length && this.isWorse(child, worst)) worst = child;
      if (worst === at) return;
      this.swap(at, worst);
      at = worst;
    }
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    const kept = heap[a] as Best & { order: number };
    heap[a] = heap[b] as Best & { order: number };
    heap[b] = kept;
  }
}
