import { readdirSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import ts from "typescript";

/** What iterators and promises are known by. */
const ITERATORS = ["return", "throw", "next", "then", "done"];
/** What tests and the package's tools look at in the bundle. */
const SHOWN = [
  "check",
  "core",
  "counted",
  "defers",
  "main",
  "own",
  "site",
  "spawned",
  "table",
  "values",
  "watchers",
  "slot",
  "generation",
  "to",
];

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile("tsconfig.json", ts.sys.readFile).config,
  ts.sys,
  process.cwd(),
);
const program = ts.createProgram(["src/kernel.ts", "src/index.ts"], options);
const checker = program.getTypeChecker();

/** What src/kernel.ts exports, but for types. */
export function exportedNames(): string[] {
  const kernel = checker.getSymbolAtLocation(parse("kernel.ts")) as ts.Symbol;
  return checker
    .getExportsOfModule(kernel)
    .filter(({ declarations }) => !declarations?.some(ts.isTypeOnlyExportDeclaration))
    .map(({ name }) => name);
}

/**
 * The properties that only src/ knows: in the bundle they may have any name. All that its classes and interfaces declare, but for what
 *
 * - stands in a file that src/kernel.ts exports from, and is not private there: users see it;
 * - stands in src/host.ts: the host has named it;
 * - src/ uses of an object of the host's, too;
 * - some string says: it may be looked up by that.
 */
export function internalNames(): string[] {
  const declared = new Set<string>();
  const kept = new Set([...ITERATORS, ...SHOWN]);
  const files = readdirSync("src")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => parse(name));
  const index = files.find((file) => nameOf(file) === "kernel.ts") as ts.SourceFile;
  const seen = new Set(["index.ts", "kernel.ts", "host.ts", ...exporters(index)]);
  for (const file of files) {
    const isSeen = seen.has(nameOf(file));
    visit(file, (node) => {
      if (isForeign(node, "src")) kept.add(node.getText());
      if (ts.isStringLiteralLike(node)) kept.add(node.text);
      else if (isSeen && isNamed(node) && !isPrivate(node)) kept.add(node.name.getText());
      else if (isNamed(node) && !ts.isObjectLiteralExpression(node.parent)) declared.add(node.name.getText());
    });
  }
  return [...declared].filter((name) => /^\w+$/.test(name) && !kept.has(name));
}

function parse(name: string): ts.SourceFile {
  const file = program.getSourceFile(`src/${name}`);
  if (file === undefined) throw new Error(`src/${name} is in no bundle`);
  return file;
}

function nameOf(file: ts.SourceFile): string {
  return relative("src", file.fileName);
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

/** The name of a property that something outside of `folder` has declared, or that nothing is known of. */
function isForeign(node: ts.Node, folder: string): boolean {
  const { parent } = node;
  if (!ts.isIdentifier(node)) return false;
  let property: ts.Symbol | undefined;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) property = checker.getSymbolAtLocation(node);
  else if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent)) {
    if (node !== (parent.propertyName ?? parent.name) || parent.dotDotDotToken !== undefined) return false;
    property = checker.getTypeAtLocation(parent.parent).getProperty(node.text);
  } else if (ts.isObjectLiteralElement(parent) && ts.isObjectLiteralExpression(parent.parent) && parent.name === node) {
    property = checker.getContextualType(parent.parent)?.getProperty(node.text);
    // What is made for nobody in particular is looked at by its own name.
    if (property === undefined) return false;
  } else return false;
  const home = resolve(folder) + sep;
  return !property?.declarations?.every((declaration) => declaration.getSourceFile().fileName.startsWith(home));
}

function isPrivate(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

/**
 * The same for OTP: what its classes and interfaces declare that src/otp/index.ts does not export, and what is private in those that it does. Nothing that
 * stands in an object literal made for anybody, in a type literal or in a string, that a public declaration has as well, or that the kernel is known by.
 */
export function internalNamesOfOtp(): string[] {
  const files = readdirSync("src/otp").map((name) => parse(`otp/${name}`));
  const index = files.find((file) => nameOf(file) === "otp/index.ts") as ts.SourceFile;
  const exported = new Set<string>();
  visit(index, (node) => {
    if (ts.isExportSpecifier(node)) exported.add((node.propertyName ?? node.name).text);
  });
  const declared = new Set<string>();
  const kept = new Set(ITERATORS);
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
      if (isForeign(node, "src/otp")) kept.add(node.getText());
      if (ts.isStringLiteralLike(node)) kept.add(node.text);
      else if (isNamed(node)) {
        const name = node.name.getText();
        // In an object literal, if it was made for a type of which the same holds.
        const declarations = ts.isObjectLiteralExpression(node.parent)
          ? (checker.getContextualType(node.parent)?.getProperty(name)?.declarations ?? [node])
          : [node];
        const isOwn = declarations.every(
          (each) =>
            (ts.isClassLike(each.parent) || ts.isInterfaceDeclaration(each.parent)) &&
            (isPrivate(each) || !exported.has(each.parent.name?.text ?? "")),
        );
        (isOwn ? declared : kept).add(name);
      }
    });
  }
  return [...declared].filter((name) => /^\w+$/.test(name) && !kept.has(name));
}
