// biome-ignore-all lint/suspicious/noThenProperty: that is how the API says it
import fc from "fast-check";
import { expect, test } from "vitest";
import { after, type ExitError, type Op, on, P, type Pid, type Ref } from "../../src/index.ts";
import { type Loose, rig } from "../faults/rig.ts";
import { announce, asyncOptions, patience } from "./random.ts";

// Receives of all kinds, one after the other, in a mailbox that always holds something that they do not want. Each must take what a
// search from the oldest message on finds, whatever it remembers of the receives before it.

const FILE = "test/model/receives.test.ts";
announce(FILE);

/** Messages are told apart by identity, but for bare tags. A reference is one that the process has made. */
type Kind =
  | { readonly is: "tuple" | "object"; readonly tag: string; readonly n: number }
  | { readonly is: "bare"; readonly tag: string }
  | { readonly is: "reply"; readonly ref: number; readonly n: number };

/** What a receive asks for. */
type Want =
  | { readonly by: "table"; readonly tags: readonly string[] }
  | { readonly by: "patterns"; readonly kinds: readonly Kind[] }
  | { readonly by: "guards"; readonly ns: readonly number[] };

type Command =
  | { readonly do: "send"; readonly kinds: readonly Kind[] }
  /** Polls; or waits, and others send `sent` meanwhile. */
  | { readonly do: "receive"; readonly want: Want; readonly sent: readonly Kind[] | undefined }
  | { readonly do: "take the oldest"; readonly count: number }
  | { readonly do: "make a reference" | "watch the dead" | "flush" };

