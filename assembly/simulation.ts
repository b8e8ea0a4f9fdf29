import * as flight from "./flight.ts";
import { Flight } from "./flight.ts";
import * as layout from "./layout.ts";
import {
  BURIED,
  CHECK_CLOCK,
  CHOICE_SHIFT,
  EMPTY,
  HAS_MAIL,
  MAX_DEPTH,
  PRIORITY_HIGH,
  PRIORITY_LOW,
  PRIORITY_MAX,
  PRIORITY_NORMAL,
  PUT_OFF,
  RUNNABLE,
  STRATEGY_PCT,
  STRATEGY_RANDOM,
  STRATEGY_ROUND_ROBIN,
} from "./layout.ts";
import { takeChunk } from "./memory.ts";
import * as process from "./process.ts";
import { Process } from "./process.ts";
import * as runQueue from "./run-queue.ts";
import { SimulationState, simulation } from "./simulation-state.ts";
import { state } from "./state.ts";
import * as timer from "./timer.ts";
import { Timer } from "./timer.ts";

// The scheduler of simulations. At each step it has a list of choices, always in the same order:
//
//   messages under way that may arrive, the oldest first · who ran last, if it can go on · the other runnable processes, in the order in which
//   they became so · timers that are due now · letting time pass to the next deadline
//
// The first choice is what the ordinary scheduler would do. Time passes when nothing else is left, or ahead of that within `lag`. A process takes one
// message in a slice, so that each receive is a point where another may go on: how long a slice is follows from the choices.
//
// What is passed over, because something behind it is chosen, is put off: from then on it stands behind everything that is not, until it is chosen. So
// one choice out of the ordinary holds up a message, or a process, for as long as there is anything else to do, and few of them tell a run that fails.
// Source: Emmi, Qadeer, Rakamarić, "Delay-bounded scheduling", POPL 2011.
//
// A choice between several is a line of the trace. The same choices in the same order are the same run.

const NOTHING = 0;
const PROCESS = 1;
const MESSAGE = 2;
const TIMER = 3;
const TIME = 4;
const LOST = 5;

/** After so many choices by priority there are some by chance, and again and again: who polls would keep those it waits for from running. */
const PATIENCE = 512;
const FAIR = 128;

const CHANGES = layout.SIMULATION + offsetof<SimulationState>("change0");
const LOWERED = layout.SIMULATION + offsetof<SimulationState>("lowered0");

/** How the run is to go. `limit` choices and slices at most; `scripted` choices are in the script already, the others are drawn. */
export function configure(
  strategy: i32,
  seed: i32,
  depth: i32,
  expected: i32,
  limit: i32,
  lag: i32,
  delays: i32,
): void {
  simulation.strategy = strategy;
  simulation.seed = seed;
  simulation.random = hash64(<u64>(<u32>seed) + 1);
  simulation.depth = depth;
  simulation.limit = limit;
  simulation.lag = lag;
  simulation.delays = delays;
  simulation.trace = takeChunk((limit * 4 + 15) & ~15);
  simulation.script = simulation.trace;
  for (let i = 0; i < depth - 1; i++) store<i32>(CHANGES + (i << 2), <i32>below(max(expected, 1)));
}

/** Where the run's choices are written, one word each; where the caller may write those that are given, before the run. */
export function traceAt(): i32 {
  return <i32>simulation.trace;
}

export function setScripted(count: i32): void {
  simulation.scripted = count;
}

export function choices(): i32 {
  return simulation.choices;
}

export function steps(): i32 {
  return simulation.steps;
}

export function halt(): void {
  simulation.halted = 1;
}

export function isHalted(): i32 {
  return simulation.halted;
}

export function isDelaying(): bool {
  return simulation.delays !== 0;
}

export function underWay(): i32 {
  let count = 0;
  let each = simulation.firstFlight;
  while (each !== null) {
    count++;
    each = each.next;
  }
  return count;
}

/** Whether nothing is left but to let time pass: what `advance` is to do. */
export function isOnlyTime(): i32 {
  return simulation.chosen === TIME && simulation.chosenAt === 0 ? 1 : 0;
}

/** A run's fingerprint: its low and its high half. */
export function printLow(): i32 {
  return <i32>simulation.print;
}

