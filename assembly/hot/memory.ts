/**
 * The core's memory, as the functions of this folder are given it: records of words.
 *
 * To asc a record is its address, and the memory, which is at hand anyway, an argument that it drops. The facade gives its own
 * twin of this class, src/words.ts. There a record is the index of its first word; a pointer in memory is an address for both.
 */
export class Memory {
  /** A word of a record, by its offset in bytes. */
  read(record: i32, offset: i32): i32 {
    return load<i32>(record + offset);
  }

  write(record: i32, offset: i32, word: i32): void {
    store<i32>(record + offset, word);
  }

  /** The record that a word of another points to; 0: to none. */
  follow(record: i32, offset: i32): i32 {
    return load<i32>(record + offset);
  }

  point(record: i32, offset: i32, other: i32): void {
    store<i32>(record + offset, other);
  }

  /** The record so many words behind another: within an array. */
  behind(record: i32, words: i32): i32 {
    return record + (words << 2);
  }
}
