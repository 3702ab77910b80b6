import * as assert from "node:assert/strict";
import { createServer } from "node:net";
import * as path from "node:path";

import { generatePrivateKey } from "sshpk";

import { ssh, type SshTarget } from "../../../lab/ssh";
import { ask } from "../account-api";
import type { Scenario } from "../scenario";
import { gone, wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

const SMALL = { managers: managers(1), workers: workers(1) };
const LATE_KEYS = path.resolve(__dirname, "../programs/late-keys.ts");

function pair(): { publicKey: string; privateKey: string; fingerprint: string } {
  const key = generatePrivateKey("ed25519");
  return {
    publicKey: key.toPublic().toString("ssh"),
    privateKey: key.toString("openssh"),
    fingerprint: key.toPublic().fingerprint("md5").toString("hex"),
  };
}

/** How the program gets in: keys, and what the user's machine has to do with it. */
export const ACCESS: readonly Scenario[] = [
  {
    name: "a key of the account is used, by its id or fingerprint, and left alone; what is wrong with it is said at once",
    async run(world) {
      await world.destroy();
      const { publicKey, privateKey, fingerprint } = pair();
      const { ssh_key: key } = await ask<{ ssh_key: { id: number } }>(world, "POST", "account/keys", {
        name: "me@laptop",
        public_key: publicKey,
      });
      // DigitalOcean's own words, which docs/operations.md explains.
      const again = await world.upFails({ ...SMALL, ssh: { publicKey, privateKey } });
      assert.match(again, /SSH Key is already in use on your account/);
      const unknown = await world.upFails({ ...SMALL, ssh: { existingKey: 1, privateKey } });
      assert.match(unknown, /ssh\.existingKey: 1 is no key of the account/);
      const other = await world.upFails({
        ...SMALL,
        ssh: { existingKey: key.id, privateKey: pair().privateKey },
      });
      assert.match(other, /ssh\.existingKey: is another key than `privateKey`: the two are no pair/);
      assert.deepEqual(await world.lab.droplets(), []);

      const config = { ...SMALL, ssh: { existingKey: key.id, privateKey } };
      await world.up(config);
      await wellFormed(world);
      assert.equal(world.output("sshPrivateKey"), privateKey);
      await world.unchanged({ ...SMALL, ssh: { existingKey: fingerprint, privateKey } });
      const line = privateKey.split("\n")[2] ?? "";
      assert.ok(
        line.length > 16 && !(await world.driver.storedState()).includes(line),
        "the key is in the state",
      );
      await world.destroy();
      await ask(world, "DELETE", `account/keys/${key.id}`);
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "keys that come late, as those of another stack: what is wrong with them is said once, before any droplet",
    async run(world) {
      await world.destroy();
      const late = await world.beside("late", LATE_KEYS);
      const log = await late.upFails({
        ...SMALL,
        ssh: { publicKey: pair().publicKey, privateKey: pair().privateKey },
      });
      const said = 'SwarmCluster "swarm": one fault in the arguments';
      assert.ok(log.includes(said), log);
      assert.match(log, /ssh\.publicKey: is not the public key of `privateKey`/);
      assert.doesNotMatch(log, /error serializing|Dial \d/);
      assert.deepEqual(await world.lab.droplets(), []);
      await late.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "an SSH agent that is gone is named before anything is made; one that answers does no harm",
    async run(world) {
      await world.destroy();
      const socket = path.join(world.dir, "agent.sock");
      const env = { SSH_AUTH_SOCK: socket };
      const log = await world.upFails(SMALL, { env });
      assert.match(log, /SSH_AUTH_SOCK: names an SSH agent that does not answer .*Run `unset SSH_AUTH_SOCK`/);
      assert.deepEqual(await world.lab.leftovers(), []);
      const agent = createServer(client => {
        client.on("error", () => undefined);
        // SSH_AGENT_IDENTITIES_ANSWER with no key: RFC draft-miller-ssh-agent, 3.5.
        client.on("data", () => client.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0])));
      });
      await new Promise<void>(resolve => agent.listen(socket, resolve));
      try {
        await world.up(SMALL, { env });
        await wellFormed(world);
      } finally {
        agent.close();
      }
      // What is there is not touched for it, and destroy needs no connection.
      await world.upFails({ ...SMALL, workers: workers(2) }, { env });
      await world.unchanged(SMALL);
    },
  },
  {
    name: "ids are taken as numbers, as `pulumi config set --path` stores them",
    async run(world) {
      const { images } = await ask<{ images: { id: number; slug: string }[] }>(
        world,
        "GET",
        "images?type=distribution&per_page=200",
      );
      const image = images.find(({ slug }) => slug === "ubuntu-22-04-x64")?.id;
      assert.ok(image, "there is no image ubuntu-22-04-x64");
      const { ssh_key: key } = await ask<{ ssh_key: { id: number } }>(world, "POST", "account/keys", {
        name: "ci",
        public_key: pair().publicKey,
      });
      const config = {
        managers: managers(1, { image, labels: { tier: 1, ssd: true } }),
        workers: workers(1, { image, revision: 2 }),
        ssh: { additionalKeys: [key.id] },
      };
      await world.destroy();
      await world.up(config);
      const seen = await wellFormed(world);
      assert.deepEqual(seen.find(({ role }) => role === "manager")?.labels.tier, "1");
      const { log } = await world.up(config);
      assert.doesNotMatch(log, /keeps image/);
      await world.unchanged(config);
      await world.destroy();
      await ask(world, "DELETE", `account/keys/${key.id}`);
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "sshd on another port, and another user than root with sudo: nodes come and go, and nobody else gets in",
    async run(world) {
      await world.destroy();
      const config = { ...SMALL, ssh: { port: 2222, user: "ops" } };
      await world.up(config);
      await wellFormed(world);
      assert.equal(world.output("dockerHost"), `ssh://ops@${world.output("controlEndpoint")}:2222`);
      assert.equal(await world.onControl("id --user --name"), "ops");
      assert.equal(await world.onControl("sudo -n id --user --name"), "root");
      await assert.rejects(ssh({ ...world.target(), user: "root" }, "true"), /unable to authenticate/);
      await assert.rejects(ssh({ ...world.target(), port: 22 }, "true"), /dial tcp .*:22: /);
      await world.unchanged(config);
      // One more joins, and leaves again.
      await world.up({ ...config, workers: workers(2) });
      await world.up(config);
      await wellFormed(world);
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "nodes behind a bastion: its address alone is in `firewall.sshFrom`, and every connection goes through it",
    async run(world) {
      await world.destroy();
      const bastion = await makeBastion(world);
      const { host, hostKey } = bastion.target;
      const proxy = { host, hostKey, privateKey: bastion.target.privateKey };
      const firewall = { sshFrom: [`${host}/32`] };
      const config = { ...SMALL, firewall, ssh: { proxy } };
      const other = { ...config, ssh: { proxy: { ...proxy, hostKey: pair().publicKey } } };
      const log = await world.upFails({ ...other, timeouts: { ssh: 1 } });
      assert.match(log, /proxy: after 11 failed attempts: ssh: handshake failed: /);
      await world.up(config);
      await assert.rejects(ssh(world.target(), "true"), /i\/o timeout/);
      world.bastion = bastion.target;
      await wellFormed(world);
      await world.unchanged(config);
      await world.up({ ...config, workers: workers(0) });
      await wellFormed(world);
      await world.destroy();
      await bastion.remove();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
];

/** Makes a droplet that others go through, with a key of its own. */
async function makeBastion(
  world: World,
): Promise<{ readonly target: SshTarget & { hostKey: string }; readonly remove: () => Promise<void> }> {
  const { publicKey, privateKey } = pair();
  const { ssh_key: key } = await ask<{ ssh_key: { id: number } }>(world, "POST", "account/keys", {
    name: "bastion",
    public_key: publicKey,
  });
  const { droplet } = await ask<{ droplet: { id: number; name: string } }>(world, "POST", "droplets", {
    ...{ name: "bastion", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64", ssh_keys: [key.id] },
  });
  let host = "";
  let hostKey = "";
  await world.eventually(120, "the bastion to have its host key, and sshd", async () => {
    host = (await world.lab.droplets()).find(({ id }) => id === droplet.id)?.publicAddress ?? "";
    const { stdout } = await world.lab.exec(droplet.name, ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
    hostKey = stdout.trim();
    await ssh({ host, user: "root", privateKey, hostKey }, "true");
  });
  return {
    target: { host, user: "root", privateKey, hostKey },
    async remove() {
      await world.lab.deleteDroplet(droplet.name);
      await gone(world, droplet.name);
      await ask(world, "DELETE", `account/keys/${key.id}`);
    },
  };
}
