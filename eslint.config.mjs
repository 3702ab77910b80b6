import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import importSort from "eslint-plugin-simple-import-sort";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      ".lab",
      ".demo",
      ".e2e",
      ".rehearsal",
      ".bench",
      ".nodes",
      "coverage",
      "dist",
      "template",
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "simple-import-sort": importSort },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // One dialect in the whole repository.
      "@typescript-eslint/explicit-member-accessibility": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "no-duplicate-imports": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "PrivateIdentifier", message: "Write `private name` instead of `#name`." },
        {
          selector: 'ImportDeclaration[source.value="node:path"] > :not(ImportNamespaceSpecifier, Literal)',
          message: 'Write `import * as path from "node:path"`.',
        },
      ],
      "simple-import-sort/imports": [
        "error",
        { groups: [["^\\u0000"], ["^node:"], ["^@?\\w"], ["^\\.\\.", "^\\."]] },
      ],
    },
  },
  {
    files: ["lab/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["**/components/*", "**/rehearsal/*", "**/drivers/*", "**/tests/*"] },
      ],
    },
  },
  {
    files: ["components/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/lab/*"] }] },
  },
  {
    files: ["rehearsal/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/drivers/*", "**/tests/*"] }] },
  },
  {
    files: ["bench/**/*.ts", "demo/**/*.ts", "tests/e2e/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/rehearsal/*"] }] },
  },
  // An example's own tsconfig.json is its user's, who has the package installed; `tsc` checks it with the rest.
  { files: ["**/*.mjs", "examples/**/*.ts"], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
