import { on, type Pid, type Self } from "../kernel.ts";

/** What the evaluator is asked to do: its mailbox is the user's, and so nobody else can make one. */
export class Job {
  readonly run: () => Promise<void>;

  constructor(run: () => Promise<void>) {
    this.run = run;
  }
}

const isJob = (message: unknown): message is Job => message instanceof Job;

/** The process that runs what is typed. The supervisor of the shell starts it, and starts another one when it ends. */
export async function evaluator(self: Self, begun: (self: Self) => void): Promise<never> {
  begun(self);
  for (;;) {
    // What others send it stays in the mailbox for the user's own receive.
    const job = await self.receive(on(isJob, (job) => job));
    await job.run();
  }
}

// The bundle's short names are nobody's.
Object.assign(evaluator, { displayName: "evaluator" });

/** What the shell may change of a runtime: who `self()` is in code that no process runs. */
export interface Host {
  main: Pid<never>;
}
