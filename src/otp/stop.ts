import { after, inspect, type Op, on, P } from "../kernel.ts";
import { failedCall } from "./gen.ts";
import { checkServer, resolve, runtimeFor, type Server } from "./name.ts";
import { type Acting, operation, type Steps } from "./operation.ts";
import { checkTimeout } from "./timeout.ts";

/**
 * Ends a process of OTP with `reason`, and waits for it to be gone.
 *
 * *Throws* `ExitError`, with the call in it: `"noproc"`, `"timeout"`, or the reason when it ended for another one. Source: OTP's `proc_lib:stop/3`.
 */
export function stop(
  server: Server,
  reason: unknown,
  timeout: number,
  options: Acting | undefined,
  label: string,
): Op<"ok"> {
  const checked = checkServer(server, label);
  const ms = checkTimeout(timeout, label);
  const runtime = runtimeFor(checked, options);
  const failed = (why: unknown) => failedCall(why, label, checked, reason, timeout);
  return operation(options?.as ?? runtime, function* (self): Steps<"ok"> {
    const pid = resolve(checked, runtime);
    if (pid == null) throw failed(pid === null ? "noconnection" : "noproc");
    if (pid === self.pid) throw failed("calling_self");
    const ref = self.monitor(pid);
    // Nobody waits for the answer, only for the end.
    const nobody = self.alias();
    self.unalias(nobody);
    self.send(pid, ["system", [self.pid, nobody], ["terminate", reason]]);
    const ended = yield* self.receive(
      on(["DOWN", ref, P._, P._, P._], (message): readonly unknown[] => [message[4]]),
      after(ms, (): readonly unknown[] => []),
    );
    if (ended.length === 0) {
      self.demonitor(ref, { flush: true });
      throw failed("timeout");
    }
    const why = ended[0];
    if (why !== reason && inspect(why) !== inspect(reason)) throw failed(why);
    return "ok";
  });
}
