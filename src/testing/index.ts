/**
 * Beamlet's testing tools: simulation, in which one seed is one run, and helpers that stand alone.
 *
 * @module
 */

export {};
