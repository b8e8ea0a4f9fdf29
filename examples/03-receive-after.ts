// receive ... after: give up when nothing came for so many milliseconds.
import { after, on, P, receive, self, send } from "beamlet";

await receive(
  on(P._, (message) => console.log(message)),
  after(5000, () => console.log("Timeout, giving up")),
);

// 0 only looks.
send(self(), "here already");
const look = () =>
  receive(
    on(P.string, (message) => message),
    after(0, () => "nothing there"),
  );
console.log(await look());
console.log(await look());
