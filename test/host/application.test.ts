import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Outcome {
  readonly lines: string[];
  readonly stderr: string;
}

interface Program {
  kill(signal: NodeJS.Signals): void;
  /** Waits until the program has printed a line. */
  said(line: string): Promise<void>;
  /** What it has printed in all. */
  readonly ended: Promise<Outcome>;
}

/** Runs `programs/application.ts` on the host that runs the test. */
function program(mode: string): Program {
  const options = process.versions["deno"] === undefined ? [] : ["run", "-A"];
  const child = spawn(process.execPath, [...options, "scripts/run-ts.mjs", "test/host/programs/application.ts", mode], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    // One that hangs is ended before the test gives up on it.
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  let hasEnded = false;
  let heard = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const lines = () => stdout.split("\n").filter((line) => line !== "");
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", () => {
      hasEnded = true;
      resolve({ lines: lines(), stderr });
      heard();
    });
  });
  const said = (line: string) =>
    new Promise<void>((resolve, reject) => {
      heard = () => {
        if (lines().includes(line)) resolve();
        else if (hasEnded) reject(new Error(`it ended before it said ${line}: ${stderr}`));
      };
      heard();
    });
  // Not child.kill, which sends no second signal on Deno.
  const kill = (signal: NodeJS.Signals) => void process.kill(child.pid as number, signal);
  return { kill, said, ended };
}

const inOrder = [
  "shop prepares",
  "shop ends: shutdown",
  "shop stopped",
  "store 2 ends: shutdown",
  "store 1 ends: shutdown",
  "store stopped",
];

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends all in order, and then the program, with exit code 0",
  async (signal) => {
    const shop = program("wait");
    await shop.said("ready");
    shop.kill(signal);
    expect(await shop.ended).toEqual({ lines: ["ready", ...inOrder, "exit code 0"], stderr: "" });
  },
);

test("an exit code that was set stays", async () => {
  const shop = program("code");
  await shop.said("ready");
  shop.kill("SIGTERM");
  expect(await shop.ended).toEqual({ lines: ["ready", ...inOrder, "exit code 7"], stderr: "" });
});

test("a second signal ends the program at once", async () => {
  const shop = program("stuck");
  await shop.said("ready");
  shop.kill("SIGTERM");
  await shop.said("shop prepares");
  shop.kill("SIGINT");
  expect(await shop.ended).toEqual({ lines: ["ready", "shop prepares", "exit code 130"], stderr: "" });
});

test("SIGTERM during start-up ends what had started, and the program", async () => {
  const shop = program("start-up");
  await shop.said("starting");
  shop.kill("SIGTERM");
  const { lines } = await shop.ended;
  // The supervisor that hangs in its start is given some time, and then killed, which its child hears of.
  expect(lines.filter((line) => line !== "start failed")).toEqual([
    "starting",
    "shop ends: killed",
    "store 2 ends: shutdown",
    "store 1 ends: shutdown",
    "store stopped",
    "exit code 0",
  ]);
});

test("run keeps the program alive until the signal", async () => {
  const shop = program("run");
  await shop.said("ready");
  shop.kill("SIGTERM");
  expect(await shop.ended).toEqual({ lines: ["ready", ...inOrder, "exit code 0"], stderr: "" });
});

test("when no application runs any more, a signal does what it did before", async () => {
  const shop = program("stopped");
  await shop.said("ready");
  shop.kill("SIGTERM");
  // The signal itself ends it, and its own code is not asked.
  expect((await shop.ended).lines).not.toContainEqual(expect.stringContaining("exit code"));
});

test("the end of a permanent application stops all, and the exit code is 1", async () => {
  const shop = program("permanent");
  const { lines, stderr } = await shop.ended;
  // Killed with its supervisor, the worker hears of it as its child.
  expect(lines).toEqual([
    "shop ends: killed",
    "shop stopped",
    "store 2 ends: shutdown",
    "store 1 ends: shutdown",
    "store stopped",
    "ran",
    "exit code 1",
  ]);
  expect(stderr).toMatch(/\[notice\] Application shop exited: killed/);
});
