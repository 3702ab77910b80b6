import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { ownEngine } from "../../lab/image/own-engine";
import { recipeHash } from "../../lab/image/recipe";
import { approxConfig } from "../../lab/packages/approx";
import { chooseVersion } from "../../lab/packages/engine-source";
import { proxyVariables, versionsOf } from "../../lab/packages/repository";
import { listen, repositoryServer } from "../../lab/packages/server";

const temporary = mkdtempSync(path.join(tmpdir(), "packages-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const directory = () => mkdtempSync(path.join(temporary, "d-"));

describe("the engine's versions", () => {
  const entry = (name: string, version: string) => `Package: ${name}\nVersion: ${version}\nSize: 1`;

  test("are those of docker-ce, newest first", () => {
    const index = [
      entry("docker-ce", "5:9.0.1-1~debian.12~bookworm"),
      entry("docker-ce-cli", "5:29.0.0-1~debian.12~bookworm"),
      entry("docker-ce", "5:28.5.10-1~debian.12~bookworm"),
      entry("docker-ce", "5:28.5.2-1~debian.12~bookworm"),
    ].join("\n\n");
    expect(versionsOf(index).map(version => version.slice(0, 9))).toEqual([
      "5:28.5.10",
      "5:28.5.2-",
      "5:9.0.1-1",
    ]);
  });

  test("of a series the newest is chosen, and none of another", () => {
    const all = ["5:28.51.0-1~x", "5:28.5.2-1~x", "5:28.5.1-1~x"];
    expect(chooseVersion(all, "28.5")).toBe("5:28.5.2-1~x");
    expect(chooseVersion(all, "8.5")).toBeUndefined();
  });
});

test("approx serves the mirror and nothing else, as the user who runs the lab", () => {
  const config = approxConfig({ cache: "/c", user: "u", group: "g", mirror: "http://m.example/debian" });
  expect(config).toContain("$cache /c\n$user u\n$group g\n");
  expect(config.split("\n").filter(line => /^[^$]/.test(line))).toEqual(["debian http://m.example/debian"]);
});

test("apt's proxy settings become curl's", () => {
  expect(proxyVariables('Acquire::http::Proxy "http://p:3128"\nAcquire::https::Proxy "DIRECT"')).toEqual({
    http_proxy: "http://p:3128",
  });
  expect(proxyVariables("")).toEqual({});
});

describe("the repository's server", () => {
  const root = directory();
  mkdirSync(path.join(root, "linux/debian"), { recursive: true });
  writeFileSync(path.join(root, "linux/debian/gpg"), "a key\n");
  writeFileSync(path.join(temporary, "secret"), "not for droplets\n");
  const faults: string[] = [];
  const server = repositoryServer(root, (method, url) => {
    faults.push(`${method} ${url}`);
    return url.includes("broken") ? { status: 503 } : undefined;
  });
  let base = "";
  beforeAll(async () => {
    await listen(server, "127.0.0.1", 0);
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test("answers a file, and its size", async () => {
    const got = await fetch(`${base}/linux/debian/gpg`);
    expect([got.status, await got.text()]).toEqual([200, "a key\n"]);
    const head = await fetch(`${base}/linux/debian/gpg`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("6");
  });

  test.each(["/nothing", "/linux/debian", "/%2e%2e/secret", "/linux/..%2f..%2fsecret", "/%zz"])(
    "has no %s",
    async url => {
      const status = await fetch(`${base}${url}`).then(
        response => response.status,
        () => "cut off",
      );
      expect([404, "cut off"]).toContain(status);
    },
  );

  test("takes nothing, and fails as it is told to", async () => {
    expect((await fetch(`${base}/linux/debian/gpg`, { method: "PUT", body: "x" })).status).toBe(405);
    expect((await fetch(`${base}/broken`)).status).toBe(503);
    expect(faults).toContain("GET /broken");
  });

  test("says which address it could not have", async () => {
    const { port } = server.address() as AddressInfo;
    await expect(listen(repositoryServer(root), "127.0.0.1", port)).rejects.toThrow(
      `could not listen at 127.0.0.1:${port}`,
    );
  });
});

describe("an engine of one's own", () => {
  const engine = (text: string) => {
    const made = directory();
    for (const name of ["dockerd", "docker", "containerd", "containerd-shim-runc-v2", "runc"]) {
      writeFileSync(path.join(made, name), text);
      chmodSync(path.join(made, name), 0o755);
    }
    return made;
  };

  test("is none where SWARM_LAB_ENGINE is not set", async () => {
    expect(await ownEngine({})).toBeUndefined();
    expect(await ownEngine({ SWARM_LAB_ENGINE: "" })).toBeUndefined();
  });

  test("makes another image when a program is another one", async () => {
    const [one, same, other] = [engine("a"), engine("a"), engine("b")];
    const hash = async (place: string) => (await ownEngine({ SWARM_LAB_ENGINE: place }))?.hash;
    expect(await hash(one)).toBe(await hash(same));
    expect(await hash(one)).not.toBe(await hash(other));
    writeFileSync(path.join(same, "docker-proxy"), "more");
    expect(await hash(one)).not.toBe(await hash(same));
  });

  test("names the program that is missing, or is none", async () => {
    const made = engine("a");
    chmodSync(path.join(made, "runc"), 0o644);
    await expect(ownEngine({ SWARM_LAB_ENGINE: made })).rejects.toThrow(/no program runc there/);
  });
});

test("a recipe's hash is that of its files, by name and content, and of no TypeScript", async () => {
  const [one, other] = [directory(), directory()];
  writeFileSync(path.join(one, "a.sh"), "x");
  writeFileSync(path.join(other, "a.sh"), "x");
  writeFileSync(path.join(other, "a.ts"), "y");
  expect(await recipeHash(one)).toBe(await recipeHash(other));
  expect(await recipeHash(one)).not.toBe(await recipeHash(one, other));
  rmSync(path.join(other, "a.sh"));
  writeFileSync(path.join(other, "b.sh"), "x");
  expect(await recipeHash(one)).not.toBe(await recipeHash(other));
});
