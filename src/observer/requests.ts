import { type Status, sys } from "../index.ts";
import { inspect, type Pid } from "../kernel.ts";
import type { Observation } from "./observation.ts";
import { cut, isBehaviour, livingOf, type Process } from "./people.ts";
import type { RequestName, Requests } from "./protocol.ts";

/** ms that a behaviour has to answer in. */
const PATIENCE = 500;
const WIDTH = 20_000;

type Handlers = {
  readonly [R in RequestName]: (
    observation: Observation,
    params: Requests[R]["params"],
  ) => Requests[R]["answer"] | Promise<Requests[R]["answer"]>;
};

const HANDLERS: Handlers = {
  program: ({ program }) => program,

  async state(observation, { pid }) {
    const process = behaviourOf(observation, pid);
    const { behaviour, name, status, state } = await asked<Status>(observation, process, (options) =>
      sys.getStatus(process as Pid, options),
    );
    return { behaviour, name: inspect(name), status, state: cut(inspect(state), WIDTH) };
  },

  kill({ machine }, { pid, reason = "kill" }) {
    const process = livingOf(machine, pid);
    if (process === machine.main) throw new Error("the main process stands for the program itself: end that");
    machine.exit(process as Pid, reason);
    return { killed: !machine.isAlive(process as Pid) };
  },

  async suspend(observation, { pid }) {
    const process = behaviourOf(observation, pid);
    await asked(observation, process, (options) => sys.suspend(process as Pid, options));
    return { status: "suspended" };
  },

  async resume(observation, { pid }) {
    const process = behaviourOf(observation, pid);
    await asked(observation, process, (options) => sys.resume(process as Pid, options));
    return { status: "running" };
  },

  startTrace: ({ trace }, options) => trace.start(options),

  stopTrace: ({ trace }) => trace.stop("stopped"),

  traceFile({ trace }) {
    const name = `trace-${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`;
    return { name, text: trace.file };
  },
};

/** *Throws*, by rejecting, what is wrong with the request, or with the process that it is about. */
export async function answer(observation: Observation, name: unknown, params: unknown): Promise<unknown> {
  if (typeof name !== "string" || !Object.hasOwn(HANDLERS, name))
    throw new TypeError(`expected one of ${Object.keys(HANDLERS).join(", ")} as request, got ${inspect(name)}`);
  if (typeof params !== "object" || params === null)
    throw new TypeError(`${name}: expected an object as params, got ${inspect(params)}`);
  return await HANDLERS[name as RequestName](observation, params as never);
}

function behaviourOf({ machine }: Observation, pid: unknown): Process {
  const process = livingOf(machine, pid);
  if (!isBehaviour(process)) throw new Error(`${process} is no behaviour of OTP: sys can't speak with it`);
  return process;
}

/** What a behaviour answers. The runtime's clock may stand still: the host's has a say as well. */
async function asked<T>(
  { machine }: Observation,
  process: Process,
  ask: (options: { as: typeof machine; timeout: number }) => PromiseLike<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Error(`${process} did not answer within ${PATIENCE} ms: it is busy, or waits for something else`);
  try {
    return await Promise.race([
      ask({ as: machine, timeout: PATIENCE }),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(late), PATIENCE * 1.5);
      }),
    ]);
  } catch (error) {
    if (machine.isAlive(process as Pid)) throw late;
    throw error === late ? late : new Error(`${process} has ended`);
  } finally {
    clearTimeout(timer);
  }
}
