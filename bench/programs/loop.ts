// Beamlet with `loop` bodies, and plain functions where a process waits for nothing. A loop can't receive selectively.
import type { Program } from "../measure.ts";
import { messages } from "./loop/messages.ts";
import { spawning } from "./loop/spawning.ts";

export const program: Program = { ...messages, ...spawning };
