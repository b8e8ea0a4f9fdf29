import * as edge from "./edge.ts";
import { EDGE_ALIAS, EDGE_ALIAS_REPLY, EVENT_ARRIVED, NO_MEMORY, WAITING } from "./layout.ts";
import * as mailbox from "./mailbox.ts";
import { Segment } from "./mailbox.ts";
import { takeChunk } from "./memory.ts";
import { emit, isFull } from "./outbox.ts";
import { find, makeRunnable, Process } from "./process.ts";
import { simulation } from "./simulation-state.ts";

// In a simulation a message from one process to another is under way until the scheduler lets it arrive. What one process sends to another
// arrives in its order; all else may overtake each other. Before an exit signal acts, or what follows from an end, the messages that its sender had
// sent the same way arrive: signals have one order with messages.
//
// A message under way has a segment of its own, so that it has a number that no mailbox uses.

/** One message under way. `behind`: an older one of the same two processes is. */
@unmanaged
export class Flight {
  next: Flight | null;
  previous: Flight | null;
  segment: Segment;
  from: i32;
  to: i32;
  generation: i32;
  /** The alias it was sent through, or 0 for none: such an alias has a generation, which begins at 1. */
  alias: i32;
  aliasGeneration: i32;
  behind: i32;
  /** Others go first. */
  putOff: i32;
  padding1: i32;
  padding2: i32;
}

const BYTES = 48;
const CHUNK = 64;
if (offsetof<Flight>() !== BYTES) ERROR("a message under way has 48 bytes");

function take(): Flight | null {
  let flight = simulation.freeFlights;
  if (flight === null) {
    const chunk = takeChunk(CHUNK * BYTES);
    if (chunk === 0) return null;
    for (let i = 0; i < CHUNK; i++) {
      const fresh = changetype<Flight>(chunk + i * BYTES);
      fresh.next = simulation.freeFlights;
      simulation.freeFlights = fresh;
    }
    flight = simulation.freeFlights!;
  }
  simulation.freeFlights = flight.next;
  return flight;
}

/** A message sets out. Its number, or NO_MEMORY. */
export function depart(from: Process, to: Process, alias: i32, aliasGeneration: i32): i32 {
  const segment = mailbox.takeSegment();
  if (segment === null) return NO_MEMORY;
  const flight = take();
  if (flight === null) {
    mailbox.giveSegment(segment);
    return NO_MEMORY;
  }
  flight.segment = segment;
  flight.from = from.slot;
  flight.to = to.slot;
  flight.generation = to.generation;
  flight.alias = alias;
  flight.aliasGeneration = aliasGeneration;
  flight.putOff = 0;
  flight.behind = firstOf(from.slot, to.slot) === null ? 0 : 1;
  flight.next = null;
  const last = simulation.lastFlight;
  flight.previous = last;
  if (last === null) simulation.firstFlight = flight;
  else last.next = flight;
  simulation.lastFlight = flight;
  if (!flight.behind) simulation.heads++;
  return segment.base;
}

/** The oldest from one process to another. */
function firstOf(from: i32, to: i32): Flight | null {
  let flight = simulation.firstFlight;
  while (flight !== null && (flight.from !== from || flight.to !== to)) flight = flight.next;
  return flight;
}

/** The `index`th of those that may arrive now, the oldest first. */
export function headAt(index: i32): Flight {
  let flight = simulation.firstFlight!;
  while (flight.behind || index-- > 0) flight = flight.next!;
  return flight;
}

/** The oldest whose receiver is dead. */
export function lost(): Flight | null {
  let flight = simulation.firstFlight;
  while (flight !== null && find(flight.to, flight.generation) !== null) flight = flight.next;
  return flight;
}

/** It arrives, or is dropped when there is nobody to get it any more. */
export function arrive(flight: Flight): void {
  const number = flight.segment.base;
  const to = find(flight.to, flight.generation);
  let arrived = to !== null;
  if (arrived && flight.aliasGeneration !== 0) {
    const alias = edge.find(flight.alias, flight.aliasGeneration);
    arrived = alias !== null && (edge.kindOf(alias) & EDGE_ALIAS) !== 0;
    if (arrived && edge.kindOf(alias!) & EDGE_ALIAS_REPLY) edge.release(alias!);
  }
  const value = arrived ? mailbox.append(to!) : number;
  if (arrived && to!.state === WAITING) makeRunnable(to!);
  // Only now: its number must not be the one that it gets.
  remove(flight);
  emit(EVENT_ARRIVED, number, value, flight.to);
}

function remove(flight: Flight): void {
  const next = flight.next;
  const previous = flight.previous;
  if (previous === null) simulation.firstFlight = next;
  else previous.next = next;
  if (next === null) simulation.lastFlight = previous;
  else next.previous = previous;
  mailbox.giveSegment(flight.segment);
  if (!flight.behind) {
    const follower = firstOf(flight.from, flight.to);
    if (follower === null) simulation.heads--;
    else follower.behind = 0;
  }
  flight.next = simulation.freeFlights;
  simulation.freeFlights = flight;
}

/** All that is under way from one process to another arrives. False when the outbox is full before. */
export function flush(from: i32, to: i32): bool {
  while (!isFull()) {
    const flight = firstOf(from, to);
    if (flight === null) return true;
    arrive(flight);
  }
  return false;
}
