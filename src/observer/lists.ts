import { inspect } from "../kernel.ts";
import { COUNT_WORD, STATE_WORD } from "./core-memory.ts";
import type { Known } from "./detail.ts";
import { registriesOf } from "./keys.ts";
import { cut, named, type Process, statusOf } from "./people.ts";
import type { NamePage, NameRow, TimerPage, TimerRow } from "./protocol.ts";
import { timedOf } from "./timed.ts";

const MOST = 1000;
/** Timers that are looked at: those of finer rings of the wheel come first. */
const MOST_TIMERS = 20_000;
/** Characters of a message. */
const WIDTH = 200;

/** A page of the registered names. */
export function namePage(known: Known, text: string, offset: number, limit: number): NamePage {
  const { machine, memory } = known;
  const wanted = text.trim().toLowerCase();
  const names = machine.registered();
  const matching = wanted === "" ? names : names.filter((name) => name.toLowerCase().includes(wanted));
  matching.sort();
  const rows = matching.slice(offset, offset + Math.min(limit, MOST)).flatMap((name): NameRow[] => {
    const process = machine.whereis(name) as Process | undefined;
    if (process === undefined) return [];
    const mailbox = memory.word(process.slot, COUNT_WORD);
    const status = statusOf(memory.word(process.slot, STATE_WORD) & 255);
    return [{ ...named(machine, process), name, mailbox, status }];
  });
  return { rows, matching: matching.length, names: names.length, registries: registriesOf(known), progress: 1 };
}

/** The timers that are due next. */
export function timerPage({ machine, memory }: Known, limit: number): TimerPage {
  const now = machine.now();
  const timers = memory.timers(MOST_TIMERS).sort((a, b) => a.deadline - b.deadline);
  const timedBy = timedOf(machine);
  const rows = timers.slice(0, Math.min(limit, MOST)).map(({ deadline, slot, number, isTimeout }): TimerRow => {
    const process = slot === 0 ? undefined : machine.table[slot];
    const timed = isTimeout ? undefined : timedBy(number);
    // A sleep of an async body is a timer that calls a function.
    const isSleep = typeof timed?.to === "function";
    return {
      left: Math.max(0, Math.round(deadline - now)),
      kind: isTimeout || isSleep ? "timeout" : "message",
      ...(process !== undefined && { target: named(machine, process) }),
      ...(typeof timed?.to === "string" && { name: timed.to }),
      ...(timed !== undefined && !isSleep && { message: cut(inspect(timed.message), WIDTH) }),
    };
  });
  return { rows, timers: machine.core.timersInUse(), progress: 1 };
}
