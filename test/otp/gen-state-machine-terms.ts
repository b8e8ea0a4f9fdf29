// Prints the scenarios for the twin: see gen-state-machine-scenarios.ts.
import { terms } from "./gen-state-machine-scenarios.ts";

process.stdout.write(terms());
