import { ED25519, OTHER } from "./key-pairs";
import type { Case } from "./validate-cases";
import { firewall } from "./validate-network-cases";

const { publicKey, privateKey } = ED25519;
const HOST = "bastion.example.com";

/** How hosts are reached. */
export const ACCESS_CASES: Record<string, Case[]> = {
  "SSH's port": [
    ["none", { ssh: { port: 0 } }, "ssh.port", "is 0; it takes a whole number from 1 to 65535"],
    ["one too high", { ssh: { port: 65536 } }, "ssh.port", /^is 65536/],
    ["the Docker API's", { ssh: { port: 2376 } }, "ssh.port", "is 2376, which is in use on every node"],
    ["the members' gossip's", { ssh: { port: 7946 } }, "ssh.port", /in use on every node$/],
    [
      "the managers' own",
      { ssh: { port: 2222 }, swarm: { listenPort: 2222 } },
      "swarm.listenPort",
      "is 2222, which is in use on every node",
    ],
    [
      "published",
      { ssh: { port: 443 }, ...firewall({ publish: ["443"] }) },
      "firewall.publish[0]",
      /^"443" opens SSH \(443\/tcp; use `firewall.sshFrom`\) to the world/,
    ],
  ],
  "SSH's user": [
    ["nobody", { ssh: { user: "" } }, "ssh.user", /^"" is not a user's name: lower case letters/],
    ["one that is code", { ssh: { user: "me$(reboot)" } }, "ssh.user", /is not a user's name/],
    ["one with capitals", { ssh: { user: "Admin" } }, "ssh.user", /is not a user's name/],
  ],
  "a bastion": [
    ["without an address", { ssh: { proxy: { host: "" } } }, "ssh.proxy.host", /^"" is neither an address/],
    [
      "with an address and a port in one",
      { ssh: { proxy: { host: `ssh://${HOST}` } } },
      "ssh.proxy.host",
      /is neither an address nor a hostname$/,
    ],
    ["with no port", { ssh: { proxy: { host: HOST, port: 0 } } }, "ssh.proxy.port", /^is 0; it takes/],
    ["with no user", { ssh: { proxy: { host: HOST, user: "" } } }, "ssh.proxy.user", /is not a user's name/],
    [
      "with the path of a key",
      { ssh: { proxy: { host: HOST, privateKey: "~/.ssh/id" } } },
      "ssh.proxy.privateKey",
      /^is no key, but perhaps the path of one: .*--path ssh\.proxy\.privateKey < FILE`$/,
    ],
    [
      "with a public key for a private one",
      { ssh: { proxy: { host: HOST, privateKey: publicKey } } },
      "ssh.proxy.privateKey",
      /^is a public key, where the private one belongs/,
    ],
    [
      "with a private host key",
      { ssh: { proxy: { host: HOST, hostKey: privateKey } } },
      "ssh.proxy.hostKey",
      /^is a private key, where the public one belongs/,
    ],
  ],
};

/** A bastion with all that can be said of it. */
export const PROXY = {
  host: HOST,
  port: 2200,
  user: "jump",
  privateKey: OTHER.privateKey,
  hostKey: OTHER.publicKey,
};
