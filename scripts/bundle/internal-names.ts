import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** Those of iterators that terser does not know of; and what tests look at in the bundle. */
const KEPT = ["return", "throw", "check", "core", "main", "table", "values"];

/**
 * The properties that only src/ knows: in the bundle they may have any name. All that its classes and interfaces declare, but for what
 *
 * - stands in a file that src/kernel.ts exports from, and is not private there: users see it;
 * - stands in src/host.ts: the host has named it;
 * - some string says: it may be looked up by that.
 *
 * What the objects of the hosts call their properties terser knows, and leaves alone.
 */
export function internalNames(): string[] {
  const declared = new Set<string>();
  const kept = new Set(KEPT);
  const files = readdirSync("src")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => parse(name));
  const index = files.find(({ fileName }) => fileName === "kernel.ts") as ts.SourceFile;
  const seen = new Set(["index.ts", "kernel.ts", "host.ts", ...exporters(index)]);
  for (const file of files) {
    const isSeen = seen.has(file.fileName);
    visit(file, (node) => {
      if (ts.isStringLiteralLike(node)) kept.add(node.text);
      else if (isSeen && isNamed(node) && !isPrivate(node)) kept.add(node.name.getText());
      else if (isNamed(node) && !ts.isObjectLiteralExpression(node.parent)) declared.add(node.name.getText());
    });
  }
  return [...declared].filter((name) => /^\w+$/.test(name) && !kept.has(name));
}

function parse(name: string): ts.SourceFile {
  return ts.createSourceFile(name, readFileSync(`src/${name}`, "utf8"), ts.ScriptTarget.Latest, true);
}

/** The files that `index` exports from. */
function exporters(index: ts.SourceFile): string[] {
  return index.statements.flatMap((node) =>
    ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier.text.slice("./".length)
      : [],
  );
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** A member of a class, an interface or an object. */
function isNamed(node: ts.Node): node is ts.Declaration & { name: ts.PropertyName } {
  const isMember = ts.isClassElement(node) || ts.isTypeElement(node) || ts.isObjectLiteralElement(node);
  return isMember && node.name !== undefined;
}

function isPrivate(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}
