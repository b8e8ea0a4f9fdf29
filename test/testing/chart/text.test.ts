import { type RunEvent, textChart } from "beamlet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns } from "../../../src/testing/chart/printable.ts";
import { anyEvents } from "./support/events.ts";
import { lateReply, pingPong, pool, restart } from "./support/runs.ts";
import { Tape } from "./support/tape.ts";

describe("whole charts", () => {
  test("a process has a lane from its spawn to its end; the failure stands below", () => {
    expect(drawn(pingPong())).toBe(`
step  ms     ping      pong
             0.2.0     0.3.0
   0   0  ╌╌╌╌►┬              the host spawns ping #PID<0.2.0>
   1           ┠╌╌╌╌╌╌╌╌►┬    spawns pong #PID<0.3.0>
               ┠╌╌╌╌╌╌╌╌╌┤    links to pong
               ┠────────►│    [#PID<0.2.0>, "ping", 1]
   2           │         ●    takes [#PID<0.2.0>, "ping", 1]
               │◄────────┨    ["pong", 1]
   3           ●         │    takes ["pong", 1]
               ┠────────►│    [#PID<0.2.0>, "ping", 2]
   4           │         ●    takes [#PID<0.2.0>, "ping", 2]
               │◄────────┨    ["pong", 2]
   5           ●         │    takes ["pong", 2]
               ┠────────►│    [#PID<0.2.0>, "ping", 3]
   6           │         ●    takes [#PID<0.2.0>, "ping", 3]
               │         †    exits: "tired"
   7           †              exits: "tired"

  ✗ ping: nobody expected this end: "tired"
`);
  });

  test("a message that arrives later has an open head; who sent what is taken long after is said", () => {
    expect(drawn(lateReply())).toBe(`
step    ms    client     bank       db
               0.2.0     0.3.0     0.4.0
   0     0  ╌╌╌╌►┬                        the host spawns client #PID<0.2.0>
   1             ┠╌╌╌╌╌╌╌╌►┬              spawns bank #PID<0.3.0>
                 ┃         ◇              registers as bank
                 ┠╌╌╌╌╌╌╌╌╌┤              monitors bank
                 ┠────────►│              ["balance", #PID<0.2.0>, "anna"]
   2             │         ●              takes ["balance", #PID<0.2.0>, "anna"]
                 │         ┠╌╌╌╌╌╌╌╌►┬    spawns db #PID<0.4.0>
                 │         ┠────────►│    ["select", #PID<0.3.0>, "anna"]
   3             │         │         ●    takes ["select", #PID<0.3.0>, "anna"]
      5000       ◷         │         │    its time is over
   4             │         │◁────────┨    ["rows", [{owner: "anna", sum: 100}]]
   5             ┠────────►│         │    ["balance", #PID<0.2.0>, "bert"]
   6             │         ●         │    takes ["rows", [{owner: "anna", sum: 100}]] (from db)
                 │◄────────┨         │    ["reply", 100]
   7             ●         │         │    takes ["reply", 100]
                 !         │         │    report: Process #PID<0.2.0> raised an exception Expectati…
                 †         │         │    exits: ExpectationError: bert has 0, got 100

  ✗ client: bert has 0, got 100
      expected 0
      received 100
`);
  });

  test("the lane of a dead process is another's, with a head of its own; slices without events are counted", () => {
    expect(drawn(restart())).toBe(`
step  ms      main     Supervisor     queue      logger
              0.2.0       0.3.0       0.4.0       0.5.0
   0   0  ╌╌╌╌╌►┬                                         the host spawns main #PID<0.2.0>
   1            ┠╌╌╌╌╌╌╌╌╌╌►┬                             spawns Supervisor #PID<0.3.0>
                ┠╌╌╌╌╌╌╌╌╌╌╌┤                             links to Supervisor
   2            │           ┠╌╌╌╌╌╌╌╌╌╌►┬                 spawns queue<0.4.0> (worker)
                │           ┠╌╌╌╌╌╌╌╌╌╌╌┤                 links to queue<0.4.0>
                │           ┃           ◇                 registers as queue
                │           ┠╌╌╌╌╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌►┬     spawns logger #PID<0.5.0>
   3            ┠───────────┼──────────►│           │     ["job", 1]
   4            │           │           ●           │     takes ["job", 1]
                │           │           ◷           │     timer: "tick"
                │           │           †           │     exits: Error: boom
                │           │         queue         │
   5            │           ┠╌╌╌╌╌╌╌╌╌╌►┬           │     spawns queue<0.6.0> (worker)
                │           ┠╌╌╌╌╌╌╌╌╌╌╌┤           │     links to queue<0.6.0>
                │           ┃           ◇           │     registers as queue
   6            ┠✗          │           │           │     ["job", 2], but queue<0.4.0> is dead
                ┠───────────┼──────────►│           │     ["job", 3]
                ┠═══════════┼═══════════┼══════════►│     exit signal "shutdown"
   7            │           │           │           †     exits: "shutdown"
                ┊           ┊           ┊                 … 5 events …

  ✗ eventually("job 2 is done") did not come true
`);
  });

  test("with ASCII alone, on a narrow terminal", () => {
    expect(drawn(lateReply(), { ascii: true, width: 64 })).toBe(`
step    ms   client    bank      db
              0.2.0    0.3.0    0.4.0
   0     0  ...>+                      the host spawns client
   1            #.......>+             spawns bank #PID<0.3.0>
                #        n             registers as bank
                #........|             monitors bank
                #------->|             ["balance", #PID<0.2.0...
   2            |        *             takes ["balance", #PID...
                |        #.......>+    spawns db #PID<0.4.0>
                |        #------->|    ["select", #PID<0.3.0>...
   3            |        |        *    takes ["select", #PID<...
      5000      t        |        |    its time is over
   4            |        |(-------#    ["rows", [{owner: "ann...
   5            #------->|        |    ["balance", #PID<0.2.0...
   6            |        *        |    takes ["rows"... (from...
                |<-------#        |    ["reply", 100]
   7            *        |        |    takes ["reply", 100]
                !        |        |    report: Process #PID<0...
                x        |        |    exits: ExpectationErro...

  x client: bert has 0, got 100
      expected 0
      received 100
`);
  });

  test("of many processes, those that the failure is about have lanes; the others share one, and long runs lose their middle", () => {
    expect(drawn(pool(30, 60), { rows: 24 })).toBe(`
step    ms    main    queue  work…17 work…24 work…30 others
              0.2.0   0.3.0  0.20.0  0.27.0  0.33.0    +27
   0     0  ╌╌╌►┬                                       ┊   the host spawns main #PID<0.2.0>
   1            ┠╌╌╌╌╌╌►┬                               ┊   spawns queue #PID<0.3.0>
                ┠╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌►┬   spawns worker_1 #PID<0.4.0>
                ┠╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌►┬   spawns worker_2 #PID<0.5.0>
                ┠╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌►┬   spawns worker_3 #PID<0.6.0>
                ┠╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌►┬   spawns worker_4 #PID<0.7.0>
                ┊       ┊       ┊       ┊       ┊       ┊   … 320 events …
 284  3000      │       │◄──────┼───────┼───────┼───────┨   worker_3: ["done", 56]
 285            ┃       │       │       │       │       ┊   runs
 286            │       ●       │       │       │       ┊   takes ["done", 56] (from worker_3)
 287            │       ┠───────┼───────┼───────┼──────►┊   →worker_10: ["job", 57, {url: "https://…
 288            │       │       │       │       │       ●   worker_10: takes ["job", 57, {url: "htt…
 289            │       │◄──────┼───────┼───────┼───────┨   worker_10: ["done", 57]
 290            ┃       │       │       │       │       ┊   runs
 291            │       ●       │       │       │       ┊   takes ["done", 57] (from worker_10)
 292            │       ┠──────►│       │       │       ┊   ["job", 58, {url: "https://example.org/…
 293            │       │       ●       │       │       ┊   takes ["job", 58, {url: "https://exampl…
 294            │       │◄──────┨       │       │       ┊   ["done", 58]
 295            ┃       │       │       │       │       ┊   runs
 296            │       ●       │       │       │       ┊   takes ["done", 58] (from worker_17)
 297            │       ┠───────┼──────►│       │       ┊   ["job", 59, {url: "https://example.org/…
 298            │       │       │       ●       │       ┊   takes ["job", 59, {url: "https://exampl…
 299            │       │◄──────┼───────┨       │       ┊   ["done", 59]
 300            ┃       │       │       │       │       ┊   runs
 301            │       ●       │       │       │       ┊   takes ["done", 59] (from worker_24)
 302            │       │       │       │       †       ┊   exits: RangeError: Invalid array length

  ✗ worker_30: a crash report nobody expected: RangeError: Invalid array length
`);
  });

  test("with a focus, nothing else is shown", () => {
    expect(drawn(pool(30, 60), { focus: ["worker_3"] })).toBe(`
step    ms     main      queue   worker_3
               0.2.0     0.3.0     0.6.0
                 ┊         ┊              … 4 events …
   1     0       ┠╌╌╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌►┬    spawns worker_3 #PID<0.6.0>
                 ┊         ┊         ┊    … 163 events …
 132  1500       │         ┠────────►│    ["job", 26, {url: "https://example.org/26", retries: 3, p…
 133             │         │         ●    takes ["job", 26, {url: "https://example.org/26", retries…
 134             │         │◄────────┨    ["done", 26]
                 ┊         ┊         ┊    … 153 events …
 282  3000       │         ┠────────►│    ["job", 56, {url: "https://example.org/56", retries: 3, p…
 283             │         │         ●    takes ["job", 56, {url: "https://example.org/56", retries…
 284             │         │◄────────┨    ["done", 56]
                 ┊         ┊         ┊    … 18 events …

  ✗ worker_30: a crash report nobody expected: RangeError: Invalid array length
`);
  });

  test("all of them, when it is asked for: then lanes are narrow, and the text says who is meant", () => {
    expect(drawn(pool(8, 4), { focus: "all" })).toBe(`
step   ms
   0    0  ╌►┬                                               the host spawns main #PID<0.2.0>
   1         ┠╌╌╌►┬                                          main: spawns queue #PID<0.3.0>
             ┠╌╌╌╌┼╌╌╌►┬                                     main: spawns worker_1 #PID<0.4.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌►┬                                main: spawns worker_2 #PID<0.5.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬                           main: spawns worker_3 #PID<0.6.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬                      main: spawns worker_4 #PID<0.7.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬                 main: spawns worker_5 #PID<0.8.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬            main: spawns worker_6 #PID<0.9.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬       main: spawns worker_7 #PID<0.10.0>
             ┠╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌╌┼╌╌╌►┬  main: spawns worker_8 #PID<0.11.0>
   2         │    ┠───►│    │    │    │    │    │    │    │  queue→worker_1: ["job", 0, {url: "http…
   3         │    │    ●    │    │    │    │    │    │    │  worker_1: takes ["job", 0, {url: "http…
      250    │    │    ◷    │    │    │    │    │    │    │  worker_1: its time is over
   4         │    │◄───┨    │    │    │    │    │    │    │  worker_1→queue: ["done", 0]
   5         ┃    │    │    │    │    │    │    │    │    │  main: runs
   6         │    ●    │    │    │    │    │    │    │    │  queue: takes ["done", 0] (from worker_…
   7         │    ┠────┼────┼────┼────┼────┼────┼────┼───►│  queue→worker_8: ["job", 1, {url: "http…
   8         │    │    │    │    │    │    │    │    │    ●  worker_8: takes ["job", 1, {url: "http…
   9         │    │◄───┼────┼────┼────┼────┼────┼────┼────┨  worker_8→queue: ["done", 1]
  10         ┃    │    │    │    │    │    │    │    │    │  main: runs
  11         │    ●    │    │    │    │    │    │    │    │  queue: takes ["done", 1] (from worker_…
  12         │    ┠────┼────┼────┼────┼────┼────┼───►│    │  queue→worker_7: ["job", 2, {url: "http…
  13         │    │    │    │    │    │    │    │    ●    │  worker_7: takes ["job", 2, {url: "http…
  14         │    │◄───┼────┼────┼────┼────┼────┼────┨    │  worker_7→queue: ["done", 2]
  15         ┃    │    │    │    │    │    │    │    │    │  main: runs
  16         │    ●    │    │    │    │    │    │    │    │  queue: takes ["done", 2] (from worker_…
  17         │    ┠────┼────┼────┼────┼────┼───►│    │    │  queue→worker_6: ["job", 3, {url: "http…
  18         │    │    │    │    │    │    │    ●    │    │  worker_6: takes ["job", 3, {url: "http…
  19         │    │◄───┼────┼────┼────┼────┼────┨    │    │  worker_6→queue: ["done", 3]
  20         ┃    │    │    │    │    │    │    │    │    │  main: runs
  21         │    ●    │    │    │    │    │    │    │    │  queue: takes ["done", 3] (from worker_…
  22         │    │    │    │    │    │    │    │    │    †  worker_8: exits: RangeError: Invalid a…

  ✗ worker_8: a crash report nobody expected: RangeError: Invalid array length
`);
  });

  test("every kind of event", () => {
    expect(drawn(everything())).toBe(`
step    ms         a             b          0.99.0
                 0.2.0         0.3.0
   0     0  ╌╌╌╌╌╌►┬                                  the host spawns a #PID<0.2.0>
            ──────►│                                  from the host: "from outside"
   1               ●                                  takes "from outside"
                   ┠╌╌╌╌╌╌╌╌╌╌╌╌►┬                    spawns b #PID<0.3.0>
                   ↺             │                    "a note to myself"
                   ┠╌╌╌╌╌╌╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌┤      monitors #PID<0.99.0>
                   ┠────────────►│             │      calls ["get", 1]
   2               │◁────────────┨             │      "slow"
                   │             ┠────────────▷│      "quick"
   3               ┃             │             │      runs
                   │             │            ►│      "quick" arrives (from b)
                  ►│             │             │      "slow" arrives (from b)
      1500         │             ◷             │      timer: "tick"
   4               │             ●             │      takes "tick"
                   │◄════════════┨             │      exit signal "kill"
                   †             ┃             │      exits: "killed"
                   !             ┃             │      report: Process a terminating
                                 ┠✗            │      exit signal "again"
                                 !             │      report: of no process

  ✗ always(…) was broken:

      one line
      and a much longer one that needs to be broken, since it is longer than a line may be
`);
  });

  test("nothing has happened", () => {
    expect(textChart([], { width: 100 })).toBe("step  ms");
  });
});

