import type { Exhibit } from "./exhibit.ts";
import * as callingEachOther from "./zoo/calling-each-other.ts";
import * as checkThenRegister from "./zoo/check-then-register.ts";
import * as diningPhilosophers from "./zoo/dining-philosophers.ts";
import * as doubleDelivery from "./zoo/double-delivery.ts";
import * as lateMonitor from "./zoo/late-monitor.ts";
import * as leakedSubscriber from "./zoo/leaked-subscriber.ts";
import * as leakingRateLimiter from "./zoo/leaking-rate-limiter.ts";
import * as lostUpdate from "./zoo/lost-update.ts";
import * as lostWakeUp from "./zoo/lost-wake-up.ts";
import * as overtakenCast from "./zoo/overtaken-cast.ts";
import * as pollingTooSlowly from "./zoo/polling-too-slowly.ts";
import * as replyOfAnotherRequest from "./zoo/reply-of-another-request.ts";
import * as restartLosesAcknowledgedWork from "./zoo/restart-loses-acknowledged-work.ts";
import * as selectiveStarvation from "./zoo/selective-starvation.ts";
import * as shutdownOrder from "./zoo/shutdown-order.ts";
import * as staleCache from "./zoo/stale-cache.ts";
import * as stolenFromTheBuffer from "./zoo/stolen-from-the-buffer.ts";
import * as timeoutPoisonsMailbox from "./zoo/timeout-poisons-mailbox.ts";
import * as twoLeaders from "./zoo/two-leaders.ts";

/** All of the zoo, by the names of the files. */
export const exhibits: readonly Exhibit[] = [
  callingEachOther,
  checkThenRegister,
  diningPhilosophers,
  doubleDelivery,
  lateMonitor,
  leakedSubscriber,
  leakingRateLimiter,
  lostUpdate,
  lostWakeUp,
  overtakenCast,
  pollingTooSlowly,
  replyOfAnotherRequest,
  restartLosesAcknowledgedWork,
  selectiveStarvation,
  shutdownOrder,
  staleCache,
  stolenFromTheBuffer,
  timeoutPoisonsMailbox,
  twoLeaders,
];
