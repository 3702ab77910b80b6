/**
 * What every cluster gives out, in alphabetical order. Other stacks read these by name (StackReference), and other languages
 * too: a renamed or removed one breaks them.
 */
export const OUTPUTS: readonly string[] = [
  "clusterId",
  "controlEndpoint",
  "dockerHost",
  "firewallId",
  "managerToken",
  "managers",
  "sshHostKey",
  "sshPort",
  "sshPrivateKey",
  "sshUser",
  "tag",
  "vpcId",
  "vpcRange",
  "workerToken",
  "workers",
];
