// Beamlet with generator bodies, as its documentation writes them.
import type { Program } from "../measure.ts";
import { clockwork } from "./generator/clockwork.ts";
import { failure } from "./generator/failure.ts";
import { messages } from "./generator/messages.ts";
import { names } from "./generator/names.ts";
import { otp } from "./generator/otp.ts";
import { selection } from "./generator/selection.ts";
import { spawning } from "./generator/spawning.ts";

export const program: Program = { ...messages, ...spawning, ...selection, ...failure, ...clockwork, ...names, ...otp };
