// A chat room has a speaker for each member: a process that writes what is said to the member's socket. The socket tells the room that it comes; the
// door, which monitors sockets, tells it who has gone. Those are two senders, and "gone" may be there before "comes". Then the room has nobody to
// dismiss, lets the member in afterwards, and the speaker speaks to nobody for ever.

import { GenServer, monitor, type Pid, type Ref, type Self, send, sleep, spawn } from "beamlet";

export const name = "leaked subscriber";
export const finds = { kind: "leftover", text: "speaker" } as const;
export const options = { leftovers: "processes" } as const;

type Member = Pid;
type Down = readonly ["DOWN", Ref, "process", Member, unknown];
type Speaker = Pid<"dismissed" | ["said", string]>;
type Members = ReadonlyMap<Member, Speaker>;

function* speaker(self: Self<"dismissed" | ["said", string]>, written: string[]) {
  let dismissed = false;
  while (!dismissed) {
    dismissed = yield* self.receive({ said: ([, words]) => written.push(words) < 0, dismissed: () => true });
  }
}

function dismiss(members: Members, member: Member): Members {
  const found = members.get(member);
  if (found !== undefined) send(found, "dismissed");
  return new Map([...members].filter(([each]) => each !== member));
}

const Room = GenServer.define({
  name: "Room",
  init: (watchful: boolean) => ({ watchful, members: new Map() as Members }),
  casts: {
    comes({ watchful, members }, member: Member) {
      // The monitor of somebody who has gone already says so at once.
      if (watchful) monitor(member);
      return { watchful, members: new Map([...members, [member, spawn(speaker, [])]]) };
    },
    gone: ({ watchful, members }, member: Member) => ({ watchful, members: dismiss(members, member) }),
  },
  info: {
    DOWN: ({ watchful, members }, [, , , member]) => ({ watchful, members: dismiss(members, member) }),
  },
});

function socket(self: Self, room: Pid) {
  Room.cast.comes(room, self.pid);
}

function* scenario(self: Self<Down>, watchful: boolean) {
  const room = yield* Room.startLink(watchful);
  for (let n = 0; n < 3; n++) self.spawnMonitor(socket, room);
  for (let n = 0; n < 3; n++) yield* self.receive({ DOWN: ([, , , member]) => Room.cast.gone(room, member) });
  yield* sleep(100);
  yield* GenServer.stop(room);
}

export function* broken(self: Self<Down>) {
  yield* scenario(self, false);
}

export function* fixed(self: Self<Down>) {
  yield* scenario(self, true);
}
