import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

import { raise } from "../faults";
import type { SshOptions } from "./args";
import { isFingerprint, keyFaults, type KnownKeys, unknownToAccount } from "./keys";

/** What this program logs in with, and what the account has of it. */
export interface LoginKey {
  /** OpenSSH or PEM. Secret. */
  readonly privateKey: pulumi.Output<string>;
  readonly fingerprint: pulumi.Output<string>;
}

/**
 * The pair that logs in, and its key at DigitalOcean: a generated pair, the user's own, or a key of the account. What is
 * wrong with it is found before any host is made.
 */
export function loginKey(name: string, ssh: SshOptions = {}, opts: { parent: pulumi.Resource }): LoginKey {
  if (ssh.privateKey === undefined) {
    const pair = new tls.PrivateKey(`${name}-ssh`, { algorithm: "ED25519" }, opts);
    return upload(name, pair.publicKeyOpenssh, pulumi.secret(pair.privateKeyOpenssh), opts);
  }
  const { publicKey, privateKey, existingKey } = ssh;
  // What was plain has been looked at with everything else.
  const checked = pulumi.output({ publicKey, privateKey, existingKey }).apply(keys => {
    raise(`SwarmCluster "${name}"`, keyFaults(keys));
    return keys;
  });
  const secret = pulumi.secret(checked.privateKey);
  if (existingKey === undefined)
    return upload(name, pulumi.unsecret(checked.apply(keys => keys.publicKey ?? "")), secret, opts);
  const fingerprint = pulumi.unsecret(checked.apply(keys => lookUp(name, keys, opts)));
  return { privateKey: secret, fingerprint };
}

function upload(
  name: string,
  publicKey: pulumi.Output<string>,
  privateKey: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): LoginKey {
  const key = new digitalocean.SshKey(
    `${name}-ssh`,
    { publicKey: publicKey.apply(text => text.trim()) },
    opts,
  );
  return { privateKey, fingerprint: key.fingerprint };
}

/** The fingerprint of a key of the account. */
async function lookUp(name: string, keys: KnownKeys, opts: pulumi.InvokeOptions): Promise<string> {
  const wanted = String(keys.existingKey);
  const filter = isFingerprint(wanted)
    ? { key: "fingerprint", values: [wanted.toLowerCase()] }
    : { key: "id", values: [wanted] };
  const { sshKeys } = await digitalocean.getSshKeys({ filters: [filter] }, opts);
  const [found] = sshKeys;
  raise(`SwarmCluster "${name}"`, unknownToAccount(keys, found?.publicKey));
  return found?.fingerprint ?? "";
}
