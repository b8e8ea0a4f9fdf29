import { Flight } from "./flight.ts";
import * as layout from "./layout.ts";

/** What the core of simulations has beside `State`. */
@unmanaged
export class SimulationState {
  strategy: i32;
  depth: i32;
  /** The generator's state. */
  random: u64;
  seed: i32;
  /** Choices and slices so far, and how many there may be. */
  steps: i32;
  limit: i32;
  /** Nothing more is done: the limit is reached, or somebody asked for it. */
  halted: i32;
  /** How far time may run ahead of what can be done, ms; and when there was nothing left to do. */
  lag: i32;
  padding: i32;
  idle: i64;
  /** Whether messages are under way before they arrive. */
  delays: i32;

  /** What `advance` is to do: one of the kinds in simulation.ts, and the index of it. */
  chosen: i32;
  chosenAt: i32;
  /** Whose slice was the last. */
  last: i32;

  // The trace: all choices between several, in order; and those that are given.
  trace: usize;
  choices: i32;
  scripted: i32;
  script: usize;
  /** The records of a step's choices, in order, and how many there is room for. */
  items: usize;
  room: i32;

  firstFlight: Flight | null;
  lastFlight: Flight | null;
  freeFlights: Flight | null;
  heads: i32;

  print: u64;

  // STRATEGY_PCT: when priorities change, and whose have.
  change0: i32;
  change1: i32;
  change2: i32;
  change3: i32;
  change4: i32;
  change5: i32;
  change6: i32;
  change7: i32;
  change8: i32;
  change9: i32;
  change10: i32;
  change11: i32;
  change12: i32;
  change13: i32;
  change14: i32;
  change15: i32;
  lowered0: i32;
  lowered1: i32;
  lowered2: i32;
  lowered3: i32;
  lowered4: i32;
  lowered5: i32;
  lowered6: i32;
  lowered7: i32;
  lowered8: i32;
  lowered9: i32;
  lowered10: i32;
  lowered11: i32;
  lowered12: i32;
  lowered13: i32;
  lowered14: i32;
  lowered15: i32;
}

if (layout.SIMULATION + offsetof<SimulationState>() > layout.TAGSET)
  ERROR("the simulation's state reaches into TAGSET");
if (offsetof<SimulationState>("change15") - offsetof<SimulationState>("change0") !== (layout.MAX_DEPTH - 1) * 4)
  ERROR("layout.MAX_DEPTH");

export const simulation = changetype<SimulationState>(layout.SIMULATION);
