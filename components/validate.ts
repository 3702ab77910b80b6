import type { FirewallArgs, PoolArgs, SshArgs, SwarmClusterArgs, SwarmOptions, Timeouts } from "./args";
import type { Fault } from "./faults";
import { isNetworkAddress, isWorld, overlap, parseCidr } from "./network/cidr";
import { covers, guardedPorts, inboundRules, parsePublished } from "./network/firewall-rules";
import { DEFAULT_POOLS, poolsInVpc } from "./network/ranges";
import { vpcFaults } from "./network/vpc-faults";
import { indices, MANAGERS } from "./nodes/roster";
import { DOCKER_MIRROR } from "./nodes/user-data";
import { keyFaults, plainKeys } from "./ssh/keys";

/** Swarmkit's own recommendation: https://docs.docker.com/engine/swarm/admin_guide/#add-manager-nodes-for-fault-tolerance */
const MOST_MANAGERS = 7;
/** A label of a hostname, short enough for "NAME-POOL-INDEX-REVISION" and Pulumi's suffix to stay below 63. */
const HOSTNAME_LABEL = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;
const REVISION = /^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/;
const TAG = /^[a-zA-Z0-9_:-]{1,255}$/;
/** It becomes a line of apt's sources. */
const MIRROR = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(\/[\w.~-]+)*$/i;
/** DigitalOcean's limits: https://docs.digitalocean.com/products/networking/firewalls/details/limits/ */
const MOST_RULES = 50;
const MOST_SOURCES = 1000;
const MOST_TAGS = 5;

/** Every fault in the arguments of a `SwarmCluster` named `name`; empty when they are sound. */
export function validate(name: string, args: SwarmClusterArgs): Fault[] {
  const faults: Fault[] = [];
  const fault = (path: string, reason: string) => void faults.push({ path, reason });
  if (!HOSTNAME_LABEL.test(name)) fault("name", `"${name}" cannot start a hostname: ${HOSTNAME_RULE}`);
  if (!args.region) fault("region", "is missing; name a region such as `fra1`");
  validateManagers(args, fault);
  for (const [pool, poolArgs] of Object.entries(args.workers ?? {})) {
    const path = `workers.${pool}`;
    if (!HOSTNAME_LABEL.test(pool)) fault(path, `"${pool}" cannot be part of a hostname: ${HOSTNAME_RULE}`);
    if (pool === MANAGERS) fault(path, `"${MANAGERS}" is the managers' own pool; choose another name`);
    validatePool(path, poolArgs, fault);
  }
  validateFirewall(args.firewall, args.swarm, fault);
  validateSwarm(args.swarm ?? {}, fault);
  faults.push(...vpcFaults(args.vpc ?? {}), ...poolsInVpc(args.swarm?.addressPools, args.vpc?.range));
  validateTimeouts(args.timeouts ?? {}, fault);
  validateSsh(args.ssh ?? {}, fault);
  faults.push(...keyFaults(plainKeys(args.ssh)));
  const tags = args.tags ?? [];
  if (tags.length > MOST_TAGS - 1)
    fault("tags", `has ${tags.length} tags; a firewall takes ${MOST_TAGS}, one of them the cluster's own`);
  tags.forEach((tag, i) => {
    if (!TAG.test(tag))
      fault(`tags[${i}]`, `"${tag}" is not a tag: letters, digits, _, : and -, at most 255`);
  });
  integer("dockerApi.renewal", args.dockerApi?.renewal, 0, 1e9, fault);
  if (args.securityUpdates !== undefined && !["image", "on", "off"].includes(args.securityUpdates)) {
    fault("securityUpdates", `"${args.securityUpdates}" is none of \`image\`, \`on\`, \`off\``);
  }
  if (args.dockerVersion !== undefined && !/^(any|distribution|\d+\.\d+\.\d+)$/.test(args.dockerVersion)) {
    fault(
      "dockerVersion",
      `"${args.dockerVersion}" is none of \`any\`, \`distribution\` or a version such as \`28.5.1\``,
    );
  }
  if (args.dockerMirror !== undefined && !MIRROR.test(args.dockerMirror)) {
    fault(
      "dockerMirror",
      `"${args.dockerMirror}" is not the address of a mirror of \`${DOCKER_MIRROR}\`: http or https, without credentials and without a slash at the end`,
    );
  }
  return faults;
}

