import type { FirewallOptions, SwarmOptions } from "../../components";
import { type Firewall, inboundRules, outboundRules, type Rule } from "../../components/network/firewall";
import { parsePorts, portText } from "../../components/network/ports";
import { resolve } from "../../components/resolve";
import { CLUSTER, faultsOf, makeCluster } from "./cluster";

const SSH = ["192.0.2.7/32"];
/** What the firewall is asked for, parsed. */
function parsed(firewall: Partial<FirewallOptions>, swarm?: SwarmOptions) {
  const settings = resolve("demo", { ...CLUSTER, firewall: { sshFrom: SSH, ...firewall }, swarm });
  return { firewall: settings.network.firewall as Firewall, ports: settings.swarm.ports };
}
/** Rules as `22/tcp from 192.0.2.7/32`. */
const text = (rules: Rule[], word = "from") =>
  rules.map(
    ({ protocol, portRange, peers }) =>
      `${portRange ?? ""}/${protocol} ${word} ${peers === "members" ? peers : Object.values(peers).flat().join(" ")}`,
  );
const rules = (firewall: Partial<FirewallOptions> = {}, swarm?: SwarmOptions) => {
  const known = parsed(firewall, swarm);
  return text(inboundRules(known.firewall, known.ports));
};
const BETWEEN_MEMBERS = [
  "2377/tcp from members",
  "7946/tcp from members",
  "7946/udp from members",
  "4789/udp from members",
];

describe("inbound rules", () => {
  test.each<[string, Partial<FirewallOptions>, SwarmOptions | undefined, string[]]>([
    [
      "by default: SSH, and the swarm's ports",
      {},
      undefined,
      ["22/tcp from 192.0.2.7/32", ...BETWEEN_MEMBERS],
    ],
    [
      "SSH from several ranges",
      { sshFrom: ["192.0.2.0/24", "2001:db8::/32"] },
      {},
      ["22/tcp from 192.0.2.0/24 2001:db8::/32", ...BETWEEN_MEMBERS],
    ],
    [
      "the Docker API for whom it is asked",
      { dockerApiFrom: ["192.0.2.9/32"] },
      {},
      ["22/tcp from 192.0.2.7/32", ...BETWEEN_MEMBERS, "2376/tcp from 192.0.2.9/32"],
    ],
    ["no Docker API for nobody", { dockerApiFrom: [] }, {}, ["22/tcp from 192.0.2.7/32", ...BETWEEN_MEMBERS]],
    [
      "published ports for everyone",
      { publish: ["80/tcp", "443", "8000-8100/udp", "9000-9000"] },
      {},
      [
        "22/tcp from 192.0.2.7/32",
        ...BETWEEN_MEMBERS,
        "80/tcp from 0.0.0.0/0 ::/0",
        "443/tcp from 0.0.0.0/0 ::/0",
        "8000-8100/udp from 0.0.0.0/0 ::/0",
        "9000/tcp from 0.0.0.0/0 ::/0",
      ],
    ],
    [
      "the swarm's own ports",
      {},
      { listenPort: 12377, dataPathPort: 14789 },
      [
        "22/tcp from 192.0.2.7/32",
        "12377/tcp from members",
        "7946/tcp from members",
        "7946/udp from members",
        "14789/udp from members",
      ],
    ],
  ])("%s", (_, firewall, swarm, expected) => {
    expect(rules(firewall, swarm)).toEqual(expected);
  });

  test("nothing between members is open to anyone else", () => {
    const { firewall, ports } = parsed({ dockerApiFrom: ["192.0.2.9/32"], publish: ["80"] });
    for (const port of ["2377", "7946", "4789"])
      for (const rule of inboundRules(firewall, ports).filter(({ portRange }) => portRange === port))
        expect(rule.peers).toBe("members");
  });

  test("further rules name ranges, tags and load balancers", () => {
    const inbound = [
      { ports: "icmp", addresses: ["192.0.2.0/24"] },
      { ports: "8080/tcp", loadBalancers: ["4de7ac8b"], tags: ["office"] },
      { ports: "22", tags: ["bastion"] },
    ];
    expect(rules({ inbound }).slice(5)).toEqual([
      "/icmp from 192.0.2.0/24",
      "8080/tcp from office 4de7ac8b",
      "22/tcp from bastion",
    ]);
  });

  test.each<[Partial<FirewallOptions>, string, RegExp]>([
    [{ inbound: [{ ports: "80" }] }, "firewall.inbound[0]", /^names nobody: give it `addresses`, `tags` or/],
    [
      { inbound: [{ ports: "http", tags: ["a"] }] },
      "firewall.inbound[0].ports",
      /^"http" is not a port such as/,
    ],
    [
      {
        inbound: [
          { ports: "80", addresses: SSH },
          { ports: "81", addresses: [...SSH, "x"] },
        ],
      },
      "firewall.inbound[1].addresses[1]",
      /^"x" is not a CIDR range/,
    ],
    [
      { inbound: [{ ports: "7900-8000", tags: ["monitor"] }] },
      "firewall.inbound[0].ports",
      /opens the members' gossip \(7946\/tcp\) to others; members reach it in any case$/,
    ],
    [
      { inbound: [{ ports: "22", addresses: ["::/0"] }] },
      "firewall.inbound[0].ports",
      /^"22" opens SSH .* to the world$/,
    ],
    [{ outbound: [{ ports: "53/udp" }] }, "firewall.outbound[0]", /^names nobody/],
  ])("a further rule may be wrong: %j", (firewall, path, reason) => {
    expect(faultsOf("demo", { ...CLUSTER, firewall: { sshFrom: SSH, ...firewall } })).toEqual([
      { path, reason: expect.stringMatching(reason) as string },
    ]);
  });
});

