export { Agent } from "./agent.ts";
export { Application, type ApplicationInfo, type ApplicationName, type PutEnvOptions } from "./application.ts";
export { ApplicationReport } from "./application-report.ts";
export type { ApplicationSpec, ApplicationStarted, ApplicationType } from "./application-spec.ts";
export type { Callbacks, CallResult, HandleResult, InitResult, StatusParts, Waitable } from "./callbacks.ts";
export type { AnyPid, Child, ChildModule, ChildSpec, FullSpec, Restart, Shutdown, Started } from "./child-spec.ts";
export type { DebugFunction, Statistics, SystemEvent } from "./debug.ts";
export type {
  Calls,
  Casts,
  ChildOptions,
  DefinedServer,
  Infos,
  Replied,
  Rest,
  ServerChild,
  ServerSpec,
} from "./define.ts";
export {
  type DefinedDynamicSupervisor,
  DynamicSupervisor,
  type DynamicSupervisorChildOptions,
  type DynamicSupervisorFlags,
  DynamicSupervisorInit,
  type DynamicSupervisorModule,
  type DynamicSupervisorOptions,
} from "./dynamic-supervisor.ts";
export { type DisposableProcess, type DisposeOptions, disposable } from "./end-process.ts";
export { type EventHandler, type EventResult, type HandlerRef, RemoveHandler, SwapHandler } from "./event-handler.ts";
export { EventHandlerReport } from "./event-manager.ts";
export { type CallOptions, type CallTracer, type From, type TracedCall, traceCalls } from "./gen.ts";
export { GenEvent } from "./gen-event.ts";
export { GenServer, type Startable } from "./gen-server.ts";
export { GenStateMachine, type MachineResponse, type RequestId } from "./gen-state-machine.ts";
export type {
  Callbacks as MachineCallbacks,
  EventHandlers,
  EventResult as MachineResult,
  EventTable,
  MachineInitResult,
  MachineStatus,
  StateFunction,
} from "./gen-state-machine-callbacks.ts";
export type { DefinedMachine, MachineSpec } from "./gen-state-machine-define.ts";
export { MachineReport } from "./gen-state-machine-report.ts";
export {
  type Action,
  type Actions,
  type ActionTable,
  type EventType,
  keepState,
  keepStateAndData,
  type MachineEvent,
  type Machinery,
  nextState,
  postpone,
  repeatState,
  repeatStateAndData,
  StopAndReply,
  stopAndReply,
  type TimeoutOptions,
  type TimeoutTime,
  Transition,
} from "./gen-state-machine-result.ts";
export { Feed, type FeedHandle, type FeedItem, type FeedOptions, type MessagesOptions, messages } from "./messages.ts";
export type { Server, ServerName, Via, ViaModule } from "./name.ts";
export type { Acting } from "./operation.ts";
export { type Client, ServerReport, UnexpectedReport } from "./otp-report.ts";
export {
  PartitionSupervisor,
  type PartitionSupervisorChildOptions,
  type PartitionSupervisorOptions,
} from "./partition-supervisor.ts";
export { type GroupChange, type PgOptions, pg } from "./pg.ts";
export type { StartOptions } from "./proc-lib.ts";
export { type BroadcastOptions, type Dispatcher, PubSub, type PubSubOptions } from "./pub-sub.ts";
export { AlreadyRegisteredError, type Registered, Registry, type RegistryOptions } from "./registry.ts";
export { Resource, ResourceReport } from "./resource.ts";
export { Ignore, ignore, type Next, NoReply, noReply, ok, Reply, reply, Stop, stop } from "./result.ts";
export type { DebugOption } from "./server-process.ts";
export type { ServerOptions } from "./server-start.ts";
export type { Source } from "./source.ts";
export {
  type DefinedSupervisor,
  Supervisor,
  type SupervisorChildOptions,
  SupervisorInit,
  type SupervisorModule,
  type SupervisorOptions,
} from "./supervisor.ts";
export type { AutoShutdown, FullFlags, Strategy, SupervisorFlags } from "./supervisor-flags.ts";
export { type SupervisorContext, type SupervisorIdentity, SupervisorReport } from "./supervisor-report.ts";
export type { ChildCounts, ChildEntry } from "./supervisor-server.ts";
export { type Status, sys } from "./sys.ts";
export { Task, type TaskChildOptions } from "./task.ts";
export type { Outcome, TaskHandle, TaskOutcomes, TaskResults, TaskShutdown, Wait } from "./task-handle.ts";
export { type TaskBody, TaskReport } from "./task-process.ts";
export type { StreamOptions, StreamResult, TaskStream, ZippedResult } from "./task-stream.ts";
export type { StreamRun } from "./task-stream-run.ts";
export {
  type StartChildOptions,
  type SupervisedOptions,
  type SupervisedStreamOptions,
  TaskSupervisor,
  type TaskSupervisorOptions,
} from "./task-supervisor.ts";
