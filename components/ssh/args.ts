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
}
