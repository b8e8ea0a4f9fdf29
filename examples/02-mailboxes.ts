// Mailboxes: messages wait until they are received, oldest first.
import {
  on,
  P,
  type Pid,
  processInfo,
  receive,
  type Self,
  self,
  send,
  spawn,
} from "beamlet";

const pid = spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {
  yield* self.receive(
    on([P.pid, "ping"], ([sender]) => {
      console.log("Got ping");
      send(sender, "pong");
    }),
  );
});

send(pid, [self(), "ping"]);
console.log(`Got ${await receive()} back`);

// The oldest message that any clause takes is the one; the rest keep
// their order.
for (const fruit of ["apple", "pear", "plum"]) send(self(), fruit);
console.log(
  await receive(
    on("plum", () => "plum"),
    on("pear", () => "pear"),
  ),
);
console.log(processInfo(self(), "messages"));
