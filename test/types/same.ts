/** True when `A` and `B` are one type; `any` is only itself. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `same<typeof x, number>(true)` compiles when `x` is exactly a number. */
export declare function same<A, B>(answer: Same<A, B>): void;
