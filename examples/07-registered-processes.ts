// Registered processes: a name in place of a pid.
import {
  type Pid,
  receive,
  register,
  registered,
  type Self,
  self,
  send,
  spawn,
  whereis,
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

const pid = spawn(listen, 10);
console.log(register(pid, "count"));
console.log(whereis("count") === pid, registered());

console.log(send("count", "inc"));
// The page leaves the next line out; without it nobody would answer, and
// receive would wait for ever.
send("count", ["val", self()]);
console.log(await receive());
