import * as path from "node:path";

import ts from "typescript";

/**
 * Looks for faults in the types of the package itself and of its user's program, and compiles the program. What the SDKs
 * declare is theirs.
 *
 * @param program - The program's file, in a folder of its own.
 * @param installed - Folder of the package.
 * @param declarations - The package's `.d.ts` files, also those that the program does not need.
 */
export function faultsInTypes(
  program: string,
  installed: string,
  declarations: readonly string[],
  compiler: ts.CompilerOptions,
): string[] {
  const compilation = ts.createProgram([program, ...declarations.map(name => path.join(installed, name))], {
    ...compiler,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: false,
    types: [],
  });
  const looked = compilation
    .getSourceFiles()
    .filter(({ fileName }) => fileName === program || fileName.startsWith(`${installed}/`));
  // Were the program's import of the package resolved to anything else, that would be looked at, too.
  expect(looked.map(({ fileName }) => path.relative(installed, fileName)).sort()).toEqual(
    [path.relative(installed, program), ...declarations].sort(),
  );
  const faults = [
    ...compilation.getOptionsDiagnostics(),
    ...compilation.getGlobalDiagnostics(),
    ...looked.flatMap(file => [
      ...compilation.getSyntacticDiagnostics(file),
      ...compilation.getSemanticDiagnostics(file),
    ]),
  ];
  compilation.emit(compilation.getSourceFile(program));
  return faults.map(fault => ts.flattenDiagnosticMessageText(fault.messageText, "\n"));
}
