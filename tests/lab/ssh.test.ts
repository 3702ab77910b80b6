import { generateKeyPairSync } from "node:crypto";

import { ssh, type SshTarget } from "../../lab/ssh";
import { FakeLab } from "../rehearsal/fake-lab";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});

const host = new FakeLab();
let target: SshTarget;
beforeAll(async () => {
  await host.start();
  const { sshPort: port, hostKey } = host;
  target = { host: "127.0.0.1", port, user: "root", privateKey, hostKey };
});
afterAll(() => host.stop());

test("a command gets its input, and its status and output come back, whatever the status is", async () => {
  host.failing.add("fail");
  expect(await ssh(target, "work", "input")).toEqual({
    code: 0,
    signal: undefined,
    stdout: "did work\n",
    stderr: "working\n",
  });
  expect(host.ran.at(-1)).toEqual({ line: "work", stdin: "input" });
  expect(await ssh(target, "fail")).toMatchObject({ code: 1, stdout: "did fail\n" });
});

test("a command that takes too long is given up", async () => {
  host.endless.add("wait");
  await expect(ssh(target, "wait", "", 0.3)).rejects.toThrow('127.0.0.1: "wait" took longer than 0.3 s');
});

test("another host key, none in place of one, and a port that nobody answers are refused", async () => {
  const hostKey = new FakeLab().hostKey;
  await expect(ssh({ ...target, hostKey }, "work")).rejects.toThrow(
    "127.0.0.1: ssh: handshake failed: ssh: host key mismatch",
  );
  await expect(ssh({ ...target, hostKey: "" }, "work")).rejects.toThrow("host key mismatch");
  await expect(ssh({ ...target, port: 1 }, "work")).rejects.toThrow(
    "127.0.0.1: dial tcp 127.0.0.1:1: connect: connection refused",
  );
});
