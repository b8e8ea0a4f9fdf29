import { inspect, type Op, type Pid } from "../kernel.ts";
import type { ChildSpec } from "./child-spec.ts";
import { runtimeFor } from "./name.ts";
import type { Acting } from "./operation.ts";
import { type Registered, Registry } from "./registry.ts";

declare const messages: unique symbol;

/**
 * The name of a pub/sub system, which may say what is sent to each topic:
 * ``const events: PubSub<{ users: UserEvent; [room: `room:${string}`]: RoomEvent }> = "events"``.
 */
export type PubSub<T = Record<string, any>> = string & { readonly [messages]?: (held: T) => T };

type Topic<T> = keyof T & string;

/** Options of `PubSub.startLink`. */
export interface PubSubOptions extends Acting {
  readonly name: string;
  /** How many partitions its registry has; default 1. */
  readonly poolSize?: number;
}

/** Hands a message to the subscribers; `from` is who sends it, when it is not to get it. Source: *Custom dispatching* of `Phoenix.PubSub`. */
export type Dispatcher = (subscribers: Registered<any>[], from: Pid<any> | undefined, message: any) => unknown;

/** Options of a broadcast. */
export interface BroadcastOptions extends Acting {
  /** Called for each partition that has subscribers, in place of sending them the message. */
  readonly dispatcher?: Dispatcher;
}

function checkTopic(topic: unknown): string {
  if (typeof topic === "string") return topic;
  throw new TypeError(`PubSub: expected a string as topic, got ${inspect(topic)}`);
}

/**
 * Starts a pub/sub system: a registry with duplicate keys, which are the topics. Gives its pid.
 *
 * *Throws* `ExitError` with `["already_started", pid]` when the name is taken. Source: `Phoenix.PubSub.Supervisor`.
 */
function startLink(options: PubSubOptions): Op<Pid<any>> {
  const { name, poolSize = 1 } = options;
  return Registry.startLink({ keys: "duplicate", name, partitions: poolSize, ...(options.as && { as: options.as }) });
}

/** A child specification of a pub/sub system. Source: `Phoenix.PubSub.child_spec/1`. */
function child(options: PubSubOptions): ChildSpec {
  return { id: options.name, start: () => startLink(options), type: "supervisor" };
}

/**
 * Has the calling process get what is broadcast to a topic: as messages, and once for each time it has subscribed. `metadata` is for
 * dispatchers.
 *
 * *Throws* `NameError` for an unknown pub/sub system. Source: `Phoenix.PubSub.subscribe/3`.
 */
function subscribe<K extends Topic<T>, T = Record<string, any>>(
  pubSub: PubSub<T>,
  topic: K,
  options: Acting & { readonly metadata?: unknown } = {},
): void {
  Registry.register(pubSub, checkTopic(topic), options.metadata, options);
}

/** Ends all subscriptions of the calling process to a topic. Source: `Phoenix.PubSub.unsubscribe/2`. */
function unsubscribe<K extends Topic<T>, T = Record<string, any>>(pubSub: PubSub<T>, topic: K, options?: Acting): void {
  Registry.unregister(pubSub, checkTopic(topic), options);
}

function sendToAll(subscribers: Registered<any>[], from: Pid<any> | undefined, message: any): void {
  const [first] = subscribers;
  if (first === undefined) return;
  const runtime = runtimeFor(first[0]);
  for (const [pid] of subscribers) if (pid !== from) runtime.send(pid, message);
}

/**
 * Sends a message to all subscribers of a topic.
 *
 * *Throws* `NameError` for an unknown pub/sub system. Source: `Phoenix.PubSub.broadcast/4`.
 */
function broadcast<K extends Topic<T>, T = Record<string, any>>(
  pubSub: PubSub<T>,
  topic: K,
  message: NoInfer<T[K]>,
  options?: BroadcastOptions,
): void {
  publish(pubSub, undefined, topic, message, options);
}

/** Sends a message to all subscribers of a topic but `from`. *Throws* as `broadcast` does. Source: `Phoenix.PubSub.broadcast_from/5`. */
function broadcastFrom<K extends Topic<T>, T = Record<string, any>>(
  pubSub: PubSub<T>,
  from: Pid<any>,
  topic: K,
  message: NoInfer<T[K]>,
  options?: BroadcastOptions,
): void {
  publish(pubSub, from, topic, message, options);
}

function publish(
  pubSub: string,
  from: Pid<any> | undefined,
  topic: unknown,
  message: unknown,
  options: BroadcastOptions = {},
): void {
  const { dispatcher = sendToAll } = options;
  Registry.dispatch(pubSub, checkTopic(topic), (entries) => dispatcher(entries, from, message), {
    ...(options.as && { as: options.as }),
  });
}

/**
 * Topics that processes subscribe to, and get what is broadcast to them: `Phoenix.PubSub` without its adapters, and so on one node. There a
 * local broadcast is one like any other.
 *
 * @example
 * PubSub.subscribe("events", "room:1");
 * PubSub.broadcast("events", "room:1", ["joined", "ann"]);
 */
export const PubSub = {
  startLink: startLink as typeof startLink,
  child: child as typeof child,
  subscribe: subscribe as typeof subscribe,
  unsubscribe: unsubscribe as typeof unsubscribe,
  broadcast: broadcast as typeof broadcast,
  broadcastFrom: broadcastFrom as typeof broadcastFrom,
  /** `broadcast`, to this node. */
  localBroadcast: broadcast as typeof broadcast,
  /** `broadcastFrom`, to this node. */
  localBroadcastFrom: broadcastFrom as typeof broadcastFrom,
};
