// The process kernel as plain data: who lives, what lies in which mailbox, who hears of whose end. It schedules nothing: it is told what
// processes did, in what order, and what they saw, and says whether that is right, and how the world looks afterwards.

/** A message by what it says; the driver translates the runtime's own to the same. */
export type Term = string;

/** A message in a mailbox. Those of one group came from different senders at one moment: their order is nobody's promise. */
export interface Mail {
  readonly term: Term;
  readonly tag: string;
  readonly group: number;
  /** The reference of a monitor's message. */
  readonly ref?: Reference;
  /** Not made by a process: no bound drops it. */
  readonly isSystem: boolean;
}

export interface Reference {
  readonly id: number;
  readonly owner: Person;
  /** Whom a monitor watches, while it does. */
  target?: Person | undefined;
  /** How its message names the watched. */
  readonly object: string;
  alias?: "explicitUnalias" | "reply" | "demonitor" | "replyDemonitor" | undefined;
}

export interface Timer {
  readonly id: number;
  readonly to: Person | string;
  readonly term: Term;
  readonly tag: string;
  readonly deadline: number;
}

export interface Wait {
  /** Tags of the messages that will do; undefined: all. */
  readonly tags: readonly string[] | undefined;
  readonly deadline: number | undefined;
  /** A sleep: no message will do. */
  readonly sleeps: boolean;
}

/** Whose code runs in slices is not gone at once when a signal hits it, but when its slice ends. */
export type Kind = "generator" | "async" | "main";

export class Person {
  readonly id: number;
  readonly kind: Kind;
  isAlive = true;
  /** A fatal signal has hit it while it runs. */
  doom: { readonly reason: string } | undefined;
  reason: string | undefined;
  trapsExit = false;
  mailbox: Mail[] = [];
  readonly links = new Set<Person>();
  name: string | undefined;
  wait: Wait | undefined;
  limit = 0;
  overflow: "exit" | "dropNewest" | "dropOldest" = "exit";

  constructor(id: number, kind: Kind) {
    this.id = id;
    this.kind = kind;
  }
}

export class Model {
  now = 0;
  main: Person;
  readonly people: Person[] = [];
  references: Reference[] = [];
  timers: Timer[] = [];
  readonly names = new Map<string, Person>();
  /** Whose slice it is. */
  running: Person | undefined;
  /** Why main processes ended. */
  readonly mainExits: string[] = [];
  readonly overflows: number[] = [];

  // Messages that processes and timers sent, and what became of them.
  sent = 0;
  received = 0;
  dropped = 0;

  private groups = 0;
  private ids = 0;

  constructor() {
    this.main = this.person("main");
  }

  nextId(): number {
    return ++this.ids;
  }

  person(kind: Kind): Person {
    const person = new Person(this.people.length, kind);
    this.people.push(person);
    return person;
  }

  get living(): Person[] {
    return this.people.filter(({ isAlive }) => isAlive);
  }

  // ── Messages ──

  private put(to: Person, mail: Omit<Mail, "group">, group: number): void {
    if (to.isAlive) to.mailbox.push({ ...mail, group });
  }

  /** The system tells a process something; `group` undefined: by itself, behind all there is. */
  tell(to: Person, term: Term, tag: string, group = ++this.groups, ref?: Reference): void {
    this.put(to, { term, tag, isSystem: true, ...(ref === undefined ? {} : { ref }) }, group);
  }

  send(to: Person | undefined, term: Term, tag: string, group = ++this.groups): void {
    this.sent++;
    if (to === undefined || !to.isAlive || to.doom !== undefined) {
      this.dropped++;
      return;
    }
    const isFull = to.limit > 0 && to.mailbox.length >= to.limit;
    if (isFull && to.overflow === "dropNewest") {
      this.dropped++;
      return;
    }
    if (isFull && to.overflow === "exit") {
      this.dropped++;
      this.overflows.push(to.id);
      this.condemn(to, `["mailboxOverflow",${to.mailbox.length}]`);
      return;
    }
    if (isFull) {
      const oldest = to.mailbox.findIndex(({ isSystem }) => !isSystem);
      if (oldest >= 0) {
        to.mailbox.splice(oldest, 1);
        this.dropped++;
      }
    }
    this.put(to, { term, tag, isSystem: false }, group);
  }

  /** Those that a receive may take: the oldest that fits, or any of its group that does. */
  candidates(person: Person, tags: readonly string[] | undefined): Mail[] {
    const fitting = person.mailbox.filter(({ tag }) => tags === undefined || tags.includes(tag));
    return fitting.filter(({ group }) => group === fitting[0]?.group);
  }

  take(person: Person, mail: Mail): void {
    person.mailbox.splice(person.mailbox.indexOf(mail), 1);
    if (!mail.isSystem) this.received++;
  }

  // ── Links, monitors, aliases ──

  link(from: Person, to: Person): "true" | "NoProcessError" {
    if (from === to) return "true";
    if (to.isAlive) {
      from.links.add(to);
      to.links.add(from);
    } else if (from.trapsExit) {
      this.tell(from, `EXIT ${to.id} "noproc"`, "EXIT");
    } else {
      return "NoProcessError";
    }
    return "true";
  }

  unlink(from: Person, to: Person): void {
    from.links.delete(to);
    to.links.delete(from);
  }