type Report = (path: string, reason: string) => void;
const HOSTNAME_RULE = "lower case letters, digits and hyphens, starting with a letter, at most 20";

function validateManagers(args: SwarmClusterArgs, fault: Report): void {
  const { count, allowEvenCount } = args.managers;
  validatePool("managers", args.managers, fault);
  if (count === 0) fault("managers.count", "is 0; a swarm needs a manager: 1, 3, 5 or 7");
  if (count > MOST_MANAGERS) {
    fault(
      "managers.count",
      `is ${count}; more than ${MOST_MANAGERS} managers make every change slower and tolerate no more. Add workers instead`,
    );
  }
  if (count > 0 && count % 2 === 0 && !allowEvenCount) {
    fault(
      "managers.count",
      `is ${count}, an even number: it survives the loss of ${count / 2 - 1}, as ${count - 1} managers do, and one more can fail. Choose ${count - 1} or ${count + 1}, or set \`allowEvenCount\``,
    );
  }
}

function validatePool(path: string, pool: PoolArgs, fault: Report): void {
  if (!Number.isInteger(pool.count) || pool.count < 0)
    fault(`${path}.count`, `is ${pool.count}; it takes a whole number from 0 up`);
  pool.skip?.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0)
      fault(`${path}.skip[${i}]`, `is ${index}; it takes a node's number, from 0 up`);
  });
  validateNode(path, pool, fault);
  for (const [index, node] of Object.entries(pool.nodes ?? {})) {
    if (!/^\d+$/.test(index))
      fault(`${path}.nodes.${index}`, `"${index}" is not a node's number; use "0" for the first`);
    else if (pool.count < 10_000 && !indices(pool.count, pool.skip).includes(Number(index))) {
      fault(`${path}.nodes.${index}`, "there is no such node in the pool");
    }
    validateNode(`${path}.nodes.${index}`, node, fault);
  }
}

function validateNode(path: string, node: Omit<PoolArgs, "count">, fault: Report): void {
  if (node.revision !== undefined && !REVISION.test(String(node.revision))) {
    fault(
      `${path}.revision`,
      `"${node.revision}" cannot be part of a hostname: lower case letters, digits and hyphens, at most 12`,
    );
  }
  if (node.availability !== undefined && !["active", "pause", "drain"].includes(node.availability)) {
    fault(`${path}.availability`, `"${node.availability}" is none of \`active\`, \`pause\`, \`drain\``);
  }
  for (const key of Object.keys(node.labels ?? {})) {
    if (!/^[a-zA-Z0-9]([a-zA-Z0-9._/-]*[a-zA-Z0-9])?$/.test(key)) {
      fault(`${path}.labels`, `"${key}" is not a label's key: letters, digits, ".", "_", "/" and "-"`);
    }
    if (key.startsWith("digitalocean-swarm."))
      fault(`${path}.labels`, `"${key}" is the program's own: choose another name`);
    if (/\p{Cc}/u.test(node.labels?.[key] ?? ""))
      fault(`${path}.labels.${key}`, "has a line break or another control character");
  }
}

function validateFirewall(firewall: FirewallArgs, swarm: SwarmOptions | undefined, fault: Report): void {
  const lists = { sshFrom: firewall.sshFrom, dockerApiFrom: firewall.dockerApiFrom ?? [] };
  if (firewall.sshFrom.length === 0) {
    fault(
      "firewall.sshFrom",
      "is empty: this program reaches the nodes by SSH; allow your own address, e.g. `203.0.113.7/32`",
    );
  }
  for (const [key, ranges] of Object.entries(lists)) {
    ranges.forEach((range, i) => {
      if (!parseCidr(range))
        fault(`firewall.${key}[${i}]`, `"${range}" is not a CIDR range such as \`203.0.113.7/32\``);
    });
    if (ranges.length > MOST_SOURCES)
      fault(`firewall.${key}`, `has ${ranges.length} ranges; a rule takes ${MOST_SOURCES}`);
  }
  if (lists.dockerApiFrom.some(isWorld) && !firewall.allowWorldDockerApi) {
    fault(
      "firewall.dockerApiFrom",
      "opens the Docker API (2376) to the world: whoever gets in is root on every node. Name the addresses that need it",
    );
  }
  firewall.publish?.forEach((text, i) => {
    const path = `firewall.publish[${i}]`;
    const published = parsePublished(text);
    if (!published) {
      fault(path, `"${text}" is not a port such as \`80/tcp\`, \`443\` or \`8000-8100/udp\``);
      return;
    }
    for (const guarded of guardedPorts(swarm)) {
      if (covers(published, guarded)) fault(path, `"${text}" opens ${guarded.what} to the world`);
    }
  });
  const rules = inboundRules(firewall, swarm).length;
  if (rules > MOST_RULES)
    fault(
      "firewall.publish",
      `makes ${rules} rules; a firewall takes ${MOST_RULES}. Join neighbouring ports to ranges`,
    );
}

