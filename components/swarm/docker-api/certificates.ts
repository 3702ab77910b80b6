import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A key with the certificate that was made for it, in PEM. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  /** Secret. */
  readonly key: pulumi.Output<string>;
}

/** Ten years and a year, in hours. */
const CA_HOURS = 87_600;
const HOURS = 8_760;
/** From 30 days before the end on the next `up` renews a certificate by itself. */
const EARLY_HOURS = 720;

/** A certificate authority for one cluster's Docker API, and for nothing else. */
export class Authority {
  public readonly certificate: pulumi.Output<string>;
  private readonly key: tls.PrivateKey;

  /** @param stem - Starts the names of all resources. Another stem is another authority. */
  public constructor(
    private readonly stem: string,
    private readonly opts: pulumi.CustomResourceOptions,
  ) {
    this.key = this.privateKey("ca");
    this.certificate = new tls.SelfSignedCert(
      `${stem}-ca`,
      {
        privateKeyPem: this.key.privateKeyPem,
        subject: { commonName: `${stem} certificate authority` },
        isCaCertificate: true,
        setSubjectKeyId: true,
        validityPeriodHours: CA_HOURS,
        earlyRenewalHours: EARLY_HOURS,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      opts,
    ).certPem;
  }

  /** A certificate for whoever is reached at these names and addresses. */
  public server(
    name: string,
    dnsNames: pulumi.Input<string>[],
    ipAddresses: pulumi.Input<string>[],
  ): KeyPair {
    return this.issue(name, "server_auth", { dnsNames, ipAddresses });
  }

  /** A certificate that lets its holder in. */
  public client(name: string): KeyPair {
    return this.issue(name, "client_auth", {});
  }

  private issue(
    name: string,
    use: "server_auth" | "client_auth",
    subject: Pick<tls.CertRequestArgs, "dnsNames" | "ipAddresses">,
  ): KeyPair {
    const { privateKeyPem } = this.privateKey(name);
    const request = new tls.CertRequest(
      `${this.stem}-${name}`,
      { privateKeyPem, subject: { commonName: name }, ...subject },
      this.opts,
    );
    const { certPem } = new tls.LocallySignedCert(
      `${this.stem}-${name}`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.key.privateKeyPem,
        caCertPem: this.certificate,
        validityPeriodHours: HOURS,
        earlyRenewalHours: EARLY_HOURS,
        allowedUses: ["digital_signature", use],
      },
      this.opts,
    );
    return { certificate: certPem, key: pulumi.secret(privateKeyPem) };
  }

  private privateKey(name: string): tls.PrivateKey {
    return new tls.PrivateKey(`${this.stem}-${name}`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, this.opts);
  }
}
