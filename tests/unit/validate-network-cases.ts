import type { SwarmClusterArgs } from "../../components";
import { CLUSTER } from "./cluster";
import type { Case } from "./validate-cases";

export const firewall = (more: Partial<SwarmClusterArgs["firewall"]>): Partial<SwarmClusterArgs> => ({
  firewall: { ...CLUSTER.firewall, ...more },
});

export const NETWORK_CASES: Record<string, Case[]> = {
  firewall: [
    [
      "nobody may use SSH",
      firewall({ sshFrom: [] }),
      "firewall.sshFrom",
      /^is empty: this program reaches the nodes by SSH/,
    ],
    [
      "an address without a prefix",
      firewall({ sshFrom: ["192.0.2.7/32", "192.0.2.8"] }),
      "firewall.sshFrom[1]",
      /^"192.0.2.8" is not a CIDR range/,
    ],
    [
      "a name",
      firewall({ dockerApiFrom: ["example.com"] }),
      "firewall.dockerApiFrom[0]",
      /^"example.com" is not a CIDR range/,
    ],
    [
      "the Docker API for the world",
      firewall({ dockerApiFrom: ["0.0.0.0/0"] }),
      "firewall.dockerApiFrom",
      /^opens the Docker API \(2376\) to the world/,
    ],
    [
      "the Docker API for the world's IPv6",
      firewall({ dockerApiFrom: ["::/0"] }),
      "firewall.dockerApiFrom",
      /^opens the Docker API/,
    ],
    [
      "a port that is none",
      firewall({ publish: ["80", "http"] }),
      "firewall.publish[1]",
      /^"http" is not a port such as/,
    ],
    [
      "SSH for everyone",
      firewall({ publish: ["22"] }),
      "firewall.publish[0]",
      /^"22" opens SSH \(22\/tcp; use `firewall.sshFrom`\) to the world/,
    ],
    [
      "the Docker API in a range",
      firewall({ publish: ["80", "2300-2376"] }),
      "firewall.publish[1]",
      /^"2300-2376" opens the Docker API/,
    ],
    [
      "the containers' network",
      firewall({ publish: ["4789/udp"] }),
      "firewall.publish[0]",
      /^"4789\/udp" opens the containers' network \(4789\/udp\) to the world/,
    ],
    [
      "too many ports",
      firewall({ publish: Array.from({ length: 46 }, (_, i) => String(8000 + i)) }),
      "firewall.publish",
      /^makes 51 rules; a firewall takes 50/,
    ],
    [
      "too many ranges",
      firewall({ sshFrom: Array.from({ length: 1001 }, () => "192.0.2.7/32") }),
      "firewall.sshFrom",
      "has 1001 ranges; a rule takes 1000",
    ],
  ],
  vpc: [
    ["no range", { vpc: { range: "10.0.0.0" } }, "vpc.range", /^"10.0.0.0" is not an IPv4 CIDR range/],
    ["IPv6", { vpc: { range: "fd00::/48" } }, "vpc.range", /is not an IPv4 CIDR range/],
    ["too large", { vpc: { range: "10.0.0.0/15" } }, "vpc.range", "is a /15; DigitalOcean takes /16 to /28"],
    ["too small", { vpc: { range: "10.0.0.0/29" } }, "vpc.range", "is a /29; DigitalOcean takes /16 to /28"],
    ["a public one", { vpc: { range: "192.0.2.0/24" } }, "vpc.range", /is not private \(RFC 1918/],
    ["half a private one", { vpc: { range: "172.32.0.0/16" } }, "vpc.range", /is not private/],
    ["host bits", { vpc: { range: "10.0.0.1/20" } }, "vpc.range", /has host bits set/],
    [
      "that of an existing one",
      { vpc: { id: "theirs", range: "10.0.0.0/20" } },
      "vpc.range",
      "stands beside `id`: an existing VPC has its range. Leave it out",
    ],
    [
      "one that is reserved",
      { vpc: { range: "10.245.16.0/20" } },
      "vpc.range",
      "10.245.16.0/20 overlaps 10.245.0.0/16, which DigitalOcean keeps for itself",
    ],
  ],
  swarm: [
    [
      "a low port",
      { swarm: { listenPort: 80 } },
      "swarm.listenPort",
      "is 80; it takes a whole number from 1024 to 65535",
    ],
    [
      "a port of the swarm",
      { swarm: { listenPort: 7946 } },
      "swarm.listenPort",
      "is 7946, which is in use on every node",
    ],
    [
      "an unlock key of an unlocked swarm",
      { swarm: { unlockKeyRotation: 1 } },
      "swarm.unlockKeyRotation",
      /^there is no unlock key without `autolock`/,
    ],
    [
      "certificates for no time",
      { swarm: { certificateDays: 0 } },
      "swarm.certificateDays",
      /^is 0; it takes a whole number from 1 to 3650/,
    ],
    [
      "an external CA in clear text",
      { swarm: { externalCas: ["https://ca.example.com/sign", "http://ca.example.com/sign"] } },
      "swarm.externalCas[1]",
      /^"http:\/\/ca.example.com\/sign" is not the https URL/,
    ],
    [
      "the Docker API's port",
      { swarm: { listenPort: 2376 } },
      "swarm.listenPort",
      "is 2376, which is in use on every node",
    ],
    [
      "a high data port",
      { swarm: { dataPathPort: 49152 } },
      "swarm.dataPathPort",
      "is 49152; it takes a whole number from 1024 to 49151",
    ],
    [
      "large networks",
      { swarm: { addressPoolSize: 30 } },
      "swarm.addressPoolSize",
      "is 30; it takes a whole number from 8 to 29",
    ],
    [
      "a rotation below 0",
      { swarm: { workerTokenRotation: -1 } },
      "swarm.workerTokenRotation",
      /^is -1; it takes a whole number from 0/,
    ],
    [
      "half a rotation",
      { swarm: { managerTokenRotation: 0.5 } },
      "swarm.managerTokenRotation",
      /^is 0.5; it takes a whole number/,
    ],
    [
      "a generation below 0",
      { swarm: { generation: -1 } },
      "swarm.generation",
      "is -1; it takes a whole number from 0 to 1000000000",
    ],
    ["half a generation", { swarm: { generation: 1.5 } }, "swarm.generation", /^is 1.5; it takes a whole/],
    [
      "`reconcile` of two words",
      { swarm: { reconcile: "right now" } },
      "swarm.reconcile",
      '"right now" is not a word of letters, digits, ".", "_", ":" and "-", at most 64',
    ],
    ["an empty `reconcile`", { swarm: { reconcile: "" } }, "swarm.reconcile", /^"" is not a word/],
    ["`reconcile` with a quote", { swarm: { reconcile: `a'b` } }, "swarm.reconcile", /is not a word/],
    ["a long `reconcile`", { swarm: { reconcile: "r".repeat(65) } }, "swarm.reconcile", /at most 64$/],
    [
      "no address pool",
      { swarm: { addressPools: [] } },
      "swarm.addressPools",
      "is empty; leave it out for the default",
    ],
    [
      "a pool that is none",
      { swarm: { addressPools: ["ten"] } },
      "swarm.addressPools[0]",
      /^"ten" is not an IPv4 CIDR range/,
    ],
    [
      "a pool smaller than a network",
      { swarm: { addressPools: ["10.192.0.0/25"] } },
      "swarm.addressPools[0]",
      "10.192.0.0/25 is smaller than one overlay network (/24)",
    ],
    [
      "a pool in the VPC",
      { vpc: { range: "10.110.0.0/20" }, swarm: { addressPools: ["10.110.4.0/22"] } },
      "swarm.addressPools[0]",
      /^10.110.4.0\/22 overlaps the VPC \(10.110.0.0\/20\)/,
    ],
    [
      "the default pool in one's VPC",
      { vpc: { range: "10.200.0.0/16" } },
      "swarm.addressPools[0]",
      /^10.192.0.0\/11 overlaps the VPC \(10.200.0.0\/16\)/,
    ],
    [
      "pools that overlap",
      { swarm: { addressPools: ["10.192.0.0/16", "10.192.64.0/18"] } },
      "swarm.addressPools[1]",
      "10.192.64.0/18 overlaps 10.192.0.0/16",
    ],
  ],
};
