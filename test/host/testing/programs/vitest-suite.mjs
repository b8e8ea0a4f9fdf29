import { matchers } from "beamlet/testing/vitest";
import { expect, test } from "vitest";
import { failing, passing } from "./suite.mjs";

expect.extend(matchers);

for (const [name, run] of Object.entries({ ...passing, ...failing })) test(name, (context) => run(context));
