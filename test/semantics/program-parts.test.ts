import { describe, expect, test } from "vitest";
import { createRuntime, current, ExitError, formatReport, type Report, type Self } from "../../src/index.ts";

describe("what modules on top of the kernel ask of it", () => {
  test("log hands a report to the logger, and its text stands behind the header", async () => {
    const reports: Report[] = [];
    await using runtime = createRuntime({ logger: (report) => reports.push(report) });
    const report: Report = { level: "info", kind: "progress", time: new Date(0), text: "ready" };
    runtime.log(report);
    expect(reports).toEqual([report]);
    expect(formatReport(report)).toMatch(/^\d\d:\d\d:\d\d\.000 \[info\] ready$/);
  });

  test("stop calls the tasks of onStop first, the last one first, once, and waits for each", async () => {
    const runtime = createRuntime();
    const pid = runtime.spawn((self: Self) => self.until(new Promise(() => {})));
    const seen: unknown[] = [];
    runtime.onStop((reason) => seen.push(["first", reason, runtime.isAlive(pid)]));
    runtime.onStop(async () => {
      await Promise.resolve();
      seen.push("last");
    });
    await runtime.stop("enough");
    await runtime.stop("again");
    expect(seen).toEqual(["last", ["first", "enough", true]]);
  });

  test("now is the time by the runtime's own clock", async () => {
    let time = 1000;
    await using runtime = createRuntime({ clock: () => time });
    time += 250;
    expect(runtime.now()).toBe(250);
  });

  test("current is the self of the process whose slice runs, and undefined for the host", async () => {
    await using runtime = createRuntime();
    expect(current()).toBeUndefined();
    const same = await runtime.run(function* (self: Self) {
      yield* self.sleep(0);
      return current() === self;
    });
    expect(same).toBe(true);
    expect(current()).toBeUndefined();
  });

  test("an ExitError that tells which call failed is the exit reason itself", async () => {
    await using runtime = createRuntime();
    const failed = new ExitError("noproc", ["GenServer.call", "stack", "pop", 5000]);
    const ended = runtime.run(() => {
      throw failed;
    });
    await expect(ended).rejects.toBe(failed);
  });
});