function validateSsh({ publicKey, privateKey, existingKey }: SshArgs, fault: Report): void {
  const others = [publicKey, existingKey].filter(key => key !== undefined).length;
  if (others === (privateKey === undefined ? 0 : 1)) return;
  fault(
    "ssh",
    "takes `privateKey` with `publicKey`, or `privateKey` with `existingKey`, or none of them for a generated pair",
  );
}

function validateSwarm(swarm: SwarmOptions, fault: Report): void {
  port("swarm.listenPort", swarm.listenPort, 1024, 65535, fault);
  port("swarm.dataPathPort", swarm.dataPathPort, 1024, 49151, fault);
  integer("swarm.addressPoolSize", swarm.addressPoolSize, 8, 29, fault);
  for (const key of [
    "workerTokenRotation",
    "managerTokenRotation",
    "caRotation",
    "unlockKeyRotation",
    "generation",
  ] as const)
    integer(`swarm.${key}`, swarm[key], 0, 1e9, fault);
  if (swarm.reconcile !== undefined && !/^[\w.:-]{1,64}$/.test(String(swarm.reconcile)))
    fault(
      "swarm.reconcile",
      `"${swarm.reconcile}" is not a word of letters, digits, ".", "_", ":" and "-", at most 64`,
    );
  integer("swarm.certificateDays", swarm.certificateDays, 1, 3650, fault);
  if (swarm.unlockKeyRotation && !swarm.autolock)
    fault("swarm.unlockKeyRotation", "there is no unlock key without `autolock`");
  swarm.externalCas?.forEach((url, i) => {
    if (!/^https:\/\/[^\s,"]+$/.test(url))
      fault(`swarm.externalCas[${i}]`, `"${url}" is not the https URL of a CFSSL endpoint`);
  });
  if (swarm.encryptedOverlays) {
    fault(
      "swarm.encryptedOverlays",
      "cannot be: encrypted overlay networks use ESP (IP protocol 50), which a DigitalOcean firewall cannot allow, so nothing would pass between nodes. The VPC is private to your account; encrypt in the application (TLS) what must not be readable there. See docs/security.md",
    );
  }
  const pools = (swarm.addressPools ?? DEFAULT_POOLS).map(text => ({ text, range: parseCidr(text) }));
  if (pools.length === 0) fault("swarm.addressPools", "is empty; leave it out for the default");
  pools.forEach(({ text, range }, i) => {
    const path = `swarm.addressPools[${i}]`;
    if (range?.address.kind() !== "ipv4") {
      fault(path, `"${text}" is not an IPv4 CIDR range such as \`${DEFAULT_POOLS[0]}\``);
      return;
    }
    if (!isNetworkAddress(range)) fault(path, `${text} has host bits set; write the network's own address`);
    if (range.prefix > (swarm.addressPoolSize ?? 24))
      fault(path, `${text} is smaller than one overlay network (/${swarm.addressPoolSize ?? 24})`);
    pools.slice(0, i).forEach(other => {
      if (other.range && overlap(other.range, range)) fault(path, `${text} overlaps ${other.text}`);
    });
  });
}

function validateTimeouts(timeouts: Timeouts, fault: Report): void {
  for (const [key, seconds] of Object.entries(timeouts) as [string, number][])
    integer(`timeouts.${key}`, seconds, 1, 3600, fault);
}

function port(path: string, value: number | undefined, least: number, most: number, fault: Report): void {
  integer(path, value, least, most, fault);
  if (value === 7946 || value === 22 || value === 2376)
    fault(path, `is ${value}, which is in use on every node`);
}

function integer(path: string, value: number | undefined, least: number, most: number, fault: Report): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  fault(path, `is ${value}; it takes a whole number from ${least} to ${most}`);
}
