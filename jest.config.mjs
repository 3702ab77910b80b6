import process from "node:process";

// `npm run test:nodes` tries another SDK of Pulumi than the one that is installed.
const { PULUMI_SDK: sdk } = process.env;
const typescript = ["ts-jest", { diagnostics: false }];

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // For what hangs: how long a test takes is the machine's business.
  testTimeout: 120_000,
  moduleNameMapper: {
    // As in tsconfig.json.
    "^digitalocean-swarm$": "<rootDir>/components/index.ts",
    ...(sdk ? { "^@pulumi/pulumi$": sdk, "^@pulumi/pulumi/(.*)$": `${sdk}/$1` } : {}),
  },
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/"],
  // TypeBox is published as ES modules only, which Jest's own loader does not take under Node 20.
  transformIgnorePatterns: ["/node_modules/(?!typebox/)"],
  transform: {
    "^.+\\.ts$": typescript,
    "/node_modules/typebox/.+\\.mjs$": [
      "ts-jest",
      {
        diagnostics: false,
        tsconfig: { allowJs: true, isolatedModules: true, module: "commonjs", target: "es2022" },
      },
    ],
  },
};
