// The ceiling of `loop` bodies: processes written by hand as functions called for each message, over arrays, and nothing else.
import type { Program } from "../measure.ts";
import { messages } from "./callback/messages.ts";
import { spawning } from "./callback/spawning.ts";

export const program: Program = { ...messages, ...spawning };
