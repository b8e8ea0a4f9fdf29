// node client.mjs PORT
//
// While its parent says that it is to be busy, it asks a TCP echo at random moments, and measures how long each answer takes, ms.
import { connect } from "node:net";
import process from "node:process";
import type { Order } from "./subject.ts";

/** From an answer to the next question, ms on average. */
const PAUSE = 4;

const roundTrips: number[] = [];
let isBusy = false;
let asked = 0;

const socket = connect(Number(process.argv[2]), "127.0.0.1", () => {
  socket.setNoDelay(true);
  tell("connected");
});

socket.on("data", () => {
  roundTrips.push(performance.now() - asked);
  if (isBusy) setTimeout(ask, Math.random() * 2 * PAUSE);
});

function ask(): void {
  asked = performance.now();
  socket.write("?");
}

process.on("message", (order: Order) => {
  isBusy = order === "busy";
  if (isBusy) ask();
  if (order === "end") tell(roundTrips, () => process.exit());
});

function tell(news: unknown, then?: () => void): void {
  (process.send as (message: unknown, then?: () => void) => void)(news, then);
}
