// event-loop.ts NAME: one of the programs below. Each has done all it does when the script has come to its end; what follows is for
// its processes.
import process from "node:process";
import { cancelTimer, receive, type Self, self, send, sendAfter, spawn, until } from "beamlet";

const HOUR = 3_600_000;

function* relay(me: Self<number>) {
  for (;;) {
    const left = yield* me.receive();
    if (left === 0) console.log("the last message");
    else send(me.pid, left - 1);
  }
}

const programs: Record<string, () => unknown> = {
  waitsForMessages() {
    for (let n = 0; n < 100; n++)
      spawn(function* (me: Self<string>) {
        yield* me.receive();
      });
  },
  runnable() {
    send(spawn(relay), 100_000);
  },
  sleeps() {
    spawn(function* (me: Self) {
      yield* me.sleep(30);
      console.log("woke");
    });
  },
  waitsWithTimeout() {
    spawn(function* (me: Self<"never">) {
      yield* me.receive({ never: () => undefined }, { after: 30, then: () => console.log("timeout") });
    });
  },
  timer() {
    const pid = spawn(function* (me: Self<string>) {
      console.log(yield* me.receive());
    });
    sendAfter(pid, "tick", 30);
  },
  timerCancelled() {
    cancelTimer(sendAfter(self(), "never", HOUR));
  },
  timerOfTheDead() {
    const pid = spawn(() => undefined);
    sendAfter(pid, "never", HOUR);
  },
  sleepEndedByASignal() {
    const pid = spawn(function* (me: Self) {
      yield* me.sleep(HOUR);
    });
    spawn((me: Self) => me.exit(pid, "kill"));
  },
  timerLongerThanTheHosts() {
    const timer = sendAfter(self(), "too early", 2 ** 31 + 1000);
    spawn(function* (me: Self) {
      yield* me.sleep(30);
      console.log("not yet:", cancelTimer(timer) !== false);
    });
  },
  hostPromise() {
    spawn(function* (me: Self) {
      console.log(yield* me.until(new Promise((resolve) => setTimeout(resolve, 30, "the host's answer"))));
    });
  },
  async mainWaits() {
    spawn(function* (me: Self, main: ReturnType<typeof self>) {
      yield* me.sleep(30);
      me.send(main, "for main");
    }, self());
    console.log(await receive(), await until(Promise.resolve("and more")));
  },
};

await programs[process.argv[2] ?? ""]?.();
console.log("end of the script");
