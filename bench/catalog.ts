/** A JavaScript system: a program, and how it is run. */
export interface Entry {
  /** The file in programs/ or peers/. */
  readonly program: string;
  readonly about: string;
  /** Of Beamlet's: what the same bodies would cost without the library. */
  readonly ceiling?: "handwritten" | "callback";
  readonly isDevelopment?: boolean;
}

export const ERLANG = "erlang";
/** For the workloads of OTP. */
export const ELIXIR = "elixir";

/** By the name that `--systems` has for it. */
export const ours: Readonly<Record<string, Entry>> = {
  generator: { program: "generator", about: "Beamlet, generator bodies", ceiling: "handwritten" },
  loop: { program: "loop", about: "Beamlet, `loop` bodies", ceiling: "callback" },
  async: { program: "async", about: "Beamlet, async bodies", ceiling: "handwritten" },
  development: {
    program: "generator",
    about: "Beamlet, generator bodies, NODE_ENV unset: warns of forgotten operations",
    ceiling: "handwritten",
    isDevelopment: true,
  },
  handwritten: { program: "handwritten", about: "bare generators over arrays, without features" },
  callback: { program: "callback", about: "bare callbacks over arrays, without features" },
};

/** With `--nodes` there is one of each system for each Node: `generator v24`. */
export function onNode(name: string, version: string): string {
  return `${name} ${version.split(".")[0]}`;
}

/** The system that `name` is measured against, on the same Node; undefined when it is none of Beamlet's. */
export function ceilingOf(name: string): string | undefined {
  const [base = "", node] = name.split(" ");
  const ceiling = ours[base]?.ceiling;
  return ceiling === undefined || node === undefined ? ceiling : `${ceiling} ${node}`;
}
