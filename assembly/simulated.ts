// What the core of simulations exports beside `index.ts`. In two statements: asc does not find a file that `export … from` names with its ending.

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
