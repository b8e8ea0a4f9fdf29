import type { Runtime, Self } from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { GenServer } from "./gen-server.ts";

/** The supervisors there are, or were. */
const supervisors = /* @__PURE__ */ new WeakSet<AnyPid>();

/** Has the trees below a process be no roots: it ends them itself. */
export function noteKeeper(pid: AnyPid): void {
  supervisors.add(pid);
}

/** Those of each runtime that nobody supervises, in the order in which they were started. */
const roots = /* @__PURE__ */ new WeakMap<Runtime, Set<AnyPid>>();

/**
 * Notes a supervisor that has started. When no supervisor is among its ancestors it is a root: before a runtime that is stopped ends
 * all processes, its roots end, the youngest first, and each ends its tree in order.
 */
export function noteSupervisor(self: Self<unknown>): void {
  const { pid, runtime } = self;
  const ancestors = (self.get("$ancestors") ?? []) as readonly (AnyPid | string)[];
  const isBelow = ancestors.some((ancestor) => {
    const above = typeof ancestor === "string" ? runtime.whereis(ancestor) : ancestor;
    return above !== undefined && supervisors.has(above);
  });
  supervisors.add(pid);
  if (isBelow) return;
  let known = roots.get(runtime);
  if (known === undefined) {
    known = new Set();
    roots.set(runtime, known);
    runtime.onStop((reason) => stopRoots(runtime, reason));
  }
  known.add(pid);
  const forget = known;
  self.signal.addEventListener("abort", () => forget.delete(pid));
}

async function stopRoots(runtime: Runtime, reason: unknown): Promise<void> {
  for (const root of [...(roots.get(runtime) ?? [])].reverse()) {
    // It may be the main process that started it, and that is not to die of this.
    runtime.unlink(root);
    const watch = new ClockWatch(runtime);
    const stopped = GenServer.stop(root, reason, Number.POSITIVE_INFINITY, { as: runtime });
    // Whatever it ends of, it has ended.
    await Promise.race([stopped.then(undefined, () => {}), watch.stoodStill]);
    watch.end();
  }
}

/** ms of the host's time between two looks at a runtime's clock, and how many in a row must find it as it was. */
const LOOK = 10;
const LOOKS = 5;

/**
 * Tells when a runtime's clock does not move, as that of a test which moves it by hand: then nobody may ever move it on, and what waits for
 * time waits in vain. Whatever can run without it does.
 */
export class ClockWatch {
  readonly stoodStill: Promise<void>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(runtime: Runtime) {
    this.stoodStill = new Promise((resolve) => {
      let time = runtime.now();
      let looks = 0;
      const look = () => {
        const now = runtime.now();
        looks = now === time ? looks + 1 : 0;
        time = now;
        if (looks > 0) runtime.run();
        if (looks === LOOKS) resolve();
        else this.timer = setTimeout(look, LOOK);
      };
      this.timer = setTimeout(look, LOOK);
    });
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
