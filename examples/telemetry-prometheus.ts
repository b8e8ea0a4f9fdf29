// A till under load that jams now and then, and its metrics for Prometheus to
// collect. It prints their address:
//
//   node scripts/run-ts.mjs examples/telemetry-prometheus.ts [PORT]
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  createRuntime,
  GenServer,
  reply,
  type Self,
  Supervisor,
  sleep,
} from "beamlet";
import { instrument } from "beamlet/telemetry";

const Till = GenServer.define({
  name: "Till",
  init: (total: number) => total,
  calls: {
    sell: (total, price: number) => {
      if (price > 95) throw new RangeError("the till has jammed");
      return reply(total + price, total + price);
    },
  },
});

function* customer(_: Self<never>, nth: number) {
  for (let price = nth; ; price = (price + 17) % 100) {
    try {
      yield* Till.call.sell("till", price);
    } catch {
      // It has jammed; another one stands there in a moment.
    }
    yield* sleep(50);
  }
}

// ── The metrics ──

const exporter = new PrometheusExporter({ preventServerStart: true });
const meterProvider = new MeterProvider({ readers: [exporter] });
// What crashes is counted, and not printed here.
const runtime = createRuntime({ logger: () => {} });
instrument(runtime, { meterProvider });

const server = createServer((request, response) => {
  if (request.url === "/metrics")
    exporter.getMetricsRequestHandler(request, response);
  else response.writeHead(404).end();
});
server.listen(Number(process.argv[2] ?? 9464), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}/metrics`);
});

// ── The program ──

runtime.spawn(function* main() {
  yield* Supervisor.startLink([Till.child(0, { name: "till" })], {
    strategy: "one_for_one",
    maxRestarts: 100_000,
    name: "shop",
  });
  for (let nth = 0; nth < 20; nth++) runtime.spawn(customer, nth);
  yield* sleep(Number.POSITIVE_INFINITY);
});
