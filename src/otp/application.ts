import { ExitError, inspect, type Op, type Pid, type Self } from "../kernel.ts";
import { type Applications, applicationsOf } from "./application-control.ts";
import { formatError } from "./application-report.ts";
import { type ApplicationSpec, type ApplicationType, checkSpec, checkType } from "./application-spec.ts";
import { type Acting, actorOf, operation, runtimeOf } from "./operation.ts";

/** An application, or its name. */
export type ApplicationName<E extends object = any> = string | ApplicationSpec<E>;

/** What is known of an application that is loaded. */
export interface ApplicationInfo {
  readonly name: string;
  readonly description: string | undefined;
  readonly version: string | undefined;
}

/** Options of `putEnv`. */
export interface PutEnvOptions extends Acting {
  /** Keeps the value when the application is loaded, or loaded again; default false. */
  readonly persistent?: boolean;
}

function controlOf(options?: Acting): Applications {
  return applicationsOf(runtimeOf(actorOf(options)));
}

function nameOf(application: ApplicationName): string {
  return typeof application === "string" ? application : application.name;
}

/** The spec of what is to be started: names are of those that are loaded. */
function specOf(application: ApplicationName, control: Applications, what: string): ApplicationSpec {
  if (typeof application !== "string") return checkSpec(application, what);
  const spec = control.loaded.get(application);
  if (spec === undefined) throw new ExitError(["not_loaded", application]);
  return spec;
}

const infoOf = ({ name, description, version }: ApplicationSpec): ApplicationInfo => ({ name, description, version });

/**
 * Trees of processes with a name, an environment and an order. On Node, Deno and Bun, SIGTERM and SIGINT stop all that run, the last that was started first,
 * then the runtime, and then the program, with exit code 0 unless another was set; a second signal ends it at once. Source: Elixir's `Application`.
 */