/** One of each kind, and what is rare. */
function everything(): RunEvent[] {
  const tape = new Tape();
  const a = tape.spawn("a");
  const old = "#PID<0.99.0>";
  const first = tape.send(a, `"from outside"`);
  tape.run(a).take(first);
  const b = tape.spawn("b", a);
  tape.send(a, `"a note to myself"`);
  tape.add({ kind: "monitor", from: a, to: old });
  tape.add({ kind: "call", from: a, to: b, request: `["get", 1]` });
  tape.run(b);
  const slow = tape.send(a, `"slow"`);
  const quick = tape.send(old, `"quick"`);
  tape.run(a).deliver(quick).deliver(slow);
  tape.pass(1500);
  const tick = tape.timer(b, `"tick"`);
  tape.run(b).take(tick);
  tape.add({ kind: "signal", from: b, to: a, reason: `"kill"` });
  tape.add({ kind: "exit", pid: a, reason: `"killed"` });
  tape.add({ kind: "report", pid: a, text: "Process a\n  terminating\n" });
  tape.add({ kind: "signal", from: b, to: a, reason: `"again"` });
  tape.add({ kind: "report", text: "of no process" });
  tape.add({
    kind: "failure",
    text: "always(…) was broken:\n\n  one line\n  and a much longer one that needs to be broken, since it is longer than a line may be",
  });
  return tape.events;
}

