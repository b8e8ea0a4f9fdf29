import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ELIXIR, ERLANG, onNode, ours } from "./catalog.ts";
import { buildPeers, peers } from "./peers/index.ts";
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

export const SYSTEM_NAMES: readonly string[] = [ERLANG, ELIXIR, ...Object.keys(ours), ...Object.keys(peers)];

/** Taken when nobody chooses, as far as they are there. */
const DEFAULT_NAMES: readonly string[] = SYSTEM_NAMES.filter((name) => name !== "development");

/**
 * The systems of `names` that this machine has, the JavaScript ones once for each of `nodes`; says which it lacks. Peers that are
 * asked for by name are installed, others are taken when they are.
 */
export async function findSystems(names: readonly string[] | undefined, nodes: readonly string[]): Promise<System[]> {
  mkdirSync(OUT, { recursive: true });
  const isInstalled = existsSync(fileURLToPath(new URL("./peers/node_modules", import.meta.url)));
  if (names === undefined && !isInstalled) {
    console.error(`absent: the packages of bench/peers. Left out here: ${Object.keys(peers).join(", ")}`);
  }
  const chosen = SYSTEM_NAMES.filter((name) =>
    names === undefined ? DEFAULT_NAMES.includes(name) && (isInstalled || !(name in peers)) : names.includes(name),
  );
  const versions = nodes.map((node) => [node, versionOf(node)] as const);
  const systems = chosen.flatMap((name) =>
    name === ERLANG
      ? findErlang()
      : name === ELIXIR
        ? findElixir()
        : versions.map(([node, version]) => nodeSystem(name, node, version, nodes.length > 1)),
  );
  if (chosen.some((name) => name in ours)) await buildPrograms();
  if (chosen.some((name) => name in peers)) await buildPeers(OUT);
  return systems;
}

async function buildPrograms(): Promise<void> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const programs = new Set(Object.values(ours).map(({ program }) => program));
  await build({
    entryPoints: [here("./worker.ts"), ...[...programs].map((program) => here(`./programs/${program}.ts`))],
    entryNames: "[name]",
    bundle: true,
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

/** Of a Node. *Throws* when `node` does not run. */
export function versionOf(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
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
      name: ERLANG,
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

function findElixir(): System[] {
  const { error, stdout } = spawnSync("elixir", ["--short-version"], { encoding: "utf8" });
  if (error !== undefined) {
    console.error("absent: elixir. Left out here: the ratios of OTP's workloads");
    return [];
  }
  return [
    {
      name: ELIXIR,
      about: `the BEAM, Elixir ${stdout.trim()}, one scheduler`,
      env: {},
      command: (workload, size, target) => [
        "elixir",
        ["--erl", "+S 1:1 +P 4000000", "bench/programs/beamlet_bench.exs", workload, ...sizing(size, target)],
      ],
    },
  ];
}

function nodeSystem(name: string, node: string, version: string, isOneOfMany: boolean): System {
  const { program, about, isDevelopment = false } = ours[name] ?? { program: name, about: peers[name] };
  return {
    name: isOneOfMany ? onNode(name, version) : name,
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
