import type * as pulumi from "@pulumi/pulumi";

import { DEFAULT_POOLS, parsePools } from "../network/address-pools";
import { DOCKER_API_PORT, GOSSIP_PORT, type SwarmPorts, swarmPorts } from "../network/ports";
import { Availability } from "../nodes/args";
import { checkLabels } from "../nodes/resolve";
import { integer, oneOf, parseWord, type Reader, type Report, textOf } from "../reader";
import type { SwarmNode } from "./args";
import { ListenAddress, NodeAddress, type SwarmOptions, type Timeouts } from "./options";

/** A swarm's options, with what they are by default. */
export interface SwarmSettings {
  readonly ports: SwarmPorts;
  readonly advertise: NodeAddress;
  readonly listen: ListenAddress;
  /** `undefined`: the advertised one. */
  readonly dataPath?: NodeAddress;
  readonly addressPools: pulumi.Input<readonly string[]>;
  readonly addressPoolSize: number;
  readonly workerTokenRotation: number;
  readonly managerTokenRotation: number;
  readonly caRotation: number;
  readonly unlockKeyRotation: number;
  readonly certificateDays: number;
  /** Empty: they are left as they are. */
  readonly externalCas: pulumi.Input<readonly string[]>;
  readonly autolock: boolean;
  /** Empty: never. */
  readonly reconcile: string;
  readonly generation: number;
  readonly timeouts: Required<Timeouts>;
}

/** What waits for a change keeps to them, whatever else is asked for. */
export const DEFAULT_TIMEOUTS: Required<Timeouts> = { ssh: 300, boot: 600, join: 300, drain: 120 };
const ANY_NUMBER = [0, 1e9] as const;

/** Reads the options of a swarm. */
export function resolveSwarm(
  reader: Reader,
  swarm: SwarmOptions = {},
  timeouts: Timeouts = {},
  sshPort = 22,
): SwarmSettings {
  const at = (key: string) => reader.at(`swarm.${key}`);
  const number = (key: NumberKey, byDefault: number, range: readonly [number, number] = ANY_NUMBER) => {
    integer(swarm[key], range, at(key));
    return swarm[key] ?? byDefault;
  };
  for (const key of ["listenPort", "dataPathPort"] as const)
    if ([sshPort, DOCKER_API_PORT, GOSSIP_PORT].includes(swarm[key] ?? NaN))
      at(key)(`is ${swarm[key]}, which is in use on every node`);
  number("listenPort", 0, [1024, 65535]);
  number("dataPathPort", 0, [1024, 49151]);
  oneOf(swarm.advertise, Object.values(NodeAddress), at("advertise"));
  oneOf(swarm.listen, Object.values(ListenAddress), at("listen"));
  oneOf(swarm.dataPath, Object.values(NodeAddress), at("dataPath"));
  const reconcile = textOf(swarm.reconcile ?? "");
  if (swarm.reconcile !== undefined && !/^[\w.:-]{1,64}$/.test(reconcile))
    at("reconcile")(`"${reconcile}" is not a word of letters, digits, ".", "_", ":" and "-", at most 64`);
  if (swarm.unlockKeyRotation && !swarm.autolock)
    at("unlockKeyRotation")("there is no unlock key without `autolock`");
  const addressPoolSize = number("addressPoolSize", 24, [8, 29]);
  return {
    ports: swarmPorts(swarm, sshPort),
    advertise: swarm.advertise ?? "private",
    listen: swarm.listen ?? "any",
    dataPath: swarm.dataPath,
    addressPoolSize,
    addressPools: reader.read(
      "swarm.addressPools",
      swarm.addressPools ?? [...DEFAULT_POOLS],
      (pools, report) => parsePools(pools, addressPoolSize, report),
    ),
    workerTokenRotation: number("workerTokenRotation", 0),
    managerTokenRotation: number("managerTokenRotation", 0),
    caRotation: number("caRotation", 0),
    unlockKeyRotation: number("unlockKeyRotation", 0),
    certificateDays: number("certificateDays", 90, [1, 3650]),
    externalCas: reader.read("swarm.externalCas", swarm.externalCas ?? [], parseCas),
    autolock: swarm.autolock ?? false,
    reconcile,
    generation: number("generation", 0),
    timeouts: resolveTimeouts(reader, timeouts),
  };
}

/** Keys that take a number. */
type NumberKey = {
  [Key in keyof SwarmOptions]-?: SwarmOptions[Key] extends number | undefined ? Key : never;
}[keyof SwarmOptions];

function resolveTimeouts(reader: Reader, timeouts: Timeouts): Required<Timeouts> {
  for (const key of ["ssh", "boot", "join", "drain"] as const)
    integer(timeouts[key], [1, 3600], reader.at(`timeouts.${key}`));
  return { ...DEFAULT_TIMEOUTS, ...timeouts };
}

function parseCas(urls: readonly string[], report: Report): readonly string[] {
  urls.forEach((url, i) => {
    if (!/^https:\/\/[^\s,"]+$/.test(url))
      report(`"${url}" is not the https URL of a CFSSL endpoint`, `[${i}]`);
  });
  return urls;
}

/** Reads nodes that somebody else's hosts become: their names are part of command lines and of resources' names. */
export function resolveSwarmNodes(reader: Reader, nodes: readonly SwarmNode[]): readonly SwarmNode[] {
  const names = new Set<string>();
  const checked = nodes.map((node, i) => {
    const path = `nodes[${i}]`;
    const { name, pool, role } = node;
    for (const [key, word] of Object.entries({ name, pool }))
      if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(word))
        reader.fault(`${path}.${key}`, `"${word}" is not a word of letters, digits, "." and "-", at most 63`);
    if (names.has(name)) reader.fault(`${path}.name`, `there is another node "${name}"`);
    names.add(name);
    oneOf(role, ["manager", "worker"], reader.at(`${path}.role`));
    return {
      ...node,
      labels: reader.read(`${path}.labels`, node.labels, checkLabels),
      availability: reader.read(
        `${path}.availability`,
        node.availability,
        parseWord(Object.values(Availability)),
      ),
    };
  });
  if (!nodes.some(({ role }) => role === "manager"))
    reader.fault("nodes", "has no manager: a swarm needs one");
  return checked;
}
