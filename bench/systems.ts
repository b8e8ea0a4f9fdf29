import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Size } from "./workloads.ts";

/** Something that runs workloads, each time in a process of its own. */
export interface System {
  /** What `--systems` calls it. */
  readonly name: string;
  /** What it is and its version, for the reader of the results. */
  readonly about: string;
  /** The command that takes one sample of a workload, `target` ns long. */
  command(workload: string, size: Size, target: number): [program: string, args: string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Built here and not transformed on the way, so that nothing but the program runs in a measured process. */
const OUT = "build/bench";

/** Node's heap would otherwise end at 2 to 4 GB. */
const NODE_FLAGS = ["--expose-gc", "--max-old-space-size=12000"];

interface Bodies {
  readonly program: string;
  readonly about: string;
  readonly isDevelopment?: boolean;
}

const javascript: Record<string, Bodies> = {
  generator: { program: "generator", about: "Beamlet, generator bodies" },
  loop: { program: "loop", about: "Beamlet, `loop` bodies" },
  async: { program: "async", about: "Beamlet, async bodies" },
  development: {
    program: "generator",
    about: "Beamlet, generator bodies, NODE_ENV unset: warns of forgotten operations",
    isDevelopment: true,
  },
  handwritten: { program: "handwritten", about: "bare generators over arrays, without features" },
};

/** Taken when nobody chooses. */
export const DEFAULT_SYSTEMS: readonly string[] = ["erlang", "generator", "loop", "async", "handwritten"];

export const SYSTEM_NAMES: readonly string[] = ["erlang", ...Object.keys(javascript)];

/** The chosen systems that this machine has; says which it lacks. The JavaScript ones once for each of `nodes`. */
export async function findSystems(names: readonly string[], nodes: readonly string[]): Promise<System[]> {
  mkdirSync(OUT, { recursive: true });
  const systems: System[] = [];
  for (const name of SYSTEM_NAMES.filter((each) => names.includes(each))) {
    if (name === "erlang") systems.push(...findErlang());
    else systems.push(...nodes.map((node) => nodeSystem(name, node, nodes.length > 1)));
  }
  if (names.some((name) => name in javascript)) await buildPrograms();
  return systems;
}

async function buildPrograms(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    bundle: true,
    splitting: true,
    // The package imports itself by name: what is measured is dist/.
    external: ["beamlet"],
    platform: "node",
    format: "esm",
    target: "node20",
    outdir: OUT,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
}

function findErlang(): System[] {
  // Compiling also tells whether Erlang is there.
  const compiled = spawnSync("erlc", ["-o", OUT, "bench/programs/beamlet_bench.erl"], { encoding: "utf8" });
  if (compiled.error !== undefined) {
    console.error("absent: erl and erlc. Left out here: the BEAM, and the ratios to it");
    return [];
  }
  if (compiled.status !== 0) throw new Error(`erlc: ${compiled.stdout}${compiled.stderr}`);
  const release = execFileSync("erl", ["-noshell", "-eval", "io:put_chars(erlang:system_info(otp_release)), halt()."]);
  return [
    {
      name: "erlang",
      about: `the BEAM, Erlang/OTP ${release}, one scheduler`,
      env: {},
      command: (workload, size, target) => [
        "erl",
        [
          "+S",
          "1:1",
          "+P",
          "4000000",
          "-noshell",
          "-pa",
          OUT,
          "-run",
          "beamlet_bench",
          "main",
          workload,
          ...sizing(size, target),
        ],
      ],
    },
  ];
}

function nodeSystem(name: string, node: string, isOneOfMany: boolean): System {
  const { program, about, isDevelopment = false } = javascript[name] as Bodies;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  return {
    name: isOneOfMany ? `${name} ${version.split(".")[0]}` : name,
    about: `${about}, Node ${version}`,
    env: { NODE_ENV: isDevelopment ? undefined : "production" },
    command: (workload, size, target) => [
      node,
      [...NODE_FLAGS, `${OUT}/worker.mjs`, program, workload, ...sizing(size, target)],
    ],
  };
}

function sizing(size: Size, target: number): string[] {
  return "start" in size
    ? ["grow", `${size.start}`, `${target}`, `${size.most ?? Number.MAX_SAFE_INTEGER}`]
    : ["fixed", `${size.warm}`, `${size.fixed}`];
}
