// A chat of 500 rooms under load, one of which falls behind, while another
// crashes every now and then. It prints the address of the observer's page:
//
//   node scripts/run-ts.mjs examples/observed-chat.ts [PORT [TOKEN]]
import process from "node:process";
import {
  DynamicSupervisor,
  defaultRuntime,
  GenServer,
  monitor,
  ok,
  type Pid,
  processInfo,
  reply,
  type Self,
  Supervisor,
  self,
  send,
  sendAfter,
  sleep,
  spawn,
  whereis,
} from "beamlet";
import { observe } from "beamlet/observer";

const ROOMS = 500;
const GUESTS = 600;
const TICK = 50;

interface Talk {
  readonly name: string;
  readonly guests: readonly Pid<unknown>[];
  readonly said: number;
  readonly last: string;
}

const Room = GenServer.define({
  name: "Room",
  init: (name: string): Talk => ({ name, guests: [], said: 0, last: "" }),
  calls: {
    guests: (room) => reply(room.guests.length, room),
  },
  casts: {
    join: (room, guest: Pid<unknown>) => {
      monitor(guest);
      return { ...room, guests: [...room.guests, guest] };
    },
    *say(room, text: string) {
      if (text.includes("fire")) throw new Error(`${room.name} is on fire`);
      // The moderators of the lounge read everything, and read slowly.
      if (room.name === "lounge") yield* sleep(40);
      for (const guest of room.guests) send(guest, ["said", text]);
      return { ...room, said: room.said + 1, last: text };
    },
  },
  info: {
    DOWN: (room, [, , , guest]: readonly unknown[]) => ({
      ...room,
      guests: room.guests.filter((each) => each !== guest),
    }),
  },
});

interface Listener {
  readonly room: string;
  readonly heard: number;
}

const Guest = GenServer.define({
  name: "Guest",
  init: (room: string) => ok({ room, heard: 0 }, { continue: ["join"] }),
  continue: { join },
  info: {
    join,
    said: (guest: Listener) => ({ ...guest, heard: guest.heard + 1 }),
    DOWN: (guest: Listener) => {
      sendAfter(self(), "join", 200);
      return guest;
    },
  },
});

/** Goes into the room, or waits until it is there again. */
function join(guest: Listener): Listener {
  const room = whereis(guest.room);
  if (room === undefined) sendAfter(self(), "join", 200);
  else {
    monitor(room);
    Room.cast.join(room, self());
  }
  return guest;
}

/** Everybody talks everywhere, and most of all in the lounge. */
function* load(self: Self<never>, rooms: readonly string[]) {
  for (let tick = 1; ; tick++) {
    for (let n = 0; n < 100; n++) say(any(rooms), `hello ${tick}.${n}`);
    const lounge = whereis("lounge");
    const behind = lounge && processInfo(lounge, "messageQueueLen");
    for (let n = 0; n < 5 && (behind ?? 0) < 50_000; n++) {
      say("lounge", `did you hear number ${tick}?`);
    }
    if (tick % 40 === 0) say(any(rooms), "fire!");
    yield* self.sleep(TICK);
  }
}

/** To a room that is being restarted nobody can speak. */
function say(room: string, text: string): void {
  const pid = whereis(room);
  if (pid !== undefined) Room.cast.say(pid, text);
}

function any<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}

// The observer shows the crashes; here they would be in the way.
defaultRuntime().logger = () => {};
await Supervisor.startLink(
  [
    DynamicSupervisor.child({ name: "rooms", maxRestarts: 100 }),
    DynamicSupervisor.child({ name: "guests" }),
  ],
  { strategy: "one_for_one", name: "chat" },
);
const rooms = Array.from({ length: ROOMS - 1 }, (_, n) => `room-${n + 1}`);
for (const name of ["lounge", ...rooms]) {
  await DynamicSupervisor.startChild("rooms", Room.child(name, { name }));
}
for (let n = 0; n < GUESTS; n++) {
  const room = n < 20 ? "lounge" : any(rooms);
  await DynamicSupervisor.startChild("guests", Guest.child(room));
}
spawn(load, rooms);

const [port = "0", token] = process.argv.slice(2);
const { url } = await observe(defaultRuntime(), {
  port: Number(port),
  ...(token === undefined ? {} : { token }),
});
console.log(url);
