import type { Plugin } from "esbuild";
import ts from "typescript";

/** Puts the doc comments of the API into src/shell/docs.ts, for `h` in the shell. */
export const shellDocs: Plugin = {
  name: "shell-docs",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]shell[\\/]docs\.ts$/ }, () => ({
      contents: `export const docs = ${JSON.stringify(docsOf())};`,
      loader: "ts",
    }));
  },
};

interface Doc {
  readonly signatures: readonly string[];
  readonly text: string;
}

function docsOf(): Record<string, Doc> {
  const config = ts.getParsedCommandLineOfConfigFile("tsconfig.json", {}, ts.sys as never) as ts.ParsedCommandLine;
  const program = ts.createProgram(["src/index.ts", "src/shell/helpers.ts"], config.options);
  const checker = program.getTypeChecker();
  const file = (name: string) => program.getSourceFile(name) as ts.SourceFile;
  const docs: Record<string, Doc> = {};

  for (const symbol of checker.getExportsOfModule(symbolOf(file("src/index.ts")))) {
    const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if ((meant.flags & ts.SymbolFlags.Value) === 0) continue;
    add(symbol.name, meant);
    // Of GenServer, Supervisor, P …: what is in them.
    const type = checker.getTypeOfSymbol(meant);
    if (type.getCallSignatures().length > 0 || meant.flags & ts.SymbolFlags.Class) continue;
    for (const member of checker.getPropertiesOfType(type)) {
      if (/^[a-z_]\w*$/i.test(member.name)) add(`${symbol.name}.${member.name}`, member);
    }
  }
  const helpers = file("src/shell/helpers.ts").statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === "ShellFunctions",
  ) as ts.InterfaceDeclaration;
  for (const member of checker.getPropertiesOfType(checker.getTypeAtLocation(helpers))) add(member.name, member);
  return docs;

  function symbolOf(node: ts.SourceFile): ts.Symbol {
    return checker.getSymbolAtLocation(node) as ts.Symbol;
  }

  function add(name: string, symbol: ts.Symbol): void {
    const { valueDeclaration } = symbol;
    const type = checker.getTypeOfSymbol(symbol);
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
    const found = isClass ? type.getConstructSignatures() : type.getCallSignatures();
    const short = name.slice(name.lastIndexOf(".") + 1);
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;
    const signatures = found.map((signature) => {
      const text = checker.signatureToString(
        signature,
        valueDeclaration,
        flags & ~ts.TypeFormatFlags.WriteArrowStyleSignature,
      );
      return `${isClass ? "new " : ""}${short}${text}`.replaceAll(
        /\btypeof import\("[^"]*"\)\.|import\("[^"]*"\)\./g,
        "",
      );
    });
    const texts = [
      symbol.getDocumentationComment(checker),
      ...found.map((each) => each.getDocumentationComment(checker)),
    ];
    const text = texts.map((parts) => ts.displayPartsToString(parts).trim()).filter((each) => each !== "");
    docs[name] = { signatures: [...new Set(signatures)], text: [...new Set(text)].join("\n\n") };
  }
}
