// The cache is started by whoever needs it first: it looks whether somebody has the name, reads the configuration, starts the cache and
// registers it. While it reads, another one looks as well, and finds nobody. The second to register crashes: the name is taken.

import { GenServer, type Pid, register, reply, type Self, send, spawn, Task, whereis } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "check, then register";
export const finds = { kind: "crash", text: 'the name "cache" is taken' } as const;

const Config = GenServer.define({
  name: "Config",
  init: () => ({ size: 10, queue: "mail" }),
  calls: {
    size: (config) => reply(config.size, config),
    queue: (config) => reply(config.queue, config),
  },
});

type CacheMessage = ["put", number];

function* cache(self: Self<CacheMessage>, size: number) {
  const kept: number[] = [];
  for (;;) yield* self.receive({ put: ([, n]) => kept.unshift(n) > size && kept.pop() });
}

type Ensure = (config: Pid) => Generator<unknown, Pid<CacheMessage>, unknown>;

function* page(config: Pid, ensure: Ensure) {
  send(yield* ensure(config), ["put", 1]);
}

function* mail(config: Pid, ensure: Ensure) {
  yield* Config.call.queue(config);
  send(yield* ensure(config), ["put", 2]);
}

function* scenario(ensure: Ensure) {
  const config = yield* Config.startLink();
  yield* Task.awaitMany([Task.async(page, [config, ensure]), Task.async(mail, [config, ensure])]);
  check(whereis("cache") !== undefined, "there is no cache");
}

function* lookThenStart(config: Pid): Generator<unknown, Pid<CacheMessage>, unknown> {
  const running = whereis("cache");
  if (running !== undefined) return running;
  const size = yield* Config.call.size(config);
  const pid = spawn(cache, size);
  register(pid, "cache");
  return pid;
}

// Nobody comes in between the second look and the registration: nothing in there waits.
function* lookAgain(config: Pid): Generator<unknown, Pid<CacheMessage>, unknown> {
  const size = yield* Config.call.size(config);
  const running = whereis("cache");
  if (running !== undefined) return running;
  const pid = spawn(cache, size);
  register(pid, "cache");
  return pid;
}

export function* broken(_self: Self) {
  yield* scenario(lookThenStart);
}

export function* fixed(_self: Self) {
  yield* scenario(lookAgain);
}
