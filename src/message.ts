import { inspect, kindOf } from "./inspect.ts";
import { ProcessId } from "./pid.ts";
import { Ref } from "./ref.ts";

/** How a message reaches its receiver: as the sender's own object, as that object deep-frozen, or as a copy. */
export type MessageMode = "share" | "freeze" | "clone";

/** Whether `value` is an object literal rather than an instance of a class. Holds for objects of other realms, too. */
export function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Deep-freezes a message, in place, and returns it: whoever changes it afterwards gets a `TypeError` on that line.
 *
 * Arrays and plain objects are frozen with all they hold, and so are the contents of Maps and Sets. Left as they are:
 * Maps and Sets themselves, typed arrays and buffers (JavaScript can't freeze them), instances of classes, pids, refs and
 * functions (they may have to change in order to work), and what getters would return.
 */
export function freeze<T>(message: T): T {
  // A Set shows its loop what is added meanwhile: it lists what is left as well as what was seen, at any depth, in any cycle.
  const reached = new Set<unknown>([message]);
  for (const value of reached) {
    if (Array.isArray(value) || isPlain(value)) {
      for (const key of Reflect.ownKeys(value)) reached.add(Object.getOwnPropertyDescriptor(value, key)?.value);
      Object.freeze(value);
    } else if (value instanceof Map || value instanceof Set) {
      for (const entry of value.entries()) for (const held of entry) reached.add(held);
    }
  }
  return message;
}

/** A copy that still holds what its original holds, and where the original was found. */
interface Copied {
  readonly copy: object;
  readonly holder: Copied | undefined;
  readonly key: unknown;
}

/**
 * Copies a message, as Erlang does when it sends: nothing the receiver does to it can be seen by the sender.
 *
 * Copied are arrays (their elements), plain objects (their enumerable properties), Maps, Sets, Errors (with their class and
 * own properties), typed arrays and Buffers (the bytes they show), and what `structuredClone` copies as what it is: dates,
 * regular expressions, ArrayBuffers. Cycles stay cycles, and what was one object stays one. Pids and refs keep their
 * identity. Functions, Blobs, DOMExceptions and shared memory go by reference.
 *
 * Any other object throws, because its copy would be something else: an instance of a class may have private fields, or a
 * handle of the host. The message then goes nowhere.
 *
 * *Throws* `TypeError`: `can't copy message[1].signal, an object of class AbortSignal: …`
 */
export function clone<T>(message: T): T {
  const copies = new Map<object, object>();
  const work: Copied[] = [];

  function copyOf(value: unknown, holder?: Copied, key?: unknown): unknown {
    if (typeof value !== "object" || value === null || value instanceof ProcessId || value instanceof Ref) return value;
    let copy = copies.get(value);
    if (copy === undefined) {
      copy = container(value);
      if (copy !== undefined) work.push({ copy, holder, key });
      else copy = leaf(value);
      if (copy === undefined) throw new TypeError(refusal(value, holder, key));
      copies.set(value, copy);
    }
    return copy;
  }

  const result = copyOf(message) as T;
  // A loop and no recursion: a list nested 100,000 deep is a message like any other. `work` grows meanwhile.
  for (const found of work) {
    const { copy } = found;
    if (copy instanceof Map) {
      const entries = [...copy];
      copy.clear();
      for (const [key, value] of entries) copy.set(copyOf(key, found, key), copyOf(value, found, key));
    } else if (copy instanceof Set) {
      const elements = [...copy];
      copy.clear();
      for (const element of elements) copy.add(copyOf(element, found, "values()"));
    } else {
      const held = copy as Record<PropertyKey, unknown>;
      for (const key of Array.isArray(copy) ? copy.keys() : Reflect.ownKeys(copy)) {
        if (typeof held[key] === "object") held[key] = copyOf(held[key], found, key);
      }
    }
  }
  return result;
}

/** The name of the class. Names, unlike classes, are the same in every realm. */
const classOf = (value: object): string | undefined => value.constructor?.name;

/** A new object of the kind of `value` that holds the same values; undefined when `value` holds none. */
function container(value: object): object | undefined {
  if (Array.isArray(value)) return value.slice();
  if (isPlain(value)) {
    const prototype = Object.getPrototypeOf(value);
    const copy = { ...value };
    return prototype === Object.prototype ? copy : Object.setPrototypeOf(copy, prototype);
  }
  const kind = kindOf(value);
  if (kind === "Error") return errorLike(value as Error);
  if (kind !== classOf(value)) return undefined;
  if (kind === "Map") return new Map(value as Map<unknown, unknown>);
  if (kind === "Set") return new Set(value as Set<unknown>);
  return undefined;
}

// structuredClone would forget the class and all properties but `cause`.
function errorLike(error: Error): Error {
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error));
  const shown = { ...error };
  // `stack` is no property of its own in every engine.
  for (const key of ["stack", ...Reflect.ownKeys(error)]) {
    const enumerable = Object.hasOwn(shown, key);
    Object.defineProperty(copy, key, {
      value: Reflect.get(error, key),
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** A copy of what holds no other values; undefined when it would be something else than `value`. */
function leaf(value: object): object | undefined {
  const kind = kindOf(value);
  if (/^(Blob|File|DOMException|SharedArrayBuffer)$/.test(kind)) return value;
  // An instance of a user's class. structuredClone would copy all it reaches, maybe a whole runtime, before one can see
  // that the class is lost.
  if (kind === "Object") return undefined;
  try {
    if (kind === "DataView") {
      const { buffer, byteOffset, byteLength } = value as DataView;
      return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
    }
    // structuredClone would make a Uint8Array of a Buffer, and copy the whole pool that the Buffer lies in.
    if (ArrayBuffer.isView(value)) return Uint8Array.prototype.slice.call(value);
    const copy: object = structuredClone(value);
    return classOf(copy) === classOf(value) ? copy : undefined;
  } catch {
    return undefined;
  }
}

function refusal(value: object, holder: Copied | undefined, key: unknown): string {
  let path = "";
  for (; holder !== undefined; { holder, key } = holder) {
    path = (typeof key === "string" ? `.${key}` : `[${inspect(key)}]`) + path;
  }
  return `can't copy message${path}, an object of class ${classOf(value) ?? kindOf(value)}: send plain data`;
}
