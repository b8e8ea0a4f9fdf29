import type { Report, Runtime } from "../kernel.ts";

type Logger = (report: Report) => void;

/** Shows all reports of a runtime to `see`, before its logger gets them. What ends that. */
export function watchReports(runtime: Runtime, see: Logger): () => void {
  // The part of a runtime that reports is the one with a logger. What it is called itself, the bundle does not tell.
  const reporter = Object.values(runtime).find((part) => typeof part?.logger === "function") as { logger: Logger };
  const { logger } = reporter;
  let isWatching = true;
  const watched = (report: Report): void => {
    if (isWatching) see(report);
    logger.call(reporter, report);
  };
  reporter.logger = watched;
  return () => {
    isWatching = false;
    // Somebody may have put another one around it since.
    if (reporter.logger === watched) reporter.logger = logger;
  };
}
