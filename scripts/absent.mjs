// One line for each thing that some test or script wants and this machine lacks. In CI that is a failure.
import { spawnSync } from "node:child_process";

const wanted = [
  { command: "erl", args: ["+V"], without: "tests that run a twin in Erlang, and the BEAM's rows of the benchmarks" },
  { command: "elixir", args: ["--version"], without: "tests that compare texts with Elixir's" },
  {
    command: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--version"],
    without: "npm run test:browser, and the tests of the observer's page (CHROMIUM_PATH names another place)",
  },
  { command: "python3", args: ["-c", "import pty"], without: "tests that type into a terminal" },
];
const absent = wanted.filter(({ command, args }) => spawnSync(command, args, { stdio: "ignore" }).error);
for (const { command, without } of absent) console.log(`absent: ${command}. Not run here: ${without}`);
if (process.env.CI === "true" && absent.length > 0) process.exit(1);
