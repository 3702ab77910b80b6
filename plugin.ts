/**
 * What Pulumi shows other languages: `PulumiPlugin.yaml` makes a component provider of this folder, which loads the `main`
 * of `package.json`. Users of Node.js get the compiled package by its `exports`. `Swarm` is for programs in TypeScript only:
 * its arguments are resources.
 */
export { SwarmCluster } from "./components/swarm-cluster";
