// biome-ignore-all lint/nursery/noFloatingPromises: forgotten on purpose
import { expect, test } from "vitest";
import { on, P, type Report, type Self } from "../../src/index.ts";
import { ownRuntime, settle } from "./support/own-runtime.ts";

const WARNING = "an operation was made and never yielded or awaited: write yield* (or await) before it\n    ";

/** The place of the code that called, as `file.ts:line`. */
function here(): string {
  const frames = (new Error().stack ?? "").split("\n").filter((line) => line.includes("forgotten-operations.test.ts"));
  return /forgotten-operations\.test\.ts[^:]*:(\d+)/.exec(frames[1] ?? frames[0] ?? "")?.[1] ?? "no line";
}

/** The lines that warnings name. */
function lines(reports: readonly Report[]): string[] {
  return reports.map(({ kind, level, message = "" }) => {
    expect([kind, level]).toEqual(["warning", "warning"]);
    expect(message.startsWith(WARNING)).toBe(true);
    return /forgotten-operations\.test\.ts[^:]*:(\d+)/.exec(message)?.[1] ?? message;
  });
}

test("an operation that is made and neither yielded nor awaited is reported, with the line that made it", () => {
  const { runtime, reports } = ownRuntime();
  const places: string[] = [];
  const pid = runtime.spawn(function* forgetful(self: Self<string>) {
    places.push([self.receive(), here()][1] as string);
    places.push([self.receive(on(P._, () => 0)), here()][1] as string);
    places.push([self.sleep(5), here()][1] as string);
    places.push([self.until(Promise.resolve()), here()][1] as string);
    yield* self.receive();
  });
  runtime.send(pid, "not taken by the forgotten ones");
  runtime.run();
  expect(new Set(places).size).toBe(4);
  expect(lines(reports)).toEqual(places);
  expect([reports[0]?.pid, reports[0]?.initialCall]).toEqual([pid, "forgetful"]);
});

test("the last one of a body is found when the body ends", () => {
  const { runtime, reports } = ownRuntime();
  const places: string[] = [];
  runtime.spawn((self: Self<string>) => {
    places.push([self.receive(), here()][1] as string);
  });
  runtime.spawn(async (self: Self<string>) => {
    places.push([self.receive(), here()][1] as string);
  });
  return settle(runtime).then(() => expect(lines(reports)).toEqual(places));
});

test("what is yielded or awaited is not, even when it waits in vain", async () => {
  const { runtime, reports } = ownRuntime();
  runtime.spawn(function* (self: Self<string>) {
    const kept = self.sleep(0);
    yield* kept;
    yield* self.receive();
  });
  runtime.spawn(async (self: Self<string>) => {
    const kept = self.sleep(0);
    await kept;
    await self.receive();
  });
  await settle(runtime);
  expect(reports).toEqual([]);
});

test("a line that forgets again and again is reported again and again, even after thousands that did not", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<number>) {
    for (;;) {
      const n = yield* self.receive();
      if (n >= 5000) self.receive();
    }
  });
  for (let n = 0; n < 5010; n++) runtime.send(pid, n);
  runtime.run();
  expect(reports).toHaveLength(10);
  expect(reports.filter(({ message }) => message?.includes("forgotten-operations.test.ts")).length).toBeGreaterThan(5);
});

test("with development: false nothing is watched and nothing reported", () => {
  const { runtime, reports } = ownRuntime({ development: false });
  runtime.spawn((self: Self<string>) => {
    self.receive();
    self.sleep(5);
  });
  runtime.run();
  expect(reports).toEqual([]);
});
