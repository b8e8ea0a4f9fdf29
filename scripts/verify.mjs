// node scripts/verify.mjs [group …]
//
// Runs every job of the named groups (of all, when none is named) and goes on after a failure. Closes with `N passed, M failed`: the tests of
// each suite, the scenarios of each corpus, and one for every other job. A job that ran nothing has failed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tool } from "./tool.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const npm = (script) => ["npm", "run", "--silent", script, "--"];
const testResults = "build/test-results.json";
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${testResults}`];
const corpus = (file) => ({ run: [...npm("conformance"), `test/data/conformance/${file}`], count: scenarios });
const suite = (script, env = {}) => ({ run: [...npm(script), ...reporters], env, count: tests });

// A job is its command; `run` may be a function where the command has to be fetched first.
const groups = {
  test: { "npm test": suite("test") },
  check: {
    "format and lint": { run: () => [tool("biome"), "ci", "--colors=off", "."] },
    types: { run: ["node_modules/.bin/tsc", "-p", "."] },
    "types of the observer's page": { run: ["node_modules/.bin/tsc", "-p", "src/observer/page"] },
    "types of tests, examples and benchmarks": { run: ["node_modules/.bin/tsc", "-p", "test"] },
    "unused code": { run: () => [tool("knip")] },
    "docs of the public API": { run: () => [tool("typedoc")] },
  },
  package: {
    size: { run: ["node", "scripts/size.mjs"] },
    publint: { run: () => [tool("publint"), "--strict"] },
    "are the types wrong": { run: () => [tool("attw"), "--pack", ".", "--profile", "esm-only"] },
  },
  suites: {
    "release core": suite("test", { BEAMLET_CORE: "release", BEAMLET_ZOO: "quick" }),
    "Node 24": suite("test:node24"),
    Deno: suite("test:deno"),
    Bun: suite("test:bun"),
    Chromium: suite("test:browser"),
  },
  corpora: {
    "named.jsonl": corpus("named.jsonl"),
    "own-alias.jsonl": corpus("own-alias.jsonl"),
    "random-dev.jsonl.gz": corpus("random-dev.jsonl.gz"),
    "supervisor-named.jsonl": corpus("supervisor-named.jsonl"),
    "supervisor-random-dev.jsonl.gz": corpus("supervisor-random-dev.jsonl.gz"),
  },
  tour: { "npm start": { run: ["npm", "start"] } },
};

const minutes = 10;
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(groups);
const results = [];
for (const group of wanted) {
  for (const [name, job] of Object.entries(groups[group])) {
    console.log(`\n=== ${name}`);
    results.push({ name, ...(await perform(job)) });
  }
}

console.log();
const total = { passed: 0, failed: 0 };
for (const { name, passed, failed, skipped = 0, seconds } of results) {
  const verdict = failed === 0 ? "ok    " : "FAILED";
  const left = skipped > 0 ? `, ${skipped} skipped` : "";
  console.log(`${verdict}  ${name}: ${passed} passed, ${failed} failed${left}, ${seconds.toFixed(0)} s`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function perform({ run, env, count = one }) {
  const started = performance.now();
  rmSync(testResults, { force: true });
  const command = typeof run === "function" ? run() : run;
  const { code, output } = await execute(command, env);
  const counted = count(code, output);
  // Whatever was counted, a command that failed has failed, and one that did nothing has too.
  if (counted.failed === 0 && (code !== 0 || counted.passed === 0)) counted.failed = 1;
  return { ...counted, seconds: (performance.now() - started) / 1000 };
}

function one(code) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function scenarios(_code, output) {
  const [, passed, failed] = output.trimEnd().match(/(?:^|\n)(\d+) passed, (\d+) failed$/) ?? [0, 0, 0];
  return { passed: Number(passed), failed: Number(failed) };
}

function tests() {
  if (!existsSync(testResults)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(testResults, "utf8"));
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}

/** Runs a command, shows its output, and keeps the end of it. A command that hangs is ended with all it started. */
function execute([program, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
      detached: true,
    });
    const end = () => process.kill(-child.pid, "SIGKILL");
    const interrupted = () => {
      end();
      process.exit(130);
    };
    const watchdog = setTimeout(() => {
      console.error(`not done after ${minutes} minutes`);
      end();
    }, minutes * 60_000);
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    let output = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      output = (output + chunk).slice(-10_000);
    });
    const finish = (code) => {
      clearTimeout(watchdog);
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
      resolve({ code, output });
    };
    child.on("error", (error) => {
      console.error(error.message);
      finish(127);
    });
    child.on("close", (code) => finish(code ?? 1));
  });
}
