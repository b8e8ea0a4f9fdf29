import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Starts examples/telemetry-prometheus.ts, and gives the address that it prints. */
async function start(): Promise<string> {
  const options = process.versions["deno"] === undefined ? [] : ["run", "-A"];
  const args = [...options, "scripts/run-ts.mjs", "examples/telemetry-prometheus.ts", "0"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  return await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the example ended with ${code}: ${errors}`)));
  });
}

/** What Prometheus reads there: the type of each metric, and the value of each series. */
async function read(url: string): Promise<{ types: Map<string, string>; values: Map<string, number> }> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const text = await response.text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
  const values = new Map(
    [...text.matchAll(/^(\w+)(\{.*?\})? (\S+)$/gm)].map(([, name = "", labels = "", value]) => [
      name + labels.replace(/,?otel_scope_name="beamlet"/, "").replace("{}", ""),
      Number(value),
    ]),
  );
  return { types, values };
}

test("Prometheus reads a program's metrics by the official exporter", async () => {
  const url = await start();
  const first = await read(url);
  expect(Object.fromEntries(first.types)).toMatchObject({
    beamlet_process_count: "gauge",
    beamlet_run_queue_length: "gauge",
    beamlet_memory_linear: "gauge",
    beamlet_mailbox_length_p99: "gauge",
    beamlet_message_sent_total: "counter",
    beamlet_process_reductions_total: "counter",
  });
  let { values } = first;
  const jammed =
    'beamlet_process_crashes_total{beamlet_report_kind="server",beamlet_process_kind="Till",error_type="RangeError"}';
  for (;;) {
    ({ values } = await read(url));
    if ((values.get(jammed) ?? 0) > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(values.get("beamlet_process_count")).toBeGreaterThanOrEqual(23);
  expect(values.get("beamlet_message_sent_total")).toBeGreaterThan(first.values.get("beamlet_message_sent_total") ?? 0);
  expect(values.get('beamlet_supervisor_restarts_total{beamlet_supervisor_name="shop"}')).toBeGreaterThan(0);
  const sold = 'rpc_system_name="beamlet",rpc_method="Till/sell"';
  expect(values.get(`beamlet_server_call_duration_count{${sold}}`)).toBeGreaterThan(0);
  expect(values.get(`beamlet_client_call_duration_bucket{${sold},le="10"}`)).toBeGreaterThan(0);
});

test("there is nothing else at its port", async () => {
  const url = await start();
  expect((await fetch(new URL("/", url))).status).toBe(404);
});