  monitor(owner: Person, to: Person | string, alias: Reference["alias"]): Reference {
    const target = typeof to === "string" ? this.names.get(to) : to;
    const object = typeof to === "string" ? to : `${to.id}`;
    const isAlive = target?.isAlive === true;
    const ref: Reference = { id: this.nextId(), owner, object };
    if (isAlive && target !== owner) ref.target = target;
    // Aliases that end with their monitor end with this one at once.
    if (isAlive || alias === "explicitUnalias") ref.alias = alias;
    this.references.push(ref);
    if (!isAlive) this.down(ref, `"noproc"`);
    return ref;
  }

  private down(ref: Reference, reason: string, group?: number): void {
    this.tell(ref.owner, `DOWN ${ref.id} ${ref.object} ${reason}`, "DOWN", group, ref);
  }

  private endMonitor(ref: Reference): void {
    ref.target = undefined;
    if (ref.alias !== "explicitUnalias") ref.alias = undefined;
  }

  demonitor(owner: Person, ref: Reference, flush: boolean): boolean {
    const existed = ref.owner === owner && ref.target !== undefined;
    if (existed) this.endMonitor(ref);
    const told = owner.mailbox.find((mail) => mail.ref === ref);
    if (flush && told !== undefined) this.take(owner, told);
    return existed;
  }

  unalias(owner: Person, ref: Reference): boolean {
    const isActive = ref.owner === owner && ref.alias !== undefined;
    if (isActive) ref.alias = undefined;
    return isActive;
  }

  sendAlias(ref: Reference, term: Term, tag: string): void {
    const { alias, owner } = ref;
    if (alias === undefined) {
      this.sent++;
      this.dropped++;
      return;
    }
    const room = owner.limit === 0 || owner.mailbox.length < owner.limit || owner.overflow === "dropOldest";
    this.send(owner, term, tag);
    if (!room || (alias !== "reply" && alias !== "replyDemonitor")) return;
    ref.alias = undefined;
    ref.target = undefined;
  }

  // ── Exits ──

  /** `exit(to, reason)`. */
  signal(from: Person, to: Person, reason: string): void {
    if (!to.isAlive) return;
    if (reason === `"kill"`) this.condemn(to, `"killed"`);
    else if (to.trapsExit) this.tell(to, `EXIT ${from.id} ${reason}`, "EXIT");
    else if (reason !== `"normal"` || from === to) this.condemn(to, reason);
  }

  private condemn(person: Person, reason: string, group = ++this.groups): void {
    if (person === this.running) person.doom ??= { reason };
    else this.die(person, reason, group);
  }

  /** A process ends: what follows from it follows at once. */
  die(person: Person, reason: string, group = ++this.groups): void {
    if (!person.isAlive) return;
    person.isAlive = false;
    person.reason = reason;
    person.doom = undefined;
    person.wait = undefined;
    if (person.name !== undefined) this.unregister(person.name);
    this.dropped += person.mailbox.filter(({ isSystem }) => !isSystem).length;
    person.mailbox = [];
    this.timers = this.timers.filter(({ to }) => to !== person);
    for (const ref of this.references) {
      if (ref.owner === person) {
        ref.target = undefined;
        ref.alias = undefined;
      } else if (ref.target === person) {
        this.down(ref, reason, group);
        this.endMonitor(ref);
      }
    }
    const linked = [...person.links];
    for (const other of linked) this.unlink(person, other);
    for (const other of linked) {
      if (other.trapsExit) this.tell(other, `EXIT ${person.id} ${reason}`, "EXIT", group);
      else if (reason !== `"normal"` && other.isAlive) this.condemn(other, reason, group);
    }
    if (person === this.main) {
      this.mainExits.push(reason);
      this.main = this.person("main");
    }
  }

  // ── Names ──

  register(person: Person, name: string): "true" | "NameError" {
    if (!person.isAlive || person.name !== undefined || this.names.has(name)) return "NameError";
    person.name = name;
    this.names.set(name, person);
    return "true";
  }

  unregister(name: string): "true" | "NameError" {
    const person = this.names.get(name);
    if (person === undefined) return "NameError";
    person.name = undefined;
    this.names.delete(name);
    return "true";
  }

  // ── Time ──

  setTimer(to: Person | string, term: Term, tag: string, ms: number): Timer {
    const timer = { id: this.nextId(), to, term, tag, deadline: this.now + ms };
    if (typeof to === "string" || to.isAlive) this.timers.push(timer);
    return timer;
  }

  /** What is left of a timer, ms. */
  left(timer: Timer): number | false {
    return this.timers.includes(timer) && timer.deadline - this.now;
  }

  cancel(timer: Timer): number | false {
    const left = this.left(timer);
    this.timers = this.timers.filter((each) => each !== timer);
    return left;
  }

  /** When something is due next. */
  get deadline(): number {
    const waits = this.living.map(({ wait }) => wait?.deadline ?? Number.POSITIVE_INFINITY);
    return Math.min(...waits, ...this.timers.map(({ deadline }) => deadline));
  }

  /** It is `now`, and no deadline lies between: what is due fires. */
  advance(now: number): void {
    this.now = now;
    const group = ++this.groups;
    for (const timer of this.timers.filter(({ deadline }) => deadline <= now)) {
      // One that fired before it may have ended the target, and the timer with it.
      this.timers = this.timers.filter((each) => each !== timer);
      const to = typeof timer.to === "string" ? this.names.get(timer.to) : timer.to;
      if (to !== undefined) this.send(to, timer.term, timer.tag, group);
    }
  }
}
