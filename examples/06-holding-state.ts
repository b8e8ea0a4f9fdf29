// Holding state: a process is a loop that gives itself its next state.
import {
  loop,
  type Pid,
  receive,
  type Self,
  self,
  send,
  spawn,
} from "beamlet";

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
send(counter, "inc");
send(counter, "inc");
send(counter, "inc");
send(counter, ["val", self()]);
console.log(await receive());

// The same as a loop: state in, state out.
const looped = spawn(
  loop(10, (count, message: CounterMessage) => {
    if (message === "inc") return count + 1;
    send(message[1], count);
    return count;
  }),
);
for (let n = 0; n < 3; n++) send(looped, "inc");
send(looped, ["val", self()]);
console.log(await receive());
