import { NUMBER_MASK } from "../../assembly/layout.ts";
import type { OpenCore } from "../machine.ts";

/**
 * Has `taken` told of each message that a receive takes out of a mailbox, while it still stands beside its number: a bare receive takes the oldest one, a
 * selective one looks at candidates, and picks the last of them.
 */
export function tellTaken(core: OpenCore, taken: (slot: number, number: number) => void): void {
  const before = { core: { ...core } };
  let candidate = -1;
  const looked = (number: number): number => {
    candidate = number;
    return number;
  };
  core.take = (slot) => {
    const answer = before.core.take(slot);
    // None is read ahead: each has to be seen.
    const number = answer < 0 ? answer : answer & NUMBER_MASK;
    if (number >= 0) taken(slot, number);
    return number;
  };
  core.candidate = (slot, restart) => looked(before.core.candidate(slot, restart));
  core.pass = (slot, count) => looked(before.core.pass(slot, count));
  core.passTagged = (slot, tag, size, known) => looked(before.core.passTagged(slot, tag, size, known));
  core.pick = (slot) => {
    const picked = before.core.pick(slot);
    if (picked !== 0 && candidate >= 0) taken(slot, candidate);
    return picked;
  };
}
