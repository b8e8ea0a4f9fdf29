// What the core of simulations exports beside `index.ts`.

import {
  choices,
  configure,
  halt,
  isHalted,
  isOnlyTime,
  printHigh,
  printLow,
  setScripted,
  steps,
  time,
  traceAt,
  underWay,
} from "./simulation.ts";

export {
  choices,
  configure,
  halt,
  isHalted,
  isOnlyTime,
  printHigh,
  printLow,
  setScripted,
  steps,
  time,
  traceAt,
  underWay,
};
