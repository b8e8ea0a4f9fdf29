// spawnLink: if one of the two crashes, both end. Here the other one is
// this program. The reason goes to stderr, and the exit code is 1.
import { type Self, send, spawnLink } from "beamlet";

const child = spawnLink(function* (self: Self<"boom">) {
  yield* self.receive({
    boom() {
      throw new Error("boom!");
    },
  });
});

send(child, "boom");
