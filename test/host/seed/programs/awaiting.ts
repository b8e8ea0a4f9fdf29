// A script that waits while its main process goes down with a child.
import { receive, spawnLink } from "beamlet";

spawnLink(() => {
  throw new Error("boom!");
});
await receive();
console.log("never printed");
