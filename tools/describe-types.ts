/** The reference of the package, made of the docstrings of its types. */
import * as path from "node:path";

import ts from "typescript";

const ROOT = path.resolve(__dirname, "..");
const COMPONENTS = path.join(ROOT, "components");

/** A chapter: the types that it begins with. What they are made of follows each. */
interface Chapter {
  readonly title: string;
  readonly types: readonly string[];
}
const CHAPTERS: readonly Chapter[] = [
  { title: "Arguments of a cluster", types: ["SwarmClusterArgs"] },
  { title: "Outputs of a cluster", types: ["SwarmCluster"] },
  { title: "A cluster in another stack", types: ["clusterFromStack", "ClusterOutputs"] },
  { title: "A swarm of hosts of your own", types: ["Swarm", "SwarmArgs"] },
  { title: "Errors", types: ["InvalidArgsError", "UserError"] },
];

const HEAD = `# Reference

Every argument and output of the package, as its types say it: \`npm run reference\` makes this page. In a stack's
configuration the arguments of a cluster are keys, \`digitalocean-swarm:region\`. \`Input\` is a value, or an output of
another resource.
`;

/** The page, in Markdown. */
export function reference(): string {
  const entry = path.join(COMPONENTS, "index.ts");
  const config = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), file => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [entry] }, ts.sys, ROOT);
  const checker = ts.createProgram([entry], options);
  return new Page(checker, entry).text();
}

/** What is said of a declaration. */
interface Doc {
  readonly text: string;
  readonly byDefault?: string;
  readonly example?: string;
  readonly throws?: string;
}

class Page {
  private readonly checker: ts.TypeChecker;
  private readonly exported: ReadonlyMap<string, ts.Symbol>;
  private readonly described = new Set<string>();
  private readonly sections: string[] = [];

  public constructor(program: ts.Program, entry: string) {
    this.checker = program.getTypeChecker();
    const module = this.checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.Node);
    if (!module) throw new Error(`${entry} exports nothing`);
    this.exported = new Map(
      this.checker.getExportsOfModule(module).map(symbol => [symbol.name, this.original(symbol)]),
    );
  }

  public text(): string {
    for (const { title, types } of CHAPTERS) {
      this.sections.push(`## ${title}\n`);
      for (const type of types) this.describe(type);
    }
    return [HEAD, ...this.sections].join("\n");
  }

  /** Adds a type, and what it is made of and was not described yet. */
  private describe(name: string): void {
    const symbol = this.exported.get(name);
    const declaration = symbol?.declarations?.[0];
    if (!symbol || !declaration || this.described.has(name) || isChoice(symbol)) return;
    this.described.add(name);
    const { text, example, throws } = this.docOf(symbol);
    const lines = [`### ${name}\n`, text, ""];
    if (throws) lines.push(`It throws: ${throws}`, "");
    if (example) lines.push("```ts", example, "```", "");
    const parents = this.linked(heritageOf(declaration));
    if (parents.length > 0) lines.push(`It has what ${parents.map(link).join(" and ")} has, and:`, "");
    const named = new Set(parents);
    for (const node of membersOf(declaration)) {
      const property = this.checker.getSymbolAtLocation(node.name);
      if (!property) continue;
      const type = this.typeText(node);
      const { text: words, byDefault } = this.docOf(property);
      const more = this.linked(type);
      const facts = [`\`${type}\``];
      if (byDefault) facts.push(`default ${byDefault}`);
      else if (node.questionToken) facts.push("optional");
      const said = [words, more.length > 0 ? `See ${more.map(link).join(", ")}.` : ""].filter(Boolean);
      const line = `- **\`${property.name}\`** (${facts.join(", ")})`;
      lines.push(
        [line, ...said].join(said.length > 0 ? ": " : "").replace(/: See/, words ? " See" : ": see"),
      );
      for (const word of more) named.add(word);
    }
    this.sections.push(`${lines.join("\n").trimEnd()}\n`);
    for (const other of named) this.describe(other);
  }

  /** Types of the package that are named in another's text. */
  private linked(text: string): string[] {
    const names = [...text.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);
    return [...new Set(names)].filter(name => {
      const symbol = this.exported.get(name);
      return symbol !== undefined && !isChoice(symbol);
    });
  }

  /** A property's type as people write it, choices spelt out. */
  private typeText(node: Member): string {
    return (node.type?.getText() ?? this.checker.typeToString(this.checker.getTypeAtLocation(node)))
      .replace(/\/\*\*[^]*?\*\//g, "")
      .replace(/\s+/g, " ")
      .replaceAll("pulumi.", "")
      .replaceAll("readonly ", "")
      .replace(/Input<Input<([^<>]+)>\[\]>/g, "Input<$1[]>")
      .replace(/\b[A-Z]\w+\b/g, name => this.choices(name) ?? name);
  }

  /** The words that an enumeration has: `"active" | "pause"`. */
  private choices(name: string): string | undefined {
    const symbol = this.exported.get(name);
    if (!symbol || !isChoice(symbol)) return undefined;
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    const words = type.isUnion() ? type.types : [type];
    return words.map(word => this.checker.typeToString(word)).join(" | ");
  }

  private docOf(symbol: ts.Symbol): Doc {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    const tags = new Map(
      symbol
        .getJsDocTags(this.checker)
        .map(({ name, text: parts }) => [name, ts.displayPartsToString(parts)]),
    );
    // What comes on the lines after a default is about the whole again.
    const [byDefault, ...more] = (tags.get("default") ?? "").split("\n");
    return {
      text: plain([text, ...more].join(" ")),
      ...(byDefault ? { byDefault: quoted(byDefault.trim()) } : {}),
      example: tags.get("example")?.trim(),
      throws: tags.has("throws") ? plain(tags.get("throws") ?? "") : undefined,
    };
  }

  /** What an export stands for. */
  private original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

type Member = (ts.PropertyDeclaration | ts.PropertySignature) & { readonly name: ts.PropertyName };

/** Of a class its public properties, of an interface all of its own. */
function membersOf(declaration: ts.Declaration): Member[] {
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) return [];
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return [...declaration.members].filter(
    (node): node is Member =>
      (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) &&
      !(ts.getCombinedModifierFlags(node) & hidden),
  );
}

/** What an interface extends, as it is written. */
function heritageOf(declaration: ts.Declaration): string {
  if (!ts.isInterfaceDeclaration(declaration)) return "";
  return (declaration.heritageClauses ?? []).map(clause => clause.getText()).join(" ");
}

function isChoice(symbol: ts.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.TypeAlias) !== 0;
}

/** Paragraphs stay, lines do not. */
function plain(text: string): string {
  return text
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.replace(/\s+/g, " ").trim())
    .filter(paragraph => paragraph !== "")
    .join("\n\n");
}

/** A value as code, words as they are. */
function quoted(text: string): string {
  return text.replace(/^("[^"]*"|\[[^\]]*\]|\{[^}]*\}|\d+|true|false)(?=\s|$)/, "`$1`");
}

function link(type: string): string {
  return `[${type}](#${type.toLowerCase()})`;
}
