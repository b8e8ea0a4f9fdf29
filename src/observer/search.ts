import { SLICE } from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";
import { bytesOf, COUNT_WORD, type CoreMemory, GENERATION_WORD, REDUCTIONS_WORD, STATE_WORD } from "./core-memory.ts";
import { bodyOf, named, type Process, statusOf } from "./people.ts";
import type { ProcessOrder, ProcessPage, ProcessQuery, ProcessRow } from "./protocol.ts";
import type { Looker, Scan } from "./scan.ts";
import { type Best, Top } from "./top.ts";

/** Rows that can be reached: before that one filters. */
const DEEPEST = 10_000;
const PID = /^[#pid<0-9.>]+$/i;

const ORDERS: readonly ProcessOrder[] = ["pid", "mailbox", "reductions", "rate", "memory", "age"];

/** *Throws* `TypeError` or `RangeError` for a query that is none. */
function checkQuery(query: ProcessQuery): ProcessQuery {
  const { sort, offset, limit, text } = query;
  if (!ORDERS.includes(sort))
    throw new TypeError(`processes: expected one of ${ORDERS.join(", ")} as sort, got ${sort}`);
  for (const [name, value] of [
    ["offset", offset],
    ["limit", limit],
  ] as const) {
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(`processes: expected a whole number as ${name}, got ${value}`);
  }
  if (offset + limit > DEEPEST) throw new RangeError(`processes: rows beyond ${DEEPEST} can't be shown: filter them`);
  if (text !== undefined && typeof text !== "string") throw new TypeError("processes: expected a string as text");
  return query;
}

/** Finds the rows of one page of processes. */
export class Search implements Looker {
  readonly backwards: boolean;
  /** What the last whole pass found; undefined before there was one. */
  page: ProcessPage | undefined;
  /** Whether a pass shows it anything. */
  hasBegun = false;

  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly scan: Scan;
  private readonly query: ProcessQuery;
  private readonly text: string;
  private readonly asksForPid: boolean;
  private top: Top;
  private matching = 0;
  /** Slots of names that match. */
  private holders = new Set<number>();

  constructor(machine: Machine, memory: CoreMemory, scan: Scan, query: ProcessQuery) {
    this.machine = machine;
    this.memory = memory;
    this.scan = scan;
    this.query = checkQuery(query);
    this.text = (query.text ?? "").trim().toLowerCase();
    this.asksForPid = PID.test(this.text);
    this.top = new Top(0);
    // Whoever wants the youngest: those come last otherwise, and each would be better than all before.
    this.backwards = (query.sort === "pid" && query.descending) || (query.sort === "age" && !query.descending);
  }

  begin(): void {
    this.hasBegun = true;
    this.top = new Top(this.query.offset + this.query.limit);
    this.matching = 0;
    this.holders.clear();
    if (this.text === "") return;
    for (const name of this.machine.registered()) {
      if (!name.toLowerCase().includes(this.text)) continue;
      const holder = this.machine.whereis(name) as Process | undefined;
      if (holder !== undefined) this.holders.add(holder.slot);
    }
  }

  see(slot: number, generation: number, state: number, messages: number, reductions: number, rate: number): void {
    const { query } = this;
    if (query.status !== undefined && statusOf(state) !== query.status) return;
    if (this.text !== "" && !this.matches(slot)) return;
    this.matching++;
    const key = this.keyOf(slot, generation, messages, reductions, rate);
    this.top.offer(query.descending ? key : -key, slot, generation, rate);
  }

  end(): void {
    this.page = this.found(1);
  }

  /** What has been found, though the pass may not be over. */
  found(progress: number): ProcessPage {
    const { offset, limit } = this.query;
    const rows: ProcessRow[] = [];
    for (const best of this.top.sorted.slice(offset, offset + limit)) {
      const row = this.rowOf(best);
      if (row !== undefined) rows.push(row);
    }
    return { rows, matching: this.matching, processes: this.machine.core.processes(), progress };
  }

  private keyOf(slot: number, generation: number, messages: number, reductions: number, rate: number): number {
    switch (this.query.sort) {
      case "mailbox":
      case "memory":
        return messages;
      case "reductions":
        return reductions;
      case "rate":
        return rate;
      case "age":
        // Of those that were there before, and of those seen at the same time, the number of the pid tells.
        return (this.scan.ageOf(slot) ?? 1e12) - generation * 1e-3 - slot * 1e-11;
      default:
        return generation * 1e8 + slot;
    }
  }

  private matches(slot: number): boolean {
    if (this.holders.has(slot)) return true;
    const process = this.machine.table[slot];
    if (process === undefined) return false;
    if (bodyOf(this.machine, process).toLowerCase().includes(this.text)) return true;
    return this.asksForPid && String(process).toLowerCase().includes(this.text);
  }

  private rowOf({ slot, generation, extra }: Best): ProcessRow | undefined {
    const process = this.machine.table[slot];
    if (process === undefined || this.memory.word(slot, GENERATION_WORD) !== generation) return undefined;
    return rowOf(this.machine, this.memory, this.scan, process, extra);
  }
}

/** The row of a living process. */
export function rowOf(machine: Machine, memory: CoreMemory, scan: Scan, process: Process, rate: number): ProcessRow {
  const { slot } = process;
  const word = memory.word(slot, STATE_WORD);
  const messages = machine.processInfo(process as never, "messageQueueLen") ?? memory.word(slot, COUNT_WORD);
  const age = scan.ageOf(slot);
  return {
    ...named(machine, process),
    status: statusOf(word & 255),
    mailbox: messages,
    reductions: (memory.word(slot, REDUCTIONS_WORD) >>> 0) + SLICE - (word >>> 24),
    rate: Math.round(rate),
    memory: bytesOf(messages),
    ...(age !== undefined && { age }),
  };
}
