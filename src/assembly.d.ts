// What assembly/hot needs of AssemblyScript's own declarations to be TypeScript: its integers are numbers here, and nothing of the
// rest is ever called.
type i32 = number;
type usize = number;
declare function load<T>(address: usize): T;
declare function store<T>(address: usize, value: T): void;
