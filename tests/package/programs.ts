import ts from "typescript";

const CLUSTER = `{
  region: "fra1",
  managers: { count: 3 },
  workers: { web: { count: 2, labels: { tier: "web" } } },
  firewall: { sshFrom: ["192.0.2.7/32"] },
}`;
const TYPED = `
import * as pulumi from "@pulumi/pulumi";
import {
  clusterFromStack, InvalidArgsError, Swarm, SwarmCluster, type SwarmArgs, type SwarmClusterArgs,
} from "digitalocean-swarm";

const args: SwarmClusterArgs = ${CLUSTER};
const cluster = new SwarmCluster("demo", args);
export const clusterId: pulumi.Output<string> = cluster.clusterId;
export const nodeIds: pulumi.Output<string[]> = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
export const swarmOf = (swarm: SwarmArgs): pulumi.Output<string> => new Swarm("rack", swarm).clusterId;
export const keyOf = (stack: pulumi.StackReference): pulumi.Output<string | undefined> =>
  clusterFromStack(stack).dockerApi.apply(api => api?.key);
export const portOf = (stack: pulumi.StackReference): pulumi.Output<number> => clusterFromStack(stack).sshPort;
export const faultsOf = (error: InvalidArgsError): string => error.faults.map(({ path }) => path).join();
// @ts-expect-error A count is a number: the types of the package are no \`any\`.
export const wrong: SwarmClusterArgs = { ...args, managers: { count: "three" } };
`;

/** A user's program. */
export interface Project {
  readonly type: "commonjs" | "module";
  readonly file: string;
  readonly program: string;
  /** Of what a `tsconfig.json` says; none for JavaScript. */
  readonly compiler?: ts.CompilerOptions;
}

const { ModuleKind, ModuleResolutionKind } = ts;
/** What people write their programs in. */
export const PROJECTS: Readonly<Record<string, Project>> = {
  "JavaScript, CommonJS": {
    type: "commonjs",
    file: "index.js",
    program: `
const { SwarmCluster } = require("digitalocean-swarm");
const cluster = new SwarmCluster("demo", ${CLUSTER});
exports.clusterId = cluster.clusterId;
exports.nodeIds = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
`,
  },
  "JavaScript, ES module": {
    type: "module",
    file: "index.js",
    program: `
import { InvalidArgsError, Swarm, SwarmCluster } from "digitalocean-swarm";
if (!(Swarm && InvalidArgsError)) throw new Error("an export is missing");
const cluster = new SwarmCluster("demo", ${CLUSTER});
export const clusterId = cluster.clusterId;
export const nodeIds = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
`,
  },
  "TypeScript, CommonJS": {
    type: "commonjs",
    file: "index.ts",
    program: TYPED,
    compiler: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  },
  "TypeScript, CommonJS as in Pulumi's templates": {
    type: "commonjs",
    file: "index.ts",
    program: TYPED,
    // Named `node` in the template; it does not know `exports`.
    compiler: {
      module: ModuleKind.CommonJS,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- People's projects have it.
      moduleResolution: ModuleResolutionKind.Node10,
      ignoreDeprecations: "6.0",
    },
  },
  "TypeScript, ES module": {
    type: "module",
    file: "index.ts",
    program: TYPED,
    compiler: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  },
};
