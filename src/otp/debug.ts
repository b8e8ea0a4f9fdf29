import { inspect, type Pid } from "../kernel.ts";

/**
 * What a behaviour tells its debug functions: `["in", message]`, `["out", message, to]`, `["noreply", state]`, `["continue", arg]`,
 * `["terminate", reason, state]`. Source: OTP's `sys:system_event()`.
 */
export type SystemEvent = readonly [kind: string, ...facts: unknown[]];

/** Told of each event; gives its own next state, or `"done"` to be removed. Source: OTP's `sys:dbg_fun()`. */
export type DebugFunction = (state: any, event: SystemEvent, processState: unknown) => unknown;

/** What `sys.statistics(server, "get")` tells. */
export interface Statistics {
  readonly startTime: Date;
  readonly currentTime: Date;
  readonly reductions: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

/** Events kept by `sys.log(server, true)`. */
const KEPT = 10;

/** What watches one process. There is none until somebody asks for it: a server that nobody watches tells nobody. */
export class Debug {
  private readonly server: unknown;
  private traces = false;
  private kept: SystemEvent[] | undefined;
  private keep = KEPT;
  private counted: { startTime: Date; reductions: number; messagesIn: number; messagesOut: number } | undefined;
  private readonly functions = new Map<unknown, { call: DebugFunction; state: unknown }>();

  /** `server`: how it is named in what is printed. */
  constructor(server: unknown) {
    this.server = server;
  }

  get isIdle(): boolean {
    return !this.traces && this.kept === undefined && this.counted === undefined && this.functions.size === 0;
  }

  tell(event: SystemEvent, state: unknown): void {
    if (this.traces) console.log(`*DBG* ${this.words(event)}`);
    if (this.kept !== undefined) {
      this.kept.push(event);
      if (this.kept.length > this.keep) this.kept.shift();
    }
    if (this.counted !== undefined) {
      if (event[0] === "in") this.counted.messagesIn++;
      if (event[0] === "out") this.counted.messagesOut++;
    }
    for (const [id, each] of this.functions) {
      let next: unknown;
      try {
        next = each.call(each.state, event, state);
      } catch {
        // As in Erlang, one that fails is removed, and its process goes on.
        next = "done";
      }
      if (next === "done") this.functions.delete(id);
      else each.state = next;
    }
  }

  /** Does what a request of `sys` asks for, and gives the answer. */
  command([what, ...args]: readonly unknown[], reductions: () => number): unknown {
    switch (what) {
      case "trace":
        this.traces = args[0] === true;
        return "ok";
      case "log":
        return this.log(args[0], args[1]);
      case "statistics":
        return this.statistics(args[0], reductions);
      case "install":
        if (!this.functions.has(args[0]))
          this.functions.set(args[0], { call: args[1] as DebugFunction, state: args[2] });
        return "ok";
      case "remove":
        this.functions.delete(args[0]);
        return "ok";
      default:
        this.traces = false;
        this.kept = undefined;
        this.counted = undefined;
        this.functions.clear();
        return "ok";
    }
  }

  private log(flag: unknown, size: unknown): unknown {
    if (flag === "get") return [...(this.kept ?? [])];
    if (flag === "print") for (const event of this.kept ?? []) console.log(`*DBG* ${this.words(event)}`);
    else if (flag === true) {
      this.kept ??= [];
      this.keep = typeof size === "number" ? size : KEPT;
    } else this.kept = undefined;
    return "ok";
  }

  private statistics(flag: unknown, reductions: () => number): unknown {
    if (flag === "get") {
      if (this.counted === undefined) return "no_statistics";
      const { startTime, messagesIn, messagesOut } = this.counted;
      const since = reductions() - this.counted.reductions;
      return { startTime, currentTime: new Date(), reductions: since, messagesIn, messagesOut } satisfies Statistics;
    }
    this.counted =
      flag === true ? { startTime: new Date(), reductions: reductions(), messagesIn: 0, messagesOut: 0 } : undefined;
    return "ok";
  }

  /** An event as OTP's `gen_server` words it. */
  private words([kind, ...facts]: SystemEvent): string {
    const name = typeof this.server === "string" ? this.server : inspect(this.server);
    const [first, second] = facts;
    const [tag, from, request] = Array.isArray(first) ? first : [];
    if (kind === "in" && tag === "$gen_call") return `${name} got call ${inspect(request)} from ${from?.[0] as Pid}`;
    if (kind === "in" && tag === "$gen_cast") return `${name} got cast ${inspect(from)}`;
    if (kind === "in") return `${name} got ${inspect(first)}`;
    if (kind === "out") return `${name} sent ${inspect(first)} to ${second}`;
    if (kind === "noreply") return `${name} new state ${inspect(first)}`;
    return `${name} dbg ${inspect([kind, ...facts])}`;
  }
}
