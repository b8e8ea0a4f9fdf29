// The ceiling: processes written by hand as bare generators over arrays. Each workload has what it needs and nothing else: there are no pids
// that outlive their process, no errors, no fairness beside the host, and timers and names are the host's own.
import type { Program } from "../measure.ts";
import { clockwork } from "./handwritten/clockwork.ts";
import { failure } from "./handwritten/failure.ts";
import { messages } from "./handwritten/messages.ts";
import { names } from "./handwritten/names.ts";
import { selection } from "./handwritten/selection.ts";
import { spawning } from "./handwritten/spawning.ts";

export const program: Program = { ...messages, ...spawning, ...selection, ...failure, ...clockwork, ...names };
