import { X509Certificate } from "node:crypto";

import { certRequest, ecdsaKey, locallySignedCert, selfSignedCert } from "../../rehearsal/certificates";

const pem = (value: unknown) => new X509Certificate(String(value));

test("a certificate is signed by its authority, names what was asked for, and is for that use alone", async () => {
  const caKey = await ecdsaKey();
  const authority = await selfSignedCert.create(
    {
      privateKeyPem: caKey,
      subject: { commonName: "an authority" },
      validityPeriodHours: 87_600,
      isCaCertificate: true,
      allowedUses: ["cert_signing"],
    },
    "ca",
  );
  const request = await certRequest.create(
    {
      privateKeyPem: await ecdsaKey(),
      subject: { commonName: "manager-0" },
      dnsNames: ["host"],
      ipAddresses: ["203.0.113.1", "10.0.0.1"],
    },
    "manager-0",
  );
  const signed = await locallySignedCert.create(
    {
      certRequestPem: request.outputs.certRequestPem,
      caPrivateKeyPem: caKey,
      caCertPem: authority.outputs.certPem,
      validityPeriodHours: 8_760,
      allowedUses: ["digital_signature", "server_auth"],
    },
    "manager-0",
  );
  const [ca, server] = [pem(authority.outputs.certPem), pem(signed.outputs.certPem)];
  expect([ca.ca, server.ca]).toEqual([true, false]);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.subject).toBe("CN=manager-0");
  expect(server.subjectAltName).toBe("DNS:host, IP Address:203.0.113.1, IP Address:10.0.0.1");
  expect(server.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBe(365 * 86_400_000);
});

test("a key that cannot be read is an error with openssl's reason", async () => {
  const request = { privateKeyPem: "nonsense", subject: { commonName: "x" }, validityPeriodHours: 1 };
  await expect(selfSignedCert.create(request, "x")).rejects.toThrow(/key/);
});
