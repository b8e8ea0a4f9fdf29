import { type AnyNode, type Node, type Program, parse, tokenizer } from "acorn";
import { transform } from "sucrase";

/** What was typed, as a function of the shell's own: see `compile`. */
export interface Compiled {
  /** An expression: an async function of a `Frame`. What was typed begins on its second line. */
  readonly code: string;
  /** The variables that it sets. */
  readonly names: readonly string[];
}

/** What compiled code works with. */
export interface Frame {
  /** The functions that the shell knows. */
  readonly api: object;
  /** The variables. */
  readonly scope: Record<string, unknown>;
  /** The value of the last statement, if that has one. */
  result: unknown;
  hasResult: boolean;
  /** Called when all has been done. */
  finished(): void;
  /** Whether a value is an operation: the shell waits for those by itself. */
  readonly isOperation: (value: unknown) => boolean;
  readonly import: (specifier: string) => Promise<unknown>;
  readonly meta: { readonly url: string };
}

/** What was typed does not end here. */
export class Incomplete extends SyntaxError {}

// Names that nobody types.
const FRAME = "$$shell";
const VALUE = "$$value";

const PREFIX = `(async function (${FRAME}) { let ${VALUE}; with (${FRAME}.api) with (${FRAME}.scope) {`;

/**
 * Makes of what was typed a function that can wait, and that keeps its variables in `frame.scope`, where the next one finds them.
 *
 * It runs in sloppy mode, for the sake of `with`: names are looked up when they are used, also by the processes that were spawned here. An
 * operation whose result a statement or a variable gets is waited for, so that `receive()` stands for itself as it does in Elixir.
 *
 * *Throws* `Incomplete` when lines are missing, and `SyntaxError`.
 */
export function compile(text: string): Compiled {
  if (!/^\s*\{/.test(text) || /;\s*$/.test(text)) return compileStatements(text);
  // An object rather than a block, as in every console.
  try {
    return compileStatements(`(${text}\n)`, text.trimEnd().length + 1);
  } catch (object) {
    try {
      return compileStatements(text);
    } catch (block) {
      throw object instanceof Incomplete ? object : block;
    }
  }
}

/** `end`: where it ends that was typed. */
function compileStatements(text: string, end: number = text.trimEnd().length): Compiled {
  let source: string;
  let program: Program;
  try {
    source = withoutTypes(text);
    program = parse(source, { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true });
  } catch (error) {
    throw syntaxError(error, text, end);
  }
  const rewriting = new Rewriting(source);
  rewriting.program(program);
  // Before anybody else can run: what is set going here may be the end of the evaluator.
  return { code: `${PREFIX}\n${rewriting.text}\n;${FRAME}.finished(); } })`, names: [...rewriting.names] };
}

/** JavaScript, line by line where it was. */
function withoutTypes(text: string): string {
  return transform(text, {
    transforms: ["typescript"],
    disableESTransforms: true,
    preserveDynamicImport: true,
    keepUnusedImports: true,
  }).code;
}

/** Sucrase and acorn say where by `pos`. At the end it is for want of more; or else it may be that a bracket is still open, which misleads both. */
function syntaxError(error: unknown, text: string, end: number): SyntaxError {
  const { message, pos } = error as { message: string; pos?: number };
  const words = message.replace(/^Error transforming .*?: /, "");
  const wantsMore = (pos !== undefined && pos >= end) || isOpen(text.slice(0, end));
  return wantsMore ? new Incomplete(words) : new SyntaxError(words);
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "${": "}" };

/** Whether a bracket, a template or a comment does not end. */
function isOpen(text: string): boolean {
  const open: (string | undefined)[] = [];
  try {
    for (const { type } of tokenizer(text, { ecmaVersion: "latest", sourceType: "module" })) {
      if (type.label in CLOSING) open.push(CLOSING[type.label]);
      else if (/^[)\]}]$/.test(type.label) && open.pop() !== type.label) return false;
    }
  } catch (error) {
    return /Unterminated (template|comment)/.test((error as Error).message);
  }
  return open.length > 0;
}

/** Replaces parts of a text, known by where they were. */
class Rewriting {
  readonly names: Set<string> = new Set();
  private readonly source: string;
  private readonly edits: { at: number; end: number; text: string }[] = [];

  constructor(source: string) {
    this.source = source;
  }

  get text(): string {
    let text = "";
    let at = 0;
    // Of two at one place the one that was made first stands first.
    for (const edit of [...this.edits].sort((a, b) => a.at - b.at)) {
      text += this.source.slice(at, edit.at) + edit.text;
      at = edit.end;
    }
    return text + this.source.slice(at);
  }

  private replace(at: number, end: number, text: string): void {
    this.edits.push({ at, end, text });
  }

  program({ body }: Program): void {
    const last = body.at(-1);
    for (const node of body) {
      this.statement(node, node === last);
      this.imports(node);
    }
  }

