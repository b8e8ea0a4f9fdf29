// The page that is served, and the policy that lets it run and nothing else: made by scripts/build-page.mjs from page/.
export { html, policy } from "../../build/observer-page.ts";
