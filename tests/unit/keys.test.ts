import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

import { InvalidArgsError, SwarmCluster } from "../../components";
import { keyFaults, unknownToAccount } from "../../components/ssh/keys";
import { asText, CLUSTER, faultsOf, makeCluster } from "./cluster";
import { ECDSA, ED25519, OTHER, UNUSABLE, USABLE } from "./key-pairs";
import { quiet, startRecording } from "./mocks";

const { publicKey, privateKey, fingerprint } = ED25519;

describe("private keys", () => {
  test.each(Object.entries(USABLE))("%s is no fault", (_, key) => {
    expect(keyFaults({ privateKey: key })).toEqual([]);
  });

  test.each(Object.entries(UNUSABLE))("%s is one fault, which shows nothing of it", (_, [key, reason]) => {
    const faults = keyFaults({ publicKey, privateKey: key });
    expect(faults).toEqual([{ path: "ssh.privateKey", reason: expect.stringMatching(reason) as string }]);
    for (const line of key.split("\n"))
      if (line.trim().length > 4) expect(faults[0]?.reason).not.toContain(line.trim());
  });
});

describe("public keys", () => {
  test.each([publicKey, publicKey.trim(), publicKey.replace(" me@laptop", "")])("%j is no fault", key => {
    expect(keyFaults({ publicKey: key, privateKey })).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ["of another pair", OTHER.publicKey, /^is not the public key of `privateKey`: the two are no pair/],
    ["of another type", ECDSA.publicKey, /^is not the public key of `privateKey`/],
    ["that is the private one", privateKey, /^is a private key, where the public one belongs/],
    ["that is a path", "~/.ssh/id_ed25519.pub", /^is no public key in OpenSSH's form/],
    ["that is damaged", publicKey.slice(0, 40), /^cannot be read: it takes one line such as/],
    ["with options of authorized_keys", `no-pty ${publicKey}`, /^is no public key in OpenSSH's form/],
    ["of two lines", `${publicKey}${OTHER.publicKey}`, /^is no public key in OpenSSH's form/],
    [
      "in PEM",
      "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
      /^is no public key in OpenSSH's/,
    ],
  ])("one %s is a fault", (_, key, reason) => {
    expect(keyFaults({ publicKey: key, privateKey })).toEqual([
      { path: "ssh.publicKey", reason: expect.stringMatching(reason) as string },
    ]);
  });
});

describe("an existing key", () => {
  test.each([512190, "512190", fingerprint, fingerprint.toUpperCase()])("%j is no fault", existingKey => {
    expect(keyFaults({ existingKey, privateKey })).toEqual([]);
  });

  test.each<[string | number, RegExp]>([
    ["laptop", /^is neither the id of a key of the account, such as 512190, nor its fingerprint/],
    ["SHA256:abc", /^is neither the id/],
    [-1, /^is neither the id/],
    [OTHER.fingerprint, /^is another key than `privateKey`: the two are no pair/],
  ])("%j is a fault", (existingKey, reason) => {
    expect(keyFaults({ existingKey, privateKey })).toEqual([
      { path: "ssh.existingKey", reason: expect.stringMatching(reason) as string },
    ]);
  });
});

test("plain keys are faults among all others, before anything is made", async () => {
  const args = { ...CLUSTER, ssh: { publicKey, privateKey: "~/.ssh/id" }, tags: ["not a tag"] };
  expect(faultsOf("demo", args).map(({ path }) => path)).toEqual(["ssh.privateKey", "tags[0]"]);
  const world = await startRecording();
  expect(() => new SwarmCluster("demo", args)).toThrow(InvalidArgsError);
  await quiet();
  expect(world.resources).toEqual([]);
});

describe("a key of the account", () => {
  const found = { id: 512190, name: "laptop", publicKey, fingerprint };

  test.each<[pulumi.Input<string>, object]>([
    [asText(512190), { key: "id", values: ["512190"] }],
    [output("512190"), { key: "id", values: ["512190"] }],
    [fingerprint.toUpperCase(), { key: "fingerprint", values: [fingerprint] }],
  ])("is looked up, and no other is made", async (existingKey, filter) => {
    const asked: object[] = [];
    const answers = {
      getSshKeys: (inputs: Record<string, unknown>) => {
        asked.push(inputs);
        return { sshKeys: [found] };
      },
    };
    const world = await makeCluster({ ssh: { existingKey, privateKey } }, { answers });
    expect(asked).toEqual([{ filters: [filter] }]);
    expect(world.list().filter(name => name.endsWith("demo-ssh"))).toEqual([]);
    expect(world.get("demo-web-0").inputs.sshKeys).toEqual([fingerprint]);
    expect(world.get("demo-web-0").secrets).toEqual(["userData"]);
    expect(world.get("demo-bootstrap").inputs.connection).toMatchObject({ privateKey });
    expect(world.get("demo-bootstrap").secrets).toContain("connection");
  });

  test("that is not there, or is another, is a fault", () => {
    const keys = { existingKey: 512190, privateKey };
    const reasons = (publicKey?: string) => unknownToAccount(keys, publicKey).map(({ reason }) => reason);
    expect(reasons(publicKey)).toEqual([]);
    expect(reasons()).toEqual(["512190 is no key of the account: `doctl compute ssh-key list` shows them"]);
    expect(reasons(OTHER.publicKey)).toEqual(["is another key than `privateKey`: the two are no pair"]);
  });
});
