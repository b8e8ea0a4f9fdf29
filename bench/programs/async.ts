// Beamlet with async bodies.
import type { Program } from "../measure.ts";
import { clockwork } from "./async/clockwork.ts";
import { messages } from "./async/messages.ts";
import { selection } from "./async/selection.ts";
import { spawning } from "./async/spawning.ts";

export const program: Program = { ...messages, ...spawning, ...selection, ...clockwork };
