import { expect, test } from "vitest";
import type { RuntimeOptions, Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

interface Order {
  items: string[];
  note?: string;
}

function handOver(messages: RuntimeOptions["messages"]) {
  const { runtime } = ownRuntime(messages === undefined ? {} : { messages });
  const pid = runtime.spawn(idle);
  const sent: Order = { items: ["tea"] };
  expect(runtime.send(pid, sent)).toBe(sent);
  const [received] = runtime.processInfo(pid, "messages") as [Order];
  return { sent, received };
}

test("share, the default: the receiver gets the sender's own object", () => {
  for (const mode of [undefined, "share"] as const) {
    const { sent, received } = handOver(mode);
    expect(received).toBe(sent);
    sent.items.push("biscuits");
    expect(received.items).toEqual(["tea", "biscuits"]);
  }
});

test("freeze: the same object, frozen all through: who changes it gets a TypeError", () => {
  const { sent, received } = handOver("freeze");
  expect(received).toBe(sent);
  expect(thrown(() => sent.items.push("biscuits"))).toBeInstanceOf(TypeError);
  expect(
    thrown(() => {
      received.note = "urgent";
    }),
  ).toBeInstanceOf(TypeError);
});

test("clone: a copy, so that neither sees what the other does to it", () => {
  const { sent, received } = handOver("clone");
  expect(received).toEqual(sent);
  expect(received).not.toBe(sent);
  sent.items.push("biscuits");
  received.note = "urgent";
  expect(received.items).toEqual(["tea"]);
  expect(sent.note).toBeUndefined();
});

test("pids and references keep their identity in a copy", () => {
  const { runtime } = ownRuntime({ messages: "clone" });
  const pid = runtime.spawn(idle);
  const ref = runtime.alias();
  runtime.send(pid, ["call", runtime.self(), ref]);
  const [[, from, alias]] = runtime.processInfo(pid, "messages") as [[string, unknown, unknown]];
  expect(from).toBe(runtime.self());
  expect(alias).toBe(ref);
});

test("what can't be copied is refused at the sender, and goes nowhere", () => {
  const { runtime } = ownRuntime({ messages: "clone" });
  class Connection {
    readonly #socket = {};
    get open() {
      return this.#socket !== undefined;
    }
  }
  const pid = runtime.spawn(idle);
  const error = thrown(() => runtime.send(pid, ["use", new Connection()])) as Error;
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain("can't copy message[1], an object of class Connection");
  expect(runtime.processInfo(pid, "messages")).toEqual([]);
});

test("a timer's message is handed over when the timer is set", () => {
  for (const start of ["sendAfter", "startTimer"] as const) {
    const { runtime, pass } = ownRuntime({ messages: "clone" });
    const pid = runtime.spawn(idle);
    const order = { items: ["tea"] };
    runtime[start](pid, order, 10);
    order.items.push("biscuits");
    pass(10);
    const [message] = runtime.processInfo(pid, "messages") as unknown[];
    expect(start === "sendAfter" ? message : (message as unknown[])[2]).toEqual({ items: ["tea"] });
    class Odd {}
    expect(thrown(() => runtime[start](pid, new Odd(), 10))).toBeInstanceOf(TypeError);
    const frozen = ownRuntime({ messages: "freeze" });
    frozen.runtime[start](frozen.runtime.self(), order, 10);
    expect(Object.isFrozen(order)).toBe(true);
  }
});

test("a copy is made for every way of sending: pid, name, node and alias", () => {
  const { runtime } = ownRuntime({ messages: "clone" });
  const message = { n: 1 };
  const alias = runtime.alias();
  runtime.register(runtime.self(), "main");
  runtime.send(runtime.self(), message);
  runtime.send("main", message);
  runtime.send(["main", runtime.node], message);
  runtime.send(alias, message);
  const received = runtime.processInfo(runtime.self(), "messages") as unknown[];
  expect(received).toEqual([message, message, message, message]);
  expect(new Set([message, ...received]).size).toBe(5);
});

test("exit reasons are passed by reference in every mode: an error stays the error that was thrown", () => {
  for (const messages of ["share", "freeze", "clone"] as const) {
    const { runtime } = ownRuntime({ messages });
    const error = new Error("boom");
    const [, ref] = runtime.spawnMonitor((_self: Self) => {
      throw error;
    });
    runtime.run();
    const [message] = runtime.processInfo(runtime.self(), "messages") as [unknown[]];
    expect(message[1]).toBe(ref);
    expect(message[4]).toBe(error);
  }
});