  private statement(node: Program["body"][number], isLast: boolean): void {
    switch (node.type) {
      case "VariableDeclaration":
        return this.variables(node, isLast);
      case "FunctionDeclaration":
        // It stays where it is, for whoever calls it above.
        return this.replace(node.end, node.end, `;${FRAME}.scope.${this.declare(node.id)} = ${node.id.name};`);
      case "ClassDeclaration": {
        this.replace(node.start, node.start, `${this.declare(node.id)} = `);
        return this.replace(node.end, node.end, ";");
      }
      case "ExpressionStatement":
        return this.expression(node, isLast);
      case "ImportDeclaration":
        return this.importDeclaration(node);
      case "ExportNamedDeclaration":
        if (node.declaration) {
          this.replace(node.start, node.declaration.start, "");
          return this.statement(node.declaration, isLast);
        }
        return this.replace(node.start, node.end, ";");
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        throw new SyntaxError("the shell exports nothing");
    }
  }

  /** `const a = f(), { b } = c` becomes `a = f(), ({ b } = c)`: a variable may be declared anew. */
  private variables(node: AnyNode & { type: "VariableDeclaration" }, isLast: boolean): void {
    const { declarations } = node;
    const first = declarations[0] as AnyNode;
    // What begins with a bracket would go on with the line before.
    this.replace(node.start, first.start, ";");
    declarations.forEach(({ id, init, start, end }, index) => {
      for (const name of boundBy(id)) this.names.add(name);
      const keep = isLast && index === declarations.length - 1;
      const isPattern = id.type !== "Identifier";
      if (keep) this.replace(start, start, `${FRAME}.hasResult = true, ${FRAME}.result = `);
      if (isPattern) this.replace(start, start, "(");
      if (init) this.value(init);
      else this.replace(end, end, " = undefined");
      if (isPattern) this.replace(end, end, ")");
    });
    if (this.source[node.end - 1] !== ";") this.replace(node.end, node.end, ";");
  }

  private expression(node: AnyNode & { type: "ExpressionStatement" }, isLast: boolean): void {
    const { expression } = node;
    // Brackets around an expression belong to its statement, as its semicolon does.
    const end = this.source[node.end - 1] === ";" ? node.end - 1 : node.end;
    this.replace(node.start, node.start, isLast ? `;${FRAME}.hasResult = true, ${FRAME}.result = (` : ";");
    if (expression.type === "AssignmentExpression" && expression.left.type === "Identifier") {
      this.names.add(expression.left.name);
      this.value(expression.right);
    } else {
      this.value(expression);
    }
    if (isLast) this.replace(end, end, ")");
  }

  /** Only a call can give an operation that nobody waits for. */
  private value(node: AnyNode): void {
    if (node.type !== "CallExpression" && node.type !== "ChainExpression") return;
    this.replace(node.start, node.start, `(${FRAME}.isOperation(${VALUE} = `);
    this.replace(node.end, node.end, `) ? await ${VALUE} : ${VALUE})`);
  }

  /** `import a, { b as c } from "m"` becomes `({ default: a, b: c } = await import("m"))`. */
  private importDeclaration(node: AnyNode & { type: "ImportDeclaration" }): void {
    const call = `await ${FRAME}.import(${node.source.raw})`;
    const parts: string[] = [];
    let text = "";
    for (const each of node.specifiers) {
      const local = this.declare(each.local);
      if (each.type === "ImportNamespaceSpecifier") text += `${local} = ${call};`;
      else if (each.type === "ImportDefaultSpecifier") parts.push(`default: ${local}`);
      else parts.push(`${this.source.slice(each.imported.start, each.imported.end)}: ${local}`);
    }
    if (parts.length > 0 || text === "") text += `({ ${parts.join(", ")} } = ${call});`;
    this.replace(
      node.start,
      node.end,
      text + "\n".repeat(this.source.slice(node.start, node.end).split("\n").length - 1),
    );
  }

  private declare(id: { readonly name: string }): string {
    this.names.add(id.name);
    return id.name;
  }

  /** `import("m")` and `import.meta` are those of the shell. */
  private imports(node: unknown): void {
    if (typeof node !== "object" || node === null) return;
    const { type, start, end } = node as Node;
    if (type === "ImportExpression") this.replace(start, start + "import".length, `${FRAME}.import`);
    else if (type === "MetaProperty" && this.source.startsWith("import", start))
      this.replace(start, end, `${FRAME}.meta`);
    for (const part of Object.values(node)) this.imports(part);
  }
}

/** The variables that a pattern binds. */
function* boundBy(node: AnyNode | null): Generator<string> {
  switch (node?.type) {
    case "Identifier":
      return yield node.name;
    case "ObjectPattern":
      for (const each of node.properties) yield* boundBy(each.type === "Property" ? each.value : each);
      return;
    case "ArrayPattern":
      for (const each of node.elements) yield* boundBy(each);
      return;
    case "AssignmentPattern":
      return yield* boundBy(node.left);
    case "RestElement":
      return yield* boundBy(node.argument);
  }
}