describe("outbound rules", () => {
  test("what is limited is what is named, the members, and the way to join", () => {
    const { firewall, ports } = parsed({ outbound: [{ ports: "443", addresses: ["0.0.0.0/0"] }] });
    expect(text(outboundRules(firewall, ports, "198.51.100.1/32"), "to")).toEqual([
      "2377/tcp to members",
      "7946/tcp to members",
      "7946/udp to members",
      "4789/udp to members",
      "2377/tcp to 198.51.100.1/32",
      "443/tcp to 0.0.0.0/0",
    ]);
  });

  test("nothing is named: only members are reached", () => {
    const { firewall, ports } = parsed({ outbound: [] });
    expect(text(outboundRules(firewall, ports, "198.51.100.1/32"), "to")).toHaveLength(5);
  });

  test("in DigitalOcean's words", async () => {
    const world = await makeCluster({
      firewall: { sshFrom: SSH, outbound: [{ ports: "25/tcp", tags: ["mail"], loadBalancers: ["lb"] }] },
    });
    expect((world.get("demo", "Firewall").inputs.outboundRules as object[]).slice(3)).toEqual([
      { protocol: "udp", portRange: "4789", destinationTags: ["demo-tag"] },
      { protocol: "tcp", portRange: "2377", destinationAddresses: ["198.51.100.1/32"] },
      { protocol: "tcp", portRange: "25", destinationTags: ["mail"], destinationLoadBalancerUids: ["lb"] },
    ]);
  });
});

test.each([
  ["80", { portRange: "80", protocol: "tcp" }],
  ["80/tcp", { portRange: "80", protocol: "tcp" }],
  ["53/udp", { portRange: "53", protocol: "udp" }],
  ["1-65535/udp", { portRange: "1-65535", protocol: "udp" }],
  ["0", undefined],
  ["65536", undefined],
  ["90-80", undefined],
  ["80/icmp", undefined],
  ["80/TCP", undefined],
  ["http", undefined],
  ["-80", undefined],
  [" 80", undefined],
  ["", undefined],
])("the port %p is %p", (written, expected) => {
  const range = parsePorts(written);
  expect(range && { portRange: portText(range), protocol: range.protocol }).toEqual(expected);
});

test("the firewall resource says so in DigitalOcean's words: members are who has the cluster's tag", async () => {
  const world = await makeCluster({
    firewall: { sshFrom: ["192.0.2.7/32"], dockerApiFrom: ["192.0.2.9/32"], publish: ["80"] },
    swarm: { listenPort: 3377, dataPathPort: 5789 },
    tags: ["prod"],
  });
  const members = { sourceTags: ["demo-tag"] };
  const world4and6 = ["0.0.0.0/0", "::/0"];
  expect(world.get("demo", "Firewall").inputs).toEqual({
    tags: ["demo-tag"],
    inboundRules: [
      { protocol: "tcp", portRange: "22", sourceAddresses: ["192.0.2.7/32"] },
      { protocol: "tcp", portRange: "3377", ...members },
      { protocol: "tcp", portRange: "7946", ...members },
      { protocol: "udp", portRange: "7946", ...members },
      { protocol: "udp", portRange: "5789", ...members },
      { protocol: "tcp", portRange: "2376", sourceAddresses: ["192.0.2.9/32"] },
      { protocol: "tcp", portRange: "80", sourceAddresses: world4and6 },
    ],
    outboundRules: [
      { protocol: "tcp", portRange: "1-65535", destinationAddresses: world4and6 },
      { protocol: "udp", portRange: "1-65535", destinationAddresses: world4and6 },
      { protocol: "icmp", destinationAddresses: world4and6 },
    ],
  });
  for (const droplet of ["demo-manager-0", "demo-web-1"])
    expect(world.get(droplet).inputs.tags).toEqual(["demo-tag", "prod"]);
});
