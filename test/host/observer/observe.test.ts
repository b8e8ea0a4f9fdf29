import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ObservableRuntime, observe, type SourceStatus, wireSource } from "beamlet/observer";
import { expect, onTestFinished, test } from "vitest";
import { seen } from "../../observer/support/looking.ts";
import { idle, ownRuntime } from "../../semantics/support/own-runtime.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("a program is looked at over the wire as it is in the same program", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "somebody");
  runtime.run();
  const observer = await observe(runtime, { interval: 10 });
  onTestFinished(() => observer.close());
  const source = wireSource(observer.url);
  onTestFinished(() => source.close());
  const page = await seen(
    source,
    "processes",
    { sort: "pid", descending: true, offset: 0, limit: 1 },
    ({ progress }) => progress === 1,
  );
  expect(page.rows).toMatchObject([{ pid: String(pid), name: "somebody", body: "idle" }]);
  const ended = seen(source, "process", { pid: String(pid) }, ({ alive }) => !alive);
  expect(await source.request("kill", { pid: String(pid) })).toEqual({ killed: true });
  expect(await ended).toEqual({ alive: false, pid: String(pid) });
  await expect(source.request("kill", { pid: String(pid) })).rejects.toThrow(`no process ${pid}`);
  await expect(seen(source, "processes", { sort: "luck" } as never)).rejects.toThrow("as sort");
});

test("what comes after a query was changed is of the new one", async () => {
  const { runtime } = ownRuntime();
  for (let i = 0; i < 20; i++) runtime.register(runtime.spawn(idle), `name ${i}`);
  runtime.run();
  const observer = await observe(runtime, { interval: 10 });
  onTestFinished(() => observer.close());
  const source = wireSource(observer.url);
  onTestFinished(() => source.close());
  const heard: number[] = [];
  await new Promise<void>((resolve) => {
    const names = source.subscribe("names", { offset: 0, limit: 1 }, ({ rows }) => {
      heard.push(rows.length);
      if (rows.length === 1 && heard.length === 1) {
        for (const limit of [2, 3, 4]) names.update({ offset: 0, limit });
      }
      if (rows.length === 4) resolve();
    });
  });
  expect(heard).toEqual([1, 4]);
});

test("a page that loses its program finds it again when it returns, and goes on", async () => {
  const { runtime } = ownRuntime();
  const first = await observe(runtime, { token: "the-same-token-again", interval: 10 });
  const { port } = new URL(first.url);
  const source = wireSource(first.url);
  onTestFinished(() => source.close());
  const statuses: [SourceStatus, string | undefined][] = [];
  source.onStatus((status, why) => statuses.push([status, why]));
  let samples = 0;
  let resets = 0;
  let told = () => {};
  source.subscribe("overview", {}, (data) => {
    samples += data.samples.length;
    if (data.reset) resets++;
    told();
  });
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      told = () => isSo() && resolve();
      told();
    });
  await until(() => samples > 0);
  await first.close();
  const { runtime: another } = ownRuntime();
  const second = await observe(another, { port: Number(port), token: "the-same-token-again", interval: 10 });
  onTestFinished(() => second.close());
  await until(() => resets === 2);
  expect(statuses[0]).toEqual(["open", undefined]);
  expect(statuses[1]).toEqual(["connecting", "the observer was closed"]);
  expect(statuses.at(-1)).toEqual(["open", undefined]);
});

test("a page is told when its token is wrong", async () => {
  const { runtime } = ownRuntime();
  const observer = await observe(runtime);
  onTestFinished(() => observer.close());
  const source = wireSource(new URL("/another-token/", observer.url));
  const why = await new Promise((resolve) => source.onStatus((_, reason) => resolve(reason)));
  source.close();
  expect(why).toMatch(/^403: wrong token/);
  expect(source.status).toBe("closed");
});

test("a runtime has the method observe", async () => {
  const { runtime } = ownRuntime();
  const observer = await (runtime as ObservableRuntime).observe({ port: 0 });
  expect((await fetch(observer.url)).status).toBe(200);
  await observer.close();
});

test("it ends with its runtime", async () => {
  const { runtime } = ownRuntime();
  const observer = await observe(runtime);
  await runtime.stop();
  await expect(fetch(observer.url)).rejects.toThrow();
});

test("a port that is taken is an error, and leaves nothing behind", async () => {
  const { runtime } = ownRuntime();
  const { logger } = runtime;
  const { runtime: other } = ownRuntime();
  const observer = await observe(other);
  onTestFinished(() => observer.close());
  await expect(observe(runtime, { port: Number(new URL(observer.url).port) })).rejects.toThrow();
  expect(runtime.logger).toBe(logger);
});

test("neither the observer nor a page that is open keeps a program alive", async () => {
  if (process.versions["bun"] !== undefined || process.versions["deno"] !== undefined) {
    console.log("skipped on this host: a program given on the command line imports the package on Node only");
    return;
  }
  const program = `
    import { observe } from "beamlet/observer";
    import { defaultRuntime } from "beamlet";
    console.log((await observe(defaultRuntime())).url);
    process.stdin.once("data", () => process.stdin.destroy());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: root });
  onTestFinished(() => {
    child.kill();
  });
  const ended = once(child, "exit");
  const [url] = await once(child.stdout, "data");
  const headers = { "content-type": "application/json" };
  const answered = await fetch(new URL("stream", String(url).trim()), { method: "POST", headers, body: "{}" });
  const reader = answered.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"hello"');
  child.stdin.write("end\n");
  expect(await ended).toEqual([0, null]);
  await reader?.cancel().catch(() => {});
});

test("the version that the page shows is that of the package", async () => {
  const { runtime } = ownRuntime();
  const observer = await observe(runtime);
  onTestFinished(() => observer.close());
  const source = wireSource(observer.url);
  const { version } = await source.request("program", {});
  source.close();
  expect(version).toBe(JSON.parse(readFileSync(`${root}/package.json`, "utf8")).version);
});
