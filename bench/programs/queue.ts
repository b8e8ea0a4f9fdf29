/** First in, first out, in a ring whose length is a power of two. */
export class Queue<T> {
  private items: (T | undefined)[];
  private mask: number;
  head = 0;
  tail = 0;

  constructor(length: number) {
    this.items = new Array(length).fill(undefined);
    this.mask = length - 1;
  }

  push(item: T): void {
    if (this.tail - this.head > this.mask) this.grow();
    this.items[this.tail++ & this.mask] = item;
  }

  shift(): T {
    const at = this.head++ & this.mask;
    const item = this.items[at] as T;
    this.items[at] = undefined;
    return item;
  }

  at(place: number): T {
    return this.items[(this.head + place) & this.mask] as T;
  }

  /** Takes out the item at `place`; the shorter side closes the gap. */
  take(place: number): T {
    const { items, mask } = this;
    const item = this.at(place);
    if (place < (this.tail - this.head) / 2) {
      for (let i = this.head + place; i > this.head; i--) items[i & mask] = items[(i - 1) & mask];
      items[this.head++ & mask] = undefined;
    } else {
      for (let i = this.head + place; i < this.tail - 1; i++) items[i & mask] = items[(i + 1) & mask];
      items[--this.tail & mask] = undefined;
    }
    return item;
  }

  private grow(): void {
    const length = this.tail - this.head;
    const items = new Array(length * 2).fill(undefined);
    for (let i = 0; i < length; i++) items[i] = this.at(i);
    this.items = items;
    this.mask = length * 2 - 1;
    this.head = 0;
    this.tail = length;
  }
}
