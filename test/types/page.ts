// The seed page's programs, as the API promises them.
import {
  after,
  type Exit,
  loop,
  on,
  P,
  type Pid,
  receive,
  register,
  type Self,
  self,
  send,
  spawn,
  spawnLink,
} from "../../src/index.ts";
import { same } from "./same.ts";

const pid = spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {
  yield* self.receive(
    on([P.pid, "ping"], ([sender]) => {
      console.log("Got ping");
      send(sender, "pong");
    }),
  );
});
same<typeof pid, Pid<[Pid<"pong">, "ping"]>>(true);
send(pid, [self(), "ping"]);
console.log(`Got ${await receive()} back`);

const answer = await receive(
  on(P._, () => 1 as const),
  after(5000, () => "Timeout, giving up" as const),
);
same<typeof answer, 1 | "Timeout, giving up">(true);

const child = spawnLink(function* (self: Self<"boom">) {
  yield* self.receive({
    boom() {
      throw new Error("boom!");
    },
  });
});
send(child, "boom");

type CounterMessage = "inc" | ["val", Pid<number>];
function* listen(self: Self<CounterMessage>, count: number) {
  for (;;) {
    yield* self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        send(from, count);
      },
    });
  }
}
const Counter = { start: (count: number) => spawn(listen, count) };
const counter = Counter.start(10);
same<typeof counter, Pid<CounterMessage>>(true);
send(counter, "inc");
send(counter, ["val", self()]);
same<ReturnType<typeof register>, true>(true);
register(Counter.start(10), "count");
send("count", "inc");
send("count", ["val", self()]);

// @ts-expect-error the counter has no "dec"
send(counter, "dec");
// @ts-expect-error "val" needs someone to answer to
send(counter, ["val"]);
// @ts-expect-error the counter answers with a number, this process takes none
send(counter, ["val", null as unknown as Pid<"pong">]);
// @ts-expect-error it counts numbers
spawn(listen, "ten");

const summing = spawn(loop(0, (count, message: "inc" | "dec") => (message === "inc" ? count + 1 : count - 1)));
send(summing, "inc");
// @ts-expect-error a loop's mailbox is typed by its step
send(summing, 1);

spawn(async (self: Self<number>) => {
  const value = await self.receive();
  same<typeof value, number>(true);
});

// The linked crash, for a process that traps exits.
spawn(function* (self: Self<Exit>) {
  self.trapExit = true;
  const reason = yield* self.receive({ EXIT: ([, , reason]) => reason });
  same<typeof reason, unknown>(true);
});
