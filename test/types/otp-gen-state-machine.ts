// biome-ignore-all lint/suspicious/noExplicitAny: pids and answers are typed so
// State machines: states, data, events and answers are inferred, and a state that is not there is an error.
import {
  GenStateMachine,
  keepState,
  keepStateAndData,
  nextState,
  type Op,
  type Pid,
  postpone,
  type Ref,
  repeatState,
  stop,
  stopAndReply,
} from "../../src/index.ts";
import { same } from "./same.ts";

const Door = GenStateMachine.define({
  init: (code: string, tries?: number) => nextState("locked", { code, tries: tries ?? 0 }),
  states: {
    locked: {
      enter(data) {
        same<typeof data, { code: string; tries: number }>(true);
        return keepState({ ...data, tries: 0 });
      },
      calls: {
        unlock: (data, code: string) =>
          code === data.code
            ? nextState("open", data, { reply: true, stateTimeout: 100 })
            : repeatState(data, [{ reply: "no" }]),
        read: postpone,
        *slow(data, _ms: number) {
          yield* GenStateMachine.call("other", data.code) as Op<number>;
          return keepStateAndData({ reply: 1 });
        },
        later: () => undefined,
      },
      casts: { push: (data, digit: string) => keepState({ ...data, code: data.code + digit }), both: postpone },
    },
    open: {
      calls: {
        unlock: postpone,
        read: async (data) => keepStateAndData({ reply: data.code }),
        end: (data) => stop("normal", data, { reply: "bye" }),
        both: () => stopAndReply("normal", [{ reply: 7 }]),
      },
      casts: { both: (data, by: number) => keepState({ ...data, tries: by }) },
      stateTimeout: (data) => nextState("locked", data),
    },
    broken: (_type, _content, data) => nextState("open", data),
  },
  handleEvent(_type, _content, state, data) {
    same<typeof state, "locked" | "open" | "broken">(true);
    return keepState(data);
  },
  terminate: (_reason, state, data) =>
    same<[typeof state, typeof data.tries], ["locked" | "open" | "broken", number]>(true),
});

const started = Door.start("1234");
same<typeof started, Op<Pid<any>>>(true);
const monitored = Door.startMonitor("1234", 1, { name: "door" });
same<typeof monitored, Op<[Pid<any>, Ref]>>(true);
// @ts-expect-error the code is no number
void Door.start(1234);
// @ts-expect-error there is no such option
void Door.startLink("1234", 1, { nmae: "door" });
Door.child("1234", 1, { restart: "transient" });

declare const door: Pid<any>;
const unlocked = Door.call.unlock(door, "1234");
same<typeof unlocked, Op<true | "no">>(true);
const read = Door.call.read("door", { timeout: 100 });
same<typeof read, Op<string>>(true);
const slow = Door.call.slow(door, 5);
same<typeof slow, Op<1>>(true);
const later = Door.call.later(door);
same<typeof later, Op<unknown>>(true);
const end = Door.call.end(door);
same<typeof end, Op<string>>(true);
const both = Door.call.both(door);
same<typeof both, Op<7>>(true);
Door.cast.push(door, "1");
Door.cast.both(door, 1);
// @ts-expect-error a digit is a string
Door.cast.push(door, 1);
// @ts-expect-error the digit is missing
Door.cast.push(door);
// @ts-expect-error no state has such a cast
Door.cast.pop(door);
// @ts-expect-error unlock is a call
Door.cast.unlock(door, "1234");

GenStateMachine.define({
  init: () => nextState("off", 0),
  // @ts-expect-error there is no state "on"
  states: { off: { casts: { flip: (count) => nextState("on", count + 1) } } },
});
GenStateMachine.define({
  init: () => nextState("of", 0),
  // @ts-expect-error there is no state "of"
  states: { off: {} },
});
GenStateMachine.define({
  init: () => nextState("off", 0),
  // @ts-expect-error nor is there one that a function goes to
  states: { off: () => nextState("on", 0) },
});
GenStateMachine.define({
  init: () => nextState("off", 0),
  states: {
    off: {
      // @ts-expect-error the data are a number
      casts: { flip: () => keepState("one") },
    },
  },
});
GenStateMachine.define({
  init: () => nextState("off", 0),
  states: {
    off: {
      // @ts-expect-error an enter call stays in its state
      enter: (count) => nextState("off", count),
    },
  },
});
// @ts-expect-error a timeout is in ms
keepState(0, { stateTimeout: "soon" });
// @ts-expect-error there is no such action
keepState(0, { postponed: true });
keepState(0, [
  { timeout: { name: ["room", 1], ms: "update", content: 1 } },
  { nextEvent: ["internal", 1] },
  "hibernate",
  500,
]);
