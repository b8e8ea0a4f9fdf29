import { after, type Op, on, P, type Pid, type Ref } from "../kernel.ts";
import { type CallOptions, call, cast, reply } from "./gen.ts";
import { define } from "./gen-state-machine-define.ts";
import { from } from "./gen-state-machine-process.ts";
import type { Machinery } from "./gen-state-machine-result.ts";
import { startMachine } from "./gen-state-machine-start.ts";
import { checkServer, resolve, runtimeFor, type Server, whereis } from "./name.ts";
import { type Acting, actorOf, ownOperation, pidOf } from "./operation.ts";
import type { ServerOptions } from "./server-start.ts";
import { stop } from "./stop.ts";
import { checkTimeout } from "./timeout.ts";

const INFINITY = Number.POSITIVE_INFINITY;

/** What came of a request: the answer; or why there is none, and who was asked. Source: OTP's `gen_statem:check_response/2`. */
export type MachineResponse = readonly ["reply", value: any] | readonly ["error", reason: unknown, machine: Server];

/** A request that was sent and not waited for yet. */
export interface RequestId {
  readonly ref: Ref;
  readonly machine: Server;
}

/** The response that a message is, if it is one. */
function responseOf(message: unknown, { ref, machine }: RequestId): MachineResponse | "noReply" {
  if (!Array.isArray(message)) return "noReply";
  if (message.length === 2 && message[0] === ref) return ["reply", message[1]];
  return message[0] === "DOWN" && message[1] === ref ? ["error", message[4], machine] : "noReply";
}

/** Waits for the response in the own mailbox of who acts. */
function waitFor(
  request: RequestId,
  timeout: number,
  abandons: boolean,
  options: Acting,
): Op<MachineResponse | "timeout"> {
  const actor = actorOf(options);
  const { ref } = request;
  const response = (message: readonly unknown[]) => responseOf(message, request) as MachineResponse;
  return ownOperation(function* (): Generator<Op<unknown>, MachineResponse | "timeout", unknown> {
    const receive = (actor as unknown as { receive(...clauses: unknown[]): Op<unknown> }).receive(
      on([ref, P._], response),
      on(["DOWN", ref, P._, P._, P._], response),
      after(timeout, () => "timeout"),
    );
    const got = (yield receive) as MachineResponse | "timeout";
    // What comes later is lost, and not left in the mailbox.
    if (got === "timeout" && abandons) actor.demonitor(ref, { flush: true });
    return got;
  });
}

/**
 * A process that is in one of several states, and handles events differently in each. See `define` for machines whose types are inferred; the other functions
 * serve all of them. Source: OTP's `gen_statem`.
 */
export const GenStateMachine = {
  define: define as typeof define,
  from: from as typeof from,
  reply: reply as typeof reply,
  whereis: whereis as typeof whereis,

  /**
   * Starts a machine, and gives its pid once `init` has returned; `"ignore"` when that said so.
   *
   * *Throws* `ExitError`: `["already_started", pid]`, `"timeout"`, or why `init` failed. Source: `gen_statem:start/3`.
   */
  start(machine: Machinery, args: readonly unknown[], options?: ServerOptions): Op<Pid<any>> {
    return startMachine("start", machine, args, options);
  },
  /** Like `start`, and links the machine to whoever starts it. Source: `gen_statem:start_link/3`. */
  startLink(machine: Machinery, args: readonly unknown[], options?: ServerOptions): Op<Pid<any>> {
    return startMachine("startLink", machine, args, options);
  },
  /** Like `start`, and monitors the machine. Source: `gen_statem:start_monitor/3`. */
  startMonitor(machine: Machinery, args: readonly unknown[], options?: ServerOptions): Op<[Pid<any>, Ref]> {
    return startMachine("startMonitor", machine, args, options);
  },
  /**
   * Asks a machine, and gives its answer. It waits as long as that takes, unless `timeout` says how many ms.
   *
   * *Throws* `ExitError`, with the call in it: `"noproc"`, `"timeout"`, `"calling_self"`, or why the machine went down, as soon as it does. Source: `gen_statem:call/3`.
   */
  call(machine: Server, request: unknown, options?: CallOptions): Op<any> {
    return call(machine, request, { timeout: INFINITY, ...options }, "GenStateMachine.call");
  },
  /** Sends an event that is not answered. Nobody learns whether there is such a machine. Source: `gen_statem:cast/2`. */
  cast(machine: Server, event: unknown, options?: Acting): "ok" {
    cast(machine, event, options);
    return "ok";
  },
  /**
   * Ends a machine with `reason`, and waits for it to be gone.
   *
   * *Throws* `ExitError`: `"noproc"`, `"timeout"`, or the reason when it ended for another one. Source: `gen_statem:stop/3`.
   */
  stop(machine: Server, reason: unknown = "normal", timeout: number = INFINITY, options?: Acting): Op<"ok"> {
    return stop(machine, reason, timeout, options, "GenStateMachine.stop");
  },

  /**
   * Sends a call and doesn't wait. The response comes to the mailbox of who acts, where `waitResponse`, `receiveResponse` and `checkResponse` find it.
   * Source: `gen_statem:send_request/2`.
   */
  sendRequest(machine: Server, request: unknown, options: Acting = {}): RequestId {
    const actor = actorOf(options);
    const checked = checkServer(machine, "GenStateMachine.sendRequest");
    const pid = resolve(checked, runtimeFor(checked, options));
    // A monitor of nobody tells so at once.
    const ref = actor.monitor(pid ?? (checked as string), { alias: "replyDemonitor" });
    if (pid != null) actor.send(pid, ["$gen_call", [pidOf(actor), ref], request]);
    return { ref, machine: checked };
  },
  /** Waits for a response. After `"timeout"` it can be waited for again. Source: `gen_statem:wait_response/2`. */
  waitResponse(request: RequestId, timeout: number = INFINITY, options: Acting = {}): Op<MachineResponse | "timeout"> {
    return waitFor(request, checkTimeout(timeout, "GenStateMachine.waitResponse"), false, options);
  },
  /** Waits for a response. After `"timeout"` it is lost. Source: `gen_statem:receive_response/2`. */
  receiveResponse(
    request: RequestId,
    timeout: number = INFINITY,
    options: Acting = {},
  ): Op<MachineResponse | "timeout"> {
    return waitFor(request, checkTimeout(timeout, "GenStateMachine.receiveResponse"), true, options);
  },
  /** The response that a message is, or `"noReply"`. Source: `gen_statem:check_response/2`. */
  checkResponse(message: unknown, request: RequestId): MachineResponse | "noReply" {
    return responseOf(message, request);
  },
} as const;