function drawn(events: readonly RunEvent[], options: Parameters<typeof textChart>[1] = {}): string {
  return `\n${textChart(events, { width: 100, ...options })}\n`;
}

describe("options", () => {
  test("colours change nothing but the colours", () => {
    const painted = textChart(restart(), { width: 100, color: true });
    expect(painted).toContain("\u001b[31m†\u001b[0m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals take for colours
    const plain = painted.replaceAll(/\u001b\[\d*m/g, "");
    expect(plain.replaceAll(/ +$/gm, "")).toBe(textChart(restart(), { width: 100 }));
  });

  test("names, bodies and pids can be in focus", () => {
    const byPid = textChart(restart(), { focus: ["#PID<0.4.0>", "#PID<0.6.0>"], width: 100 });
    expect(textChart(restart(), { focus: ["queue"], width: 100 })).toBe(byPid);
    expect(textChart(restart(), { focus: ["worker"], width: 100 })).toBe(byPid);
  });

  test("wrong ones are refused", () => {
    expect(() => textChart([], { width: 39 })).toThrow(
      new RangeError("textChart: expected at least 40 as width, got 39"),
    );
    expect(() => textChart(pingPong(), { focus: ["pang"] })).toThrow(
      new TypeError(`textChart: expected pids and names of the run's processes as focus, got "pang"`),
    );
  });
});

describe("whatever happens in a run", () => {
  const look = fc.record({
    width: fc.integer({ min: 40, max: 160 }),
    ascii: fc.boolean(),
    focus: fc.constantFrom([], "all" as const),
    rows: fc.integer({ min: 1, max: 60 }),
  });

  test("no line is wider than asked, and with ASCII there is nothing else", () => {
    fc.assert(
      fc.property(anyEvents(40), look, (events, options) => {
        const chart = textChart(events, options);
        for (const line of chart.split("\n")) expect(columns(line)).toBeLessThanOrEqual(options.width);
        if (options.ascii) expect(chart).toMatch(/^[\x20-\x7e\n]*$/);
      }),
    );
  });

  test("every message has an arrow from its sender's lane towards its receiver's", () => {
    fc.assert(
      fc.property(anyEvents(6), (events) => {
        const lines = textChart(events, { width: 200, rows: Number.POSITIVE_INFINITY, focus: "all" }).split("\n");
        for (const event of events) {
          if (event.kind !== "send") continue;
          const line = lines.find(
            (each) => new RegExp(`[┃│†◷◇●↺◄►◁▷┤┨├┠✗] .*\\bm${event.id}:`).test(each) && !each.includes("takes"),
          );
          expect(line, `message ${event.id}`).toMatch(/[►◄▷◁↺✗]/);
        }
      }),
    );
  });

  test("every process that died has a cross", () => {
    fc.assert(
      fc.property(anyEvents(6), (events) => {
        const chart = textChart(events, { width: 200, rows: Number.POSITIVE_INFINITY, focus: "all" });
        const exits = events.filter(({ kind }) => kind === "exit").length;
        expect(chart.split("\n").filter((line) => line.includes("†") && line.includes("exits:"))).toHaveLength(exits);
      }),
    );
  });
});
