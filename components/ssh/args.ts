import type * as pulumi from "@pulumi/pulumi";

/** How people and this program log in. With nothing given there is a generated ed25519 pair for each cluster. */
export interface SshOptions {
  /**
   * Public key of one's own pair, in OpenSSH's form: RSA, ECDSA or Ed25519. It is put into the account, which takes a key
   * once: where it is there already, name it by `existingKey`.
   */
  readonly publicKey?: pulumi.Input<string>;
  /** Private key, in OpenSSH's or PEM form, without passphrase; with `publicKey` or `existingKey`. Kept as a secret. */
  readonly privateKey?: pulumi.Input<string>;
  /**
   * Id or fingerprint of a key that the account has, with its `privateKey`, in place of `publicKey`. It is left as it is.
   */
  readonly existingKey?: pulumi.Input<string>;
  /** Ids or fingerprints of further keys of the account, for droplets that are made from now on. @default [] */
  readonly additionalKeys?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Port that nodes listen on for SSH, 1 to 65535. New nodes are told at their first boot, and the firewall and this program
   * follow at once: it is decided once, or changed on every running node by hand first. @default 22
   */
  readonly port?: number;
  /**
   * Who logs in. Any other than root is made at a node's first boot, with the same keys, sudo without a password and
   * Docker's group; root logs in no more there. Like `port` it is decided once, or made on every running node by hand first.
   * @default "root"
   */
  readonly user?: pulumi.Input<string>;
  /** A bastion, through which this program reaches every node. @default none */
  readonly proxy?: SshProxyOptions;
}

/**
 * A host that SSH goes through. Its address must be in `firewall.sshFrom`. Many connections are made at once, so that its
 * sshd should have a `MaxStartups` of 200. A change of it connects to every node anew.
 */
export interface SshProxyOptions {
  /** Its address or hostname. */
  readonly host: pulumi.Input<string>;
  /** Its port for SSH, 1 to 65535. @default 22 */
  readonly port?: number;
  /** Who logs in there. @default "root" */
  readonly user?: pulumi.Input<string>;
  /** Private key, in OpenSSH's or PEM form, without passphrase. Kept as a secret. @default the one that nodes take */
  readonly privateKey?: pulumi.Input<string>;
  /** OpenSSH public key by which it is verified. @default any host is believed */
  readonly hostKey?: pulumi.Input<string>;
}
