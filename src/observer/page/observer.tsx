import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type {
  Alarm,
  Program,
  RequestName,
  Requests,
  Sample,
  Source,
  SourceStatus,
  Topic,
  Topics,
} from "../protocol.ts";
import type { Router } from "./route.ts";

/** A line that appears for some seconds, about what was done or could not be. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

/**
 * What all views of one page share. The overview's samples and the alarms are listened to from the beginning, whichever view is shown: their
 * history is there when one comes, and the number of alarms stands beside all views.
 */
export class Observer {
  readonly source: Source;
  readonly router: Router;
  readonly status: Signal<SourceStatus>;
  /** Why the connection was lost, and when (ms since 1970). */
  readonly lost: Signal<{ readonly why: string | undefined; readonly at: number } | undefined> = signal(undefined);
  readonly program: Signal<Program | undefined> = signal(undefined);
  readonly samples: Signal<readonly Sample[]> = signal([]);
  readonly alarms: Signal<readonly Alarm[]> = signal([]);
  readonly toasts: Signal<readonly Toast[]> = signal([]);
  private readonly closings: (() => void)[] = [];
  /** What came since the charts were drawn. */
  private fresh: readonly Sample[] = [];
  private drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source, router: Router) {
    this.source = source;
    this.router = router;
    this.status = signal(source.status);
    this.closings.push(source.onStatus((status, why) => this.changed(status, why)));
    if (source.status === "open") this.meet();
    const overview = source.subscribe("overview", {}, ({ samples, reset }) => this.sampled(samples, reset));
    const alarms = source.subscribe("alarms", {}, (data) => {
      this.alarms.value = data.alarms;
    });
    this.closings.push(
      () => overview.close(),
      () => alarms.close(),
    );
  }

  /** Asks for something; what is refused is shown, and gives undefined. */
  async ask<R extends RequestName>(name: R, params: Requests[R]["params"]): Promise<Requests[R]["answer"] | undefined> {
    try {
      return await this.source.request(name, params);
    } catch (error) {
      this.tell((error as Error).message, true);
      return undefined;
    }
  }

  tell(text: string, bad = false): void {
    const toast = { id: Math.random(), text, bad };
    this.toasts.value = [...this.toasts.value.slice(-3), toast];
    setTimeout(() => {
      this.toasts.value = this.toasts.value.filter(({ id }) => id !== toast.id);
    }, 6000);
  }

  close(): void {
    clearTimeout(this.drawing);
    for (const close of this.closings) close();
    this.router.close();
    this.source.close();
  }

  private changed(status: SourceStatus, why: string | undefined): void {
    if (status === "open") this.meet();
    // What was true of a program that is gone would be taken for true of the next one.
    else {
      if (this.status.value === "open") this.lost.value = { why, at: Date.now() };
      this.program.value = undefined;
      this.samples.value = [];
      this.fresh = [];
      this.alarms.value = [];
    }
    this.status.value = status;
  }

  private meet(): void {
    this.source.request("program", {}).then(
      (program) => {
        this.program.value = program;
      },
      () => {},
    );
  }

  private sampled(samples: readonly Sample[], reset: boolean): void {
    this.fresh = reset ? samples : [...this.fresh, ...samples];
    if (reset) this.samples.value = [];
    // Four drawings a second look as live as ten, and leave the browser in peace.
    this.drawing ??= setTimeout(() => this.draw(), this.samples.value.length === 0 ? 0 : 250);
  }

  private draw(): void {
    this.drawing = undefined;
    const all = [...this.samples.value, ...this.fresh];
    const limit = this.program.value?.history ?? 1200;
    this.fresh = [];
    this.samples.value = all.length > limit ? all.slice(-limit) : all;
  }
}

export const ObserverContext = createContext<Observer | undefined>(undefined);

export function useObserver(): Observer {
  return useContext(ObserverContext) as Observer;
}

/** The last that came of a topic, and for which query. Another query goes on showing it until its own comes; a lost connection forgets it. */
export function useTopic<T extends Topic>(
  topic: T,
  query: Topics[T]["query"],
  pause = false,
): {
  readonly data: Topics[T]["data"] | undefined;
  readonly query: Topics[T]["query"] | undefined;
  readonly error: string | undefined;
} {
  const { source } = useObserver();
  const [came, setCame] = useState<{ data: Topics[T]["data"]; query: Topics[T]["query"] } | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const text = JSON.stringify(query);
  useEffect(() => {
    if (pause) return;
    const subscription = source.subscribe(
      topic,
      query,
      (data) => {
        setCame({ data, query });
        setError(undefined);
      },
      (refused) => setError(refused.message),
    );
    return () => subscription.close();
  }, [source, topic, text, pause]);
  return { data: came?.data, query: came?.query, error };
}