const TAGS = ["a", "b", "c", "d", "DOWN"];
const tag = fc.constantFrom(...TAGS);
const n = fc.integer({ min: 0, max: 2 });
const kind: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant("tuple" as const), tag, n }) },
  fc.record({ is: fc.constant("object" as const), tag, n }),
  fc.record({ is: fc.constant("bare" as const), tag }),
  // Counted from the youngest.
  { weight: 2, arbitrary: fc.record({ is: fc.constant("reply" as const), ref: fc.nat(3), n }) },
);
const want: fc.Arbitrary<Want> = fc.oneof(
  fc.record({ by: fc.constant("table" as const), tags: fc.uniqueArray(tag, { minLength: 1, maxLength: 3 }) }),
  fc.record({ by: fc.constant("patterns" as const), kinds: fc.array(kind, { minLength: 1, maxLength: 2 }) }),
  fc.record({ by: fc.constant("guards" as const), ns: fc.array(n, { minLength: 1, maxLength: 2 }) }),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("send" as const), kinds: fc.array(kind, { maxLength: 20 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("receive" as const),
      want,
      sent: fc.option(fc.array(kind, { maxLength: 4 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "make a reference" as const }) },
  fc.record({ do: fc.constant("take the oldest" as const), count: fc.integer({ min: 1, max: 12 }) }),
  fc.constant({ do: "watch the dead" as const }),
  fc.constant({ do: "flush" as const }),
);

const nOf = (message: unknown) => (Array.isArray(message) ? message[1] : (message as { n?: unknown }).n);

function tagOf(message: unknown): unknown {
  if (typeof message === "string") return message;
  return Array.isArray(message) ? message[0] : (message as { type: unknown }).type;
}

/** What has been sent and not yet taken, and the references that there are. */
class Model {
  readonly messages: unknown[] = [];
  readonly refs: Ref[] = [];
  readonly watched: Ref[] = [];

  ref(fromYoungest: number): Ref | undefined {
    return this.refs.at(-1 - fromYoungest);
  }

  make(kind: Kind): unknown {
    switch (kind.is) {
      case "tuple":
        return [kind.tag, kind.n];
      case "object":
        return { type: kind.tag, n: kind.n };
      case "bare":
        return kind.tag;
      case "reply":
        return [this.ref(kind.ref), kind.n];
    }
  }

  pattern(kind: Kind): unknown {
    return kind.is === "tuple" && kind.tag === "DOWN" ? ["DOWN", P.ref, "process", P._, P._] : this.make(kind);
  }

  fits(message: unknown, want: Want): boolean {
    switch (want.by) {
      case "table":
        return want.tags.includes(tagOf(message) as string);
      case "guards":
        return want.ns.includes(nOf(message) as number);
      case "patterns":
        return want.kinds.some((kind) => {
          if (kind.is === "tuple" && kind.tag === "DOWN") return Array.isArray(message) && message.length === 5;
          const wanted = this.make(kind);
          if (typeof wanted === "string") return message === wanted;
          const isTuple = Array.isArray(message) && message.length === 2;
          return isTuple === Array.isArray(wanted) && tagOf(message) === tagOf(wanted) && nOf(message) === nOf(wanted);
        });
    }
  }
}

const NOTHING = "nothing";
const itself = (message: unknown) => message;

function receive(self: Loose, model: Model, want: Want, polls: boolean) {
  if (want.by === "table") {
    const table = Object.fromEntries(want.tags.map((tag) => [tag, itself]));
    return self.receive(table as never, (polls ? { after: 0, then: () => NOTHING } : undefined) as never);
  }
  const patterns =
    want.by === "guards" ? want.ns.map((n) => (m: unknown) => nOf(m) === n) : want.kinds.map(model.pattern, model);
  const clauses = patterns.map((pattern) => on(pattern as never, itself));
  return self.receive(...((polls ? [...clauses, after(0, () => NOTHING)] : clauses) as [never]));
}

/** Does the commands and says what differs from the model. It hands out operations, and is given their results. */
function* script(self: Loose, commands: readonly Command[], dead: Pid<never>): Generator<Op<unknown>, void, unknown> {
  const model = new Model();
  const feeder = self.spawn(feed, self.pid);
  const { messages, refs, watched } = model;
  const agree = () => {
    const kept = self.runtime.processInfo(self.pid, "messages") as unknown[];
    expect(kept.length).toBe(messages.length);
    for (const [i, message] of kept.entries()) expect(message).toBe(messages[i]);
  };
  const take = (found: number) => messages.splice(found, 1)[0];
  for (const command of commands) {
    switch (command.do) {
      case "send":
        for (const kind of command.kinds) messages.push(self.send(self.pid, model.make(kind)));
        break;
      case "make a reference":
        refs.push(self.alias());
        break;
      case "take the oldest":
        // Without a look at the mailbox, neither in between nor afterwards: whatever comes next has to find it as it is.
        for (let i = 0; i < command.count && messages.length > 0; i++) expect(yield self.receive()).toBe(take(0));
        continue;
      case "watch the dead":
        watched.push(self.monitor(dead));
        messages.push((self.runtime.processInfo(self.pid, "messages") as unknown[]).at(-1));
        break;
      case "flush": {
        const ref = watched.shift();
        if (ref === undefined) break;
        self.demonitor(ref, { flush: true });
        const found = messages.findIndex((message) => Array.isArray(message) && message[1] === ref);
        if (found >= 0) take(found);
        break;
      }
      case "receive": {
        const { want, sent } = command;
        const coming = sent?.map(model.make, model) ?? [];
        if (sent !== undefined) {
          // One of them must end the wait.
          if (![...messages, ...coming].some((message) => model.fits(message, want))) break;
          self.send(feeder, coming);
          messages.push(...coming);
        }
        const got = yield receive(self, model, want, sent === undefined);
        const found = messages.findIndex((message) => model.fits(message, want));
        expect(got).toBe(found < 0 ? NOTHING : take(found));
        // The rest of what is coming comes.
        if (sent !== undefined) yield self.sleep(1);
        break;
      }
    }
    agree();
  }
  self.exit(feeder, "kill");
}

function* asGenerator(self: Loose, commands: readonly Command[], dead: Pid<never>) {
  const operations = script(self, commands, dead);
  let step = operations.next();
  while (!step.done) step = operations.next(yield* step.value);
}

async function asAsync(self: Loose, commands: readonly Command[], dead: Pid<never>) {
  const operations = script(self, commands, dead);
  let step = operations.next();
  while (!step.done) step = operations.next(await step.value);
}

/** Sends what it is told to. */
function* feed(self: Loose, to: Pid<unknown>) {
  for (;;) for (const message of yield* self.receive()) self.send(to, message);
}

async function perform(body: typeof asGenerator | typeof asAsync, commands: Command[]) {
  const { runtime, advance, settle, expectEmpty } = rig({ logger: () => {} });
  const dead = runtime.spawn(() => {});
  runtime.run();
  let failure: unknown = new Error("it waits for ever");
  runtime.run(body as never, commands, dead).then(
    () => {
      failure = undefined;
    },
    (error: ExitError) => {
      failure = error.reason;
    },
  );
  for (let i = 0; i <= commands.length; i++) {
    await settle();
    advance(1);
  }
  if (failure !== undefined) throw failure;
  expectEmpty();
}

test.each<[string, typeof asGenerator | typeof asAsync]>([
  ["a generator body", asGenerator],
  ["an async body", asAsync],
])(
  "in %s every receive takes the oldest message that it asks for, whatever those before it have seen",
  {
    timeout: patience,
  },
  async (_, body) => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40, size: "max" }), (commands) => perform(body, commands)),
      asyncOptions(FILE, 150),
    );
  },
);