export const Application = {
  /** An application as an object. *Throws* `TypeError` for a field that is not what it should be. */
  define<E extends object = object>(spec: ApplicationSpec<E>): ApplicationSpec<E> {
    return checkSpec(spec, "Application.define");
  },

  /**
   * Starts an application, whose `applications` must have been started. `type` says what its end does to the others.
   *
   * *Throws* `ExitError`: `["already_started", name]`, `["not_started", needed]`, `[reason, [name, "start", args]]`, `["bad_return", …]`, or `"terminating"`
   * when all are being stopped. `formatError` words these. Source: `Application.start/2`.
   */
  start(application: ApplicationName, type: ApplicationType = "temporary", options?: Acting): Op<"ok"> {
    const what = "Application.start";
    const control = controlOf(options);
    const checked = checkType(type, what);
    return operation(options?.as ?? control.runtime, function* (self) {
      yield* control.start(self, specOf(application, control, what), checked);
      return "ok" as const;
    });
  },
  /** Starts an application unless it runs. Source: `Application.ensure_started/2`. */
  ensureStarted(application: ApplicationName, type: ApplicationType = "temporary", options?: Acting): Op<"ok"> {
    const what = "Application.ensureStarted";
    const control = controlOf(options);
    const checked = checkType(type, what);
    return operation(options?.as ?? control.runtime, function* (self) {
      if (!control.isStarted(nameOf(application))) {
        yield* control.start(self, specOf(application, control, what), checked);
      }
      return "ok" as const;
    });
  },
  /**
   * Starts all that an application needs, and then it. Gives the names of those that did not run before, in their order. When one fails, these are stopped again.
   *
   * *Throws* `ExitError`: `[name, reason]`. Source: `Application.ensure_all_started/2`.
   */
  ensureAllStarted(application: ApplicationName, type: ApplicationType = "temporary", options?: Acting): Op<string[]> {
    const what = "Application.ensureAllStarted";
    const control = controlOf(options);
    const checked = checkType(type, what);
    return operation(options?.as ?? control.runtime, (self) =>
      control.startAll(self, specOf(application, control, what), checked),
    );
  },
  /**
   * Stops an application: `prepStop`, the shutdown of its tree, `stop`. What it needs runs on.
   *
   * *Throws* `ExitError`: `["not_started", name]`. Source: `Application.stop/1`.
   */
  stop(application: ApplicationName, options?: Acting): Op<"ok"> {
    const control = controlOf(options);
    return operation(options?.as ?? control.runtime, function* (self) {
      yield* control.stop(self, nameOf(application));
      return "ok" as const;
    });
  },

  /**
   * Starts an application, as `ensureAllStarted` does, and keeps the program alive until it has ended, and the runtime when that ends with it: for `await Application.run(Shop)` at the end of a program.
   * Rejects when the start fails. Source: `mix run --no-halt`.
   */
  async run(application: ApplicationName, type: ApplicationType = "permanent", options?: Acting): Promise<void> {
    const { runtime } = controlOf(options);
    const control = applicationsOf(runtime);
    await Application.ensureAllStarted(application, type, { as: runtime });
    const alive = setInterval(() => {}, 2 ** 30);
    try {
      await runtime.run((self: Self<any>) => control.ended(self, nameOf(application)));
    } catch (error) {
      // The runtime was stopped.
      if (!(error instanceof ExitError)) throw error;
    } finally {
      await control.stopping;
      clearInterval(alive);
    }
  },

  /** Makes an application known, with its environment. *Throws* `ExitError`: `["already_loaded", name]`. Source: `Application.load/1`. */
  load(application: ApplicationSpec, options?: Acting): "ok" {
    controlOf(options).load(checkSpec(application, "Application.load"));
    return "ok";
  },
  /** Makes an application known unless it is. Source: `Application.ensure_loaded/1`. */
  ensureLoaded(application: ApplicationSpec, options?: Acting): "ok" {
    const control = controlOf(options);
    if (!control.loaded.has(nameOf(application))) control.load(checkSpec(application, "Application.ensureLoaded"));
    return "ok";
  },
  /** Forgets an application that doesn't run. *Throws* `ExitError`: `["not_loaded", name]`, `["running", name]`. Source: `Application.unload/1`. */
  unload(application: ApplicationName, options?: Acting): "ok" {
    controlOf(options).unload(nameOf(application));
    return "ok";
  },
  /** The spec of an application that is loaded. Source: `Application.spec/1`. */
  spec(application: ApplicationName, options?: Acting): ApplicationSpec | undefined {
    return controlOf(options).loaded.get(nameOf(application));
  },
  /** Those that are loaded. Source: `Application.loaded_applications/0`. */
  loadedApplications(options?: Acting): ApplicationInfo[] {
    return [...controlOf(options).loaded.values()].map(infoOf);
  },
  /** Those that run, the last that was started first. Source: `Application.started_applications/1`. */
  startedApplications(options?: Acting): ApplicationInfo[] {
    return controlOf(options).started.map(({ spec }) => infoOf(spec));
  },
  /** The top supervisor of an application that runs and has one. Source: `application:get_supervisor/1`. */
  getSupervisor(application: ApplicationName, options?: Acting): Pid<any> | undefined {
    return controlOf(options).topOf(nameOf(application)) as Pid<any> | undefined;
  },

  /** A value of an application's environment, or `instead`. Source: `Application.get_env/3`. */
  getEnv<E extends object, K extends keyof E & string, V = undefined>(
    application: ApplicationName<E>,
    key: K,
    instead?: V,
    options?: Acting,
  ): E[K] | V {
    const env = controlOf(options).envOf(nameOf(application));
    return (env?.has(key) ? env.get(key) : instead) as E[K] | V;
  },
  /** A value of an application's environment. *Throws* `Error` when there is none. Source: `Application.fetch_env!/2`. */
  fetchEnv<E extends object, K extends keyof E & string>(
    application: ApplicationName<E>,
    key: K,
    options?: Acting,
  ): E[K] {
    const name = nameOf(application);
    const env = controlOf(options).envOf(name);
    if (env?.has(key)) return env.get(key) as E[K];
    const because =
      env === undefined
        ? "because the application was not loaded nor configured"
        : `because configuration at ${inspect(key)} was not set`;
    throw new Error(
      `could not fetch application environment ${inspect(key)} for application ${inspect(name)} ${because}`,
    );
  },
  /** All of an application's environment. Source: `Application.get_all_env/1`. */
  getAllEnv(application: ApplicationName, options?: Acting): Record<string, unknown> {
    return Object.fromEntries(controlOf(options).envOf(nameOf(application)) ?? []);
  },
  /** Sets a value of an application's environment; loading it overrides that, unless it is `persistent`. Source: `Application.put_env/4`. */
  putEnv<E extends object, K extends keyof E & string>(
    application: ApplicationName<E>,
    key: K,
    value: E[K],
    options?: PutEnvOptions,
  ): "ok" {
    controlOf(options).putEnv(nameOf(application), key, value, options?.persistent === true);
    return "ok";
  },
  /** Sets values of several applications: `{ shop: { port: 80 } }`. Source: `Application.put_all_env/2`. */
  putAllEnv(config: Readonly<Record<string, Readonly<Record<string, unknown>>>>, options?: PutEnvOptions): "ok" {
    for (const [name, env] of Object.entries(config)) {
      for (const [key, value] of Object.entries(env)) Application.putEnv<any, string>(name, key, value, options);
    }
    return "ok";
  },
  /** Removes a value of an application's environment. Source: `Application.delete_env/3`. */
  deleteEnv(application: ApplicationName, key: string, options?: Acting): "ok" {
    controlOf(options).deleteEnv(nameOf(application), key);
    return "ok";
  },

  formatError: formatError as typeof formatError,
} as const;
