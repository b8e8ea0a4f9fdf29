import type { Attributes, BatchObservableCallback, Meter, Observable } from "@opentelemetry/api";
import type { Machine } from "../machine.ts";
import { type MailboxLengths, mailboxLengths } from "./mailboxes.ts";
import type { Work } from "./work.ts";

const QUANTILES: readonly (keyof MailboxLengths)[] = ["p50", "p90", "p99", "max"];

/** What is read from a runtime whenever somebody collects metrics. What ends that. */
export function observe(machine: Machine, work: Work, meter: Meter, attributes: Attributes): () => void {
  const process = meter.createObservableUpDownCounter("beamlet.process.count", {
    description: "Living processes, the main process included.",
    unit: "{process}",
  });
  const queue = meter.createObservableUpDownCounter("beamlet.run_queue.length", {
    description: "Processes that could run, and wait for their turn.",
    unit: "{process}",
  });
  const timer = meter.createObservableUpDownCounter("beamlet.timer.count", {
    description: "Timers that have not fired, timeouts of receives included.",
    unit: "{timer}",
  });
  const memory = meter.createObservableUpDownCounter("beamlet.memory.linear", {
    description: "The linear memory of the core.",
    unit: "By",
  });
  const messages = meter.createObservableCounter("beamlet.message.sent", {
    description: "Messages that have been sent to living processes.",
    unit: "{message}",
  });
  const reductions = meter.createObservableCounter("beamlet.process.reductions", {
    description: "Messages taken and sent, and slices begun: a measure of work.",
    unit: "{reduction}",
  });
  const lengths = QUANTILES.map((quantile) => {
    const gauge = meter.createObservableGauge(`beamlet.mailbox.length.${quantile}`, {
      description: `Messages in a mailbox: ${quantile === "max" ? "the most" : `the ${quantile.slice(1)}th percentile`} of a sample.`,
      unit: "{message}",
    });
    return [quantile, gauge] as const;
  });

  const read: BatchObservableCallback = (result) => {
    const { core } = machine;
    result.observe(process, core.processes(), attributes);
    result.observe(queue, core.runnable(), attributes);
    result.observe(timer, core.timersInUse(), attributes);
    result.observe(memory, core.memory.buffer.byteLength, attributes);
    result.observe(messages, work.messages, attributes);
    result.observe(reductions, work.reductions, attributes);
    const found = mailboxLengths(core);
    for (const [quantile, gauge] of lengths) result.observe(gauge, found[quantile], attributes);
  };
  const all: Observable[] = [process, queue, timer, memory, messages, reductions, ...lengths.map(([, gauge]) => gauge)];
  meter.addBatchObservableCallback(read, all);
  return () => meter.removeBatchObservableCallback(read, all);
}
