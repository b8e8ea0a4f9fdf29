/** 1 in the debug and checked cores, 0 in the release core: set by `use` in asconfig.json, a constant to the compiler. */
declare const CHECKED: bool;
/** 1 in the core of simulations, which draws what the semantics leave open. */
declare const SIMULATED: bool;
