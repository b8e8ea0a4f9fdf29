// Three nodes elect a leader. Who stands for it asks the others, and leads with two votes of three, its own included. A voter says yes unless it has heard
// of a leader. But between its yes and the leader's announcement another one may ask, and gets a yes as well.

import { Agent, current, GenServer, type Pid, type Self, sleep } from "beamlet";
import { always, check } from "../exhibit.ts";

export const name = "two leaders";
export const finds = { kind: "invariant", text: "one leader at most" } as const;

interface State {
  /** A voter keeps in mind whom it has given its vote. */
  readonly faithful: boolean;
  readonly leaders: Set<Pid>;
  readonly peers: readonly Pid[];
  readonly votedFor?: Pid;
  readonly leader?: Pid;
  readonly votes: number;
}

const me = () => (current() as Self).pid as Pid;

const Node = GenServer.define({
  name: "Node",
  init: (faithful: boolean, leaders: Set<Pid>): State => ({ faithful, leaders, peers: [], votes: 0 }),
  casts: {
    meet: (state, peers: readonly Pid[]) => ({ ...state, peers: peers.filter((peer) => peer !== me()) }),
    stand(state) {
      if (state.leader !== undefined || (state.faithful && state.votedFor !== undefined)) return state;
      for (const peer of state.peers) GenServer.cast(peer, ["voteFor", me()]);
      return { ...state, votedFor: me(), votes: 1 };
    },
    voteFor(state, candidate: Pid) {
      const granted = state.leader === undefined && !(state.faithful && state.votedFor !== undefined);
      GenServer.cast(candidate, ["vote", granted]);
      return granted ? { ...state, votedFor: candidate } : state;
    },
    vote(state, granted: boolean) {
      const votes = state.votes + (granted ? 1 : 0);
      if (votes < 2 || state.leader !== undefined) return { ...state, votes };
      state.leaders.add(me());
      for (const peer of state.peers) GenServer.cast(peer, ["follow", me()]);
      return { ...state, votes, leader: me() };
    },
    follow: (state, leader: Pid) => ({ ...state, leader }),
  },
});

function* scenario(faithful: boolean) {
  const leaders = new Set<Pid>();
  always("one leader at most", () => leaders.size <= 1);
  const journal = yield* Agent.startLink(() => ({ lastEntry: 7 }));
  const nodes: Pid[] = [];
  for (let n = 0; n < 3; n++) nodes.push(yield* Node.startLink(faithful, leaders));
  for (const node of nodes) Node.cast.meet(node, nodes);
  const [a, b] = nodes as [Pid, Pid, Pid];
  Node.cast.stand(a);
  // The other one sees first how far it is behind.
  yield* Agent.get(journal, ({ lastEntry }) => lastEntry);
  Node.cast.stand(b);
  yield* sleep(100);
  check(leaders.size === 1, `there are ${leaders.size} leaders`);
}

export function* broken(_self: Self) {
  yield* scenario(false);
}

export function* fixed(_self: Self) {
  yield* scenario(true);
}
