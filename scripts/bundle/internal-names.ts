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
  return (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

/**
 * The same for OTP: what its classes and interfaces declare that src/otp/index.ts does not export, and what is private in those that it does. Nothing that
 * stands in an object literal, in a type literal or in a string, that a public declaration has as well, or that the kernel is known by.
 */
export function internalNamesOfOtp(): string[] {
  const files = readdirSync("src/otp").map((name) => parse(`otp/${name}`));
  const index = files.find(({ fileName }) => fileName === "otp/index.ts") as ts.SourceFile;
  const exported = new Set<string>();
  visit(index, (node) => {
    if (ts.isExportSpecifier(node)) exported.add((node.propertyName ?? node.name).text);
  });
  const declared = new Set<string>();
  const kept = new Set(["return", "throw", "next", "then"]);
  // Whatever the kernel's users see has its name there, too.
  for (const file of ["types.ts", "kernel.ts", "report.ts", "pattern.ts", "errors.ts", "ref.ts", "body.ts"].map(
    parse,
  )) {
    visit(file, (node) => {
      if (isNamed(node) && !isPrivate(node)) kept.add(node.name.getText());
    });
  }
  for (const file of files) {
    visit(file, (node) => {
      if (ts.isStringLiteralLike(node)) kept.add(node.text);
      else if (isNamed(node)) {
        const { parent } = node;
        const isOwn =
          (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) &&
          (isPrivate(node) || !exported.has(parent.name?.text ?? ""));
        (isOwn ? declared : kept).add(node.name.getText());
      }
    });
  }
  return [...declared].filter((name) => /^\w+$/.test(name) && !kept.has(name));
}
