import type { Down, Pid, Self } from "../../src/index.ts";

/** Asks the observer to see `pid` die, and to say so to `asker` once it does. */
export class Watch {
  readonly pid: Pid<never>;
  readonly asker: Pid<Watching> | undefined;

  constructor(pid: Pid<never>, asker?: Pid<Watching>) {
    this.pid = pid;
    this.asker = asker;
  }
}

/** The observer's answer to a `Watch` that has an asker. */
export class Watching {
  readonly pid: Pid<never>;

  constructor(pid: Pid<never>) {
    this.pid = pid;
  }
}

/**
 * The body of the hidden process that monitors every puppet. The library has monitors only between processes, so this one is
 * left out of everything that is recorded. (A puppet could tell of its own end in a `finally`, but not why it was killed.)
 */
export function* observe(self: Self<Watch | Down>, died: (pid: Pid<never>, reason: unknown) => void) {
  for (;;) {
    const message = yield* self.receive();
    if (message instanceof Watch) {
      self.monitor(message.pid);
      if (message.asker !== undefined) self.send(message.asker, new Watching(message.pid));
    } else {
      const [, , , pid, reason] = message;
      died(pid as Pid<never>, reason);
    }
  }
}