export function printHigh(): i32 {
  return <i32>(simulation.print >> 32);
}

export function time(): f64 {
  return <f64>state.time;
}

/** Mixes something that happened into the fingerprint. */
export function note(kind: i32, a: i32, b: i32): void {
  let print = simulation.print ^ (((<u64>(<u32>a)) << 32) | <u64>(<u32>b)) ^ ((<u64>kind) << 56);
  print *= 0x9e3779b97f4a7c15;
  simulation.print = print ^ (print >> 29);
}

function hash64(value: u64): u64 {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/** A number from 0 to below `count`. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 (SplitMix64). */
function below(count: i32): u32 {
  simulation.random += 0x9e3779b97f4a7c15;
  return <u32>(((hash64(simulation.random) >> 32) * <u64>count) >> 32);
}

/** The slot whose slice begins, EMPTY when nothing is left to be done, or CHECK_CLOCK: `advance` does what was chosen. */
export function next(): i32 {
  if (simulation.halted) return EMPTY;
  if (simulation.steps >= simulation.limit) {
    simulation.halted = 1;
    return EMPTY;
  }
  choose();
  if (simulation.chosen === NOTHING) return EMPTY;
  simulation.steps++;
  if (simulation.chosen !== PROCESS) return CHECK_CLOCK;
  simulation.chosen = NOTHING;
  const p = process.at(simulation.chosenAt);
  runQueue.remove(p);
  p.flags &= ~(<u8>PUT_OFF);
  process.begin(p);
  simulation.last = p.slot;
  note(PROCESS, p.slot, p.count);
  return p.count === 0 ? p.slot : p.slot | HAS_MAIL;
}

/** Does what was chosen, if it was no slice. */
export function advance(): void {
  const chosen = simulation.chosen;
  const at = simulation.chosenAt;
  simulation.chosen = NOTHING;
  if (chosen === LOST) {
    for (let each = flight.lost(); each !== null; each = flight.lost()) flight.arrive(each);
  } else if (chosen === MESSAGE) {
    const each = flight.headAt(at);
    note(MESSAGE, each.from, each.to);
    flight.arrive(each);
  } else if (chosen === TIMER) {
    const due = timer.dueAt(at);
    note(TIMER, timer.indexOf(due), <i32>state.time);
    timer.fire(due);
  } else if (chosen === TIME) {
    timer.pass(at ? simulation.idle + <i64>simulation.lag : i64.MAX_VALUE - 1);
    if (!at) simulation.idle = state.time;
    note(TIME, <i32>(state.time >> 32), <i32>state.time);
  }
}

/** Sets `chosen` and `chosenAt`. */
function choose(): void {
  simulation.chosen = NOTHING;
  simulation.chosenAt = 0;
  if (flight.lost() !== null) {
    simulation.chosen = LOST;
    return;
  }
  buryQueued();
  const messages = simulation.heads;
  const processes = runnable();
  const timers = timer.dueCount();
  const ready = messages + processes + timers;
  if (ready === 0) {
    if (timer.nextEvent() !== i64.MAX_VALUE) simulation.chosen = TIME;
    return;
  }
  const mayPass = timers === 0 && simulation.lag > 0 && timer.nextEvent() <= simulation.idle + <i64>simulation.lag;
  const total = min(ready + (mayPass ? 1 : 0), (1 << CHOICE_SHIFT) - 1);
  let index = 0;
  if (total > 1) {
    gather(ready, messages, processes, timers);
    const place = draw(total, messages, processes, timers);
    index = choosePlace(place, messages, processes, ready);
    store<i32>(simulation.trace + (simulation.choices << 2), (total << CHOICE_SHIFT) | place);
    simulation.choices++;
  }
  if (index < messages) {
    simulation.chosen = MESSAGE;
    simulation.chosenAt = index;
  } else if (index < messages + processes) {
    simulation.chosen = PROCESS;
    simulation.chosenAt = processAt(index - messages).slot;
  } else if (index < ready) {
    simulation.chosen = TIMER;
    simulation.chosenAt = index - messages - processes;
  } else {
    simulation.chosen = TIME;
    simulation.chosenAt = 1;
  }
}

/** The place that is chosen. */
function draw(total: i32, messages: i32, processes: i32, timers: i32): i32 {
  if (simulation.choices < simulation.scripted) {
    const given = load<i32>(simulation.script + (simulation.choices << 2));
    return <u32>given < <u32>total ? given : 0;
  }
  const ready = messages + processes + timers;
  const strategy = simulation.strategy;
  if (strategy === STRATEGY_RANDOM) return <i32>below(total);
  if (strategy === STRATEGY_PCT)
    return placeOf(highest(total, messages, processes, timers), messages, processes, ready);
  if (strategy === STRATEGY_ROUND_ROBIN && messages === 0 && processes > 1)
    return placeOf(processAt(0) === first(firstQueue()) ? 0 : 1, messages, processes, ready);
  return 0;
}

// ── Places ──
// Choices have an index, in the order above, and a place: first those that are not put off, by their index, then the others, then time.

/** Writes down the records of the choices, by their index. */
function gather(ready: i32, messages: i32, processes: i32, timers: i32): void {
  if (simulation.room < ready) {
    let room = max(simulation.room, 64);
    while (room < ready) room <<= 1;
    simulation.items = takeChunk(room << 2);
    simulation.room = room;
  }
  let at = simulation.items;
  let each = simulation.firstFlight;
  for (let i = 0; i < messages; each = each!.next) {
    if (each!.behind) continue;
    store<usize>(at, changetype<usize>(each));
    at += 4;
    i++;
  }
  if (processes > 0) at = gatherProcesses(at, processes);
  if (timers > 0) timer.gatherDue(at);
}

function gatherProcesses(at: usize, count: i32): usize {
  const head = processAt(0);
  store<usize>(at, changetype<usize>(head));
  at += 4;
  let p = runQueue.firstOf(firstQueue());
  for (let i = 1; i < count; p = p!.next) {
    // Those of low priority stand behind the normal ones.
    if (p === null) p = runQueue.firstOf(PRIORITY_LOW);
    if (p === head) continue;
    store<usize>(at, changetype<usize>(p));
    at += 4;
    i++;
  }
  return at;
}

function itemAt(index: i32): usize {
  return load<usize>(simulation.items + (index << 2));
}

function isPutOff(index: i32, messages: i32, processes: i32): bool {
  const item = itemAt(index);
  if (index < messages) return changetype<Flight>(item).putOff !== 0;
  if (index < messages + processes) return (changetype<Process>(item).flags & PUT_OFF) !== 0;
  return changetype<Timer>(item).putOff !== 0;
}

function putOff(index: i32, messages: i32, processes: i32): void {
  const item = itemAt(index);
  if (index < messages) changetype<Flight>(item).putOff = 1;
  else if (index < messages + processes) changetype<Process>(item).flags |= <u8>PUT_OFF;
  else changetype<Timer>(item).putOff = 1;
}

function placeOf(index: i32, messages: i32, processes: i32, ready: i32): i32 {
  if (index >= ready) return index;
  const off = isPutOff(index, messages, processes);
  let place = 0;
  for (let i = 0; i < ready; i++) {
    const other = isPutOff(i, messages, processes);
    if (off ? !other || i < index : !other && i < index) place++;
  }
  return place;
}

/** The index of what stands at a place. What stands before it, and is not put off yet, is put off. */
function choosePlace(place: i32, messages: i32, processes: i32, ready: i32): i32 {
  let left = place;
  for (let i = 0; i < ready; i++) {
    if (isPutOff(i, messages, processes)) continue;
    if (left-- > 0) continue;
    putOffBelow(i, messages, processes);
    return i;
  }
  let chosen = ready;
  for (let i = 0; i < ready && chosen === ready; i++) {
    if (isPutOff(i, messages, processes) && left-- === 0) chosen = i;
  }
  putOffBelow(ready, messages, processes);
  return chosen;
}

function putOffBelow(index: i32, messages: i32, processes: i32): void {
  for (let i = 0; i < index; i++) putOff(i, messages, processes);
}

// ── Processes that can run ──

/** The dead leave the queues they died in. */
function buryQueued(): void {
  for (let priority = PRIORITY_LOW; priority <= PRIORITY_MAX; priority++) {
    let p = runQueue.firstOf(priority);
    while (p !== null) {
      const next = p.next;
      if (p.state !== RUNNABLE) {
        runQueue.remove(p);
        if (p.flags & BURIED) process.release(p);
      }
      p = next;
    }
  }
}

function first(priority: i32): Process {
  return runQueue.firstOf(priority)!;
}

/** Max goes before high, high before the others. Normal and low share what is left: how is open. There is somebody in one. */
function firstQueue(): i32 {
  if (runQueue.firstOf(PRIORITY_MAX) !== null) return PRIORITY_MAX;
  if (runQueue.firstOf(PRIORITY_HIGH) !== null) return PRIORITY_HIGH;
  return runQueue.firstOf(PRIORITY_NORMAL) !== null ? PRIORITY_NORMAL : PRIORITY_LOW;
}

function isIn(p: Process, queue: i32): bool {
  return <i32>p.priority === queue || (queue === PRIORITY_NORMAL && <i32>p.priority === PRIORITY_LOW);
}

function runnable(): i32 {
  if (state.runnable === 0) return 0;
  const queue = firstQueue();
  return countOf(queue) + (queue === PRIORITY_NORMAL ? countOf(PRIORITY_LOW) : 0);
}

function countOf(priority: i32): i32 {
  let count = 0;
  let p = runQueue.firstOf(priority);
  while (p !== null) {
    count++;
    p = p.next;
  }
  return count;
}

/** The `index`th runnable process: who ran last first, if it can go on. */
function processAt(index: i32): Process {
  const queue = firstQueue();
  let last: Process | null = null;
  if (simulation.last !== 0) {
    const p = process.at(simulation.last);
    if (p.state === RUNNABLE && isIn(p, queue)) {
      if (index === 0) return p;
      last = p;
      index--;
    }
  }
  let at = runQueue.firstOf(queue);
  while (true) {
    // Those of low priority stand behind the normal ones.
    if (at === null) at = runQueue.firstOf(PRIORITY_LOW);
    if (at !== last && index-- === 0) return at!;
    at = at!.next;
  }
}

// ── Probabilistic concurrency testing ──
// With n who can be chosen and k steps a bug of depth d is found in one run with a probability of at least 1 / (n · k^(d-1)). Source: Burckhardt,
// Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010. Each process is one who
// can be chosen, and each pair of processes whose messages are under way, and each timer. For runs of more than PATIENCE choices it holds as far as
// those by chance let it.

function highest(total: i32, messages: i32, processes: i32, timers: i32): i32 {
  let index = highestOf(total, messages, processes, timers);
  for (let i = 0; i < simulation.depth - 1; i++) {
    if (load<i32>(CHANGES + (i << 2)) !== simulation.choices) continue;
    store<i32>(LOWERED + (i << 2), whoAt(index, messages, processes, timers));
    index = highestOf(total, messages, processes, timers);
  }
  const byChance = simulation.choices >= PATIENCE && simulation.choices % PATIENCE < FAIR;
  return byChance ? <i32>below(total) : index;
}

function highestOf(total: i32, messages: i32, processes: i32, timers: i32): i32 {
  let best = 0;
  let most: u32 = 0;
  for (let i = 0; i < total; i++) {
    const priority = priorityOf(whoAt(i, messages, processes, timers));
    if (i === 0 || priority > most) {
      best = i;
      most = priority;
    }
  }
  return best;
}

/** A number for who is chosen with the `index`th choice. Never 0. */
function whoAt(index: i32, messages: i32, processes: i32, timers: i32): i32 {
  if (index < messages) {
    const each = flight.headAt(index);
    return (each.from << 16) ^ (each.to << 2) ^ 0x40000001;
  }
  index -= messages;
  if (index < processes) return processAt(index).slot << 2;
  index -= processes;
  return index < timers ? (timer.indexOf(timer.dueAt(index)) << 2) | 2 : 3;
}

function priorityOf(who: i32): u32 {
  for (let i = 0; i < MAX_DEPTH; i++) if (load<i32>(LOWERED + (i << 2)) === who) return i;
  return <u32>(hash64(((<u64>(<u32>simulation.seed)) << 32) ^ <u64>(<u32>who)) >> 33) | 0x80000000;
}
