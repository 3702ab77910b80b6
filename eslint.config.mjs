import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
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
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["lab/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/components/*"] }] },
  },
  {
    files: ["components/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/lab/*"] }] },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
