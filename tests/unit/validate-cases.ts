import type { PoolOptions, SwarmClusterArgs } from "../../components";
import { asText } from "./cluster";
import { ED25519 } from "./key-pairs";

const { publicKey, privateKey } = ED25519;
const PAIR = { publicKey, privateKey };

/** What is wrong, the arguments that differ from sound ones, and the one fault they must give. */
export type Case = [title: string, args: Partial<SwarmClusterArgs>, path: string, reason: RegExp | string];
/** A pool of one worker. */
export const web = (pool: Partial<PoolOptions>): Partial<SwarmClusterArgs> => ({
  workers: { web: { count: 1, ...pool } },
});
export const NODE_CASES: Record<string, Case[]> = {
  managers: [
    ["none", { managers: { count: 0 } }, "managers.count", "is 0; a swarm needs a manager: 1, 3, 5 or 7"],
    [
      "an even number",
      { managers: { count: 4 } },
      "managers.count",
      /^is 4, an even number: it survives the loss of 1, as 3 managers do.*Choose 3 or 5, or set `allowEvenCount`$/,
    ],
    ["too many", { managers: { count: 9 } }, "managers.count", /^is 9; more than 7 managers/],
    [
      "a fraction",
      { managers: { count: 1.5 } },
      "managers.count",
      "is 1.5; it takes a whole number from 0 up",
    ],
    [
      "less than none",
      { managers: { count: -1 } },
      "managers.count",
      "is -1; it takes a whole number from 0 up",
    ],
    [
      "no number at all",
      { managers: { count: NaN } },
      "managers.count",
      "is NaN; it takes a whole number from 0 up",
    ],
  ],
  pools: [
    ["less than none", web({ count: -2 }), "workers.web.count", "is -2; it takes a whole number from 0 up"],
    [
      "a name with capitals",
      { workers: { Web: { count: 1 } } },
      "workers.Web",
      /^"Web" cannot be part of a hostname: lower case/,
    ],
    [
      "a name that is too long",
      { workers: { ["w".repeat(21)]: { count: 1 } } },
      `workers.${"w".repeat(21)}`,
      /at most 20$/,
    ],
    [
      "a name that ends in a hyphen",
      { workers: { "web-": { count: 1 } } },
      "workers.web-",
      /cannot be part of a hostname/,
    ],
    [
      "the managers' name",
      { workers: { manager: { count: 1 } } },
      "workers.manager",
      /^"manager" is the managers' own pool/,
    ],
    [
      "a skipped number below 0",
      web({ skip: [0, -1] }),
      "workers.web.skip[1]",
      "is -1; it takes a node's number, from 0 up",
    ],
    [
      "a node that is no number",
      web({ nodes: { first: {} } }),
      "workers.web.nodes.first",
      /^"first" is not a node's number; use "0"/,
    ],
  ],
  nodes: [
    [
      "a revision with capitals",
      web({ revision: "R2" }),
      "workers.web.revision",
      /^"R2" cannot be part of a hostname/,
    ],
    [
      "a revision below 0",
      web({ revision: asText(-1) }),
      "workers.web.revision",
      /^"-1" cannot be part of a hostname/,
    ],
    [
      "a long revision of one node",
      web({ nodes: { "0": { revision: "r".repeat(13) } } }),
      "workers.web.nodes.0.revision",
      /at most 12$/,
    ],
    [
      "an unknown availability",
      web({ availability: "off" as "drain" }),
      "workers.web.availability",
      '"off" is none of `active`, `pause`, `drain`',
    ],
    [
      "a label's key with a blank",
      web({ labels: { "a b": "c" } }),
      "workers.web.labels",
      /^"a b" is not a label's key/,
    ],
    [
      "a label's key with a quote",
      web({ labels: { "a'; reboot; '": "c" } }),
      "workers.web.labels",
      /is not a label's key/,
    ],
    [
      "a label of the program's own",
      web({ labels: { "digitalocean-swarm.node": "db-0" } }),
      "workers.web.labels",
      '"digitalocean-swarm.node" is the program\'s own: choose another name',
    ],
    [
      "a label's value with a line break",
      web({ labels: { a: "b\nc" } }),
      "workers.web.labels.a",
      "has a line break or another control character",
    ],
    [
      "a manager's label",
      { managers: { count: 1, labels: { "": "x" } } },
      "managers.labels",
      /^"" is not a label's key/,
    ],
  ],
  others: [
    ["no region", { region: "" }, "region", /^is missing; name a region such as `fra1`/],
    [
      "half a key pair",
      { ssh: { publicKey: ED25519.publicKey } },
      "ssh",
      /^takes `privateKey` with `publicKey`, or `privateKey` with `existingKey`, or none/,
    ],
    ["the other half", { ssh: { privateKey: ED25519.privateKey } }, "ssh", /^takes `privateKey` with/],
    ["an existing key alone", { ssh: { existingKey: "512190" } }, "ssh", /^takes `privateKey` with/],
    ["two keys for one", { ssh: { ...PAIR, existingKey: "512190" } }, "ssh", /^takes `privateKey` with/],
    [
      "a private key that is a path",
      { ssh: { ...PAIR, privateKey: "~/.ssh/id" } },
      "ssh.privateKey",
      /^is no key, but perhaps the path of one/,
    ],
    [
      "five tags",
      { tags: ["a", "b", "c", "d", "e"] },
      "tags",
      /^has 5 tags; a firewall takes 5, one of them the cluster's own/,
    ],
    ["a tag with a blank", { tags: ["a", "b c"] }, "tags[1]", /^"b c" is not a tag/],
    [
      "a vague Docker version",
      { dockerVersion: "28" },
      "dockerVersion",
      /^"28" is none of `any`, `distribution`/,
    ],
    ["a Docker version that is code", { dockerVersion: "1.2.3; reboot" }, "dockerVersion", /is none of/],
    ["a mirror without a scheme", { dockerMirror: "mirror.example" }, "dockerMirror", /is not the address/],
    ["a mirror with a slash", { dockerMirror: "https://m.example/" }, "dockerMirror", /without a slash/],
    ["a mirror with a password", { dockerMirror: "https://u:p@m.example" }, "dockerMirror", /without cred/],
    ["a mirror that is code", { dockerMirror: "https://m.example/$(reboot)" }, "dockerMirror", /is not/],
    ["a mirror and more", { dockerMirror: "https://m.example x y" }, "dockerMirror", /is not/],
    ["no time", { timeouts: { boot: 0 } }, "timeouts.boot", "is 0; it takes a whole number from 1 to 3600"],
    ["too much time", { timeouts: { drain: 3601 } }, "timeouts.drain", /^is 3601/],
  ],
};
