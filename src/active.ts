import type { World } from "./world.ts";

/** The world whose slices run now: the free functions ask. */
export let active: World | undefined;

export function setActive(world: World | undefined): void {
  active = world;
}
