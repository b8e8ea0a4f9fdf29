import type { From } from "./gen.ts";
import type { Steps } from "./operation.ts";
import { NoReply, Reply, Stop } from "./result.ts";
import type { SupervisorServer } from "./supervisor-server.ts";

// What supervisors of all kinds do with what they are sent. Functions, and not one object to spread: a bundler can't leave out who spreads.

type Handled<S> = NoReply<S> | Stop<S>;

/** What a supervisor's callback gives: it goes on, or shuts down. */
export function next<S>(server: S, goesOn: boolean): Handled<S> {
  return goesOn ? new NoReply(server, undefined) : new Stop<S>("shutdown", [], []);
}

export function* handleCall<S extends SupervisorServer>(
  request: unknown,
  _from: From,
  server: S,
): Steps<Reply<unknown, S>> {
  return new Reply(yield* server.handleCall(request), server, undefined);
}

export function* handleInfo<S extends SupervisorServer>(message: unknown, server: S): Steps<Handled<S>> {
  return next(server, yield* server.handle(message));
}

export function terminate(_reason: unknown, server: SupervisorServer): Steps<void> {
  return server.end();
}
