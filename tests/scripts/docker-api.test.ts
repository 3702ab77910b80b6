import { statSync } from "node:fs";
import { createServer } from "node:net";
import * as path from "node:path";

import { script } from "../../components/swarm/script";
import { CLOCK, FakeHost, type Outcome } from "./fake-host";

const PEM = { CA: "the CA\n", CERTIFICATE: "the certificate\n", KEY: "the key\n", UNLOCK_KEY: "" };
const UNIT = [
  "# /lib/systemd/system/docker.service",
  "[Service]",
  "ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS",
  "",
].join("\n");

let port = "";
let close: () => Promise<void>;
beforeAll(async () => {
  const server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as { port: number }).port);
  close = () => new Promise(resolve => server.close(() => resolve()));
});
afterAll(() => close());

/** A manager whose docker.service reads `unit`; `fails` is a condition under which it does not start. */
function manager(unit = UNIT, fails = "false"): FakeHost {
  const host = new FakeHost().manager().install("systemctl").install("journalctl");
  host.rules(
    `[[ $* != "node ls --format {{.Status}} {{.ManagerStatus}}" ]] || { echo "Ready Leader"; exit; }`,
  );
  return host.write("unit", unit).write(
    "bin/systemctl",
    `#!/bin/bash
echo "systemctl $*" >>"$FAKE/calls"
case $1 in
  cat) cat "$FAKE/unit" ;;
  restart) ! ${fails} ;;
esac
`,
  );
}

function serve(
  host: FakeHost,
  word = "docker-api",
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const text =
    CLOCK +
    script("docker-api", "manager-0", { ...PEM, ...more })
      .replaceAll("127.0.0.1/2376", `127.0.0.1/${port}`)
      .replaceAll(/wait_until \d+ /g, "wait_until 1 ");
  const at = (file: string) => path.join(host.directory, file);
  return host.bash(["--norc", "-s", word, "manager-0"], text, {
    API_DIR: at("api"),
    DROP_IN: at("docker.service.d/50-digitalocean-swarm-api.conf"),
    DAEMON_JSON: at("daemon.json"),
  });
}
const restarts = (host: FakeHost) =>
  host.calls().filter(call => call === "systemctl restart docker.service").length;
const dropIn = (host: FakeHost) => host.read("docker.service.d/50-digitalocean-swarm-api.conf");

test("the API is served beside what the unit serves, with files that only root reads", async () => {
  const host = manager();
  expect(await serve(host)).toEqual({
    code: 0,
    stdout: "",
    stderr: "manager-0: serves the Docker API on 2376\n",
  });
  const api = path.join(host.directory, "api");
  expect(dropIn(host)).toBe(
    `[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS -H tcp://0.0.0.0:2376 --tlsverify --tlscacert=${api}/ca.pem --tlscert=${api}/cert.pem --tlskey=${api}/key.pem\n`,
  );
  expect(host.read("api/key.pem")).toBe("the key\n");
  expect(statSync(path.join(api, "key.pem")).mode & 0o777).toBe(0o600);
  expect(statSync(api).mode & 0o777).toBe(0o700);
  expect(restarts(host)).toBe(1);
});

test("run again it restarts nothing; with another certificate it does", async () => {
  const host = manager();
  await serve(host);
  // systemd then shows our drop-in, too.
  const shown = `# ${host.directory}/docker.service.d/50-digitalocean-swarm-api.conf\n${dropIn(host)}`;
  host.write("unit", `${UNIT}\n${shown}`);
  expect(await serve(host)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(restarts(host)).toBe(1);
  expect((await serve(host, "docker-api", { CERTIFICATE: "renewed" })).code).toBe(0);
  expect(restarts(host)).toBe(2);
  expect(dropIn(host).match(/2376/g)).toHaveLength(1);
});

test("an engine that does not start with it is started without, and the reason is told", async () => {
  const fails = `[[ -e "$FAKE/docker.service.d/50-digitalocean-swarm-api.conf" ]]`;
  const host = manager(UNIT, fails).write("out-journalctl", "bad certificate\n");
  const { code, stderr } = await serve(host);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /error: the engine did not start with its API on 2376, and runs again without: bad certificate/,
  );
  expect(dropIn(host)).toBe("");
  expect(host.read("api/key.pem")).toBe("");
});

test("a locked engine is unlocked, with the key on stdin", async () => {
  const host = manager().engine({ LocalNodeState: "locked" });
  expect((await serve(host, "docker-api", { UNLOCK_KEY: "SWMKEY-first" })).code).toBe(0);
  expect(host.read("engine/LocalNodeState")).toBe("active");
  expect(host.calls().join()).not.toContain("SWMKEY");
  const other = manager().engine({ LocalNodeState: "locked" });
  const { code, stderr } = await serve(other, "docker-api", { UNLOCK_KEY: "SWMKEY-old" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/could not be unlocked with the swarm's unlock key/);
});

test("off: nothing is left of it, and the engine runs without", async () => {
  const host = manager();
  await serve(host);
  expect(await serve(host, "docker-api-off")).toMatchObject({ code: 0, stdout: "" });
  expect([dropIn(host), host.read("api/key.pem")]).toEqual(["", ""]);
  expect(restarts(host)).toBe(2);
  expect((await serve(host, "docker-api-off")).code).toBe(0);
  expect(restarts(host)).toBe(2);
});

test.each<[string, () => FakeHost, RegExp]>([
  [
    "hosts in daemon.json",
    () => manager().write("daemon.json", '{"hosts": []}'),
    /daemon.json has "hosts", which cannot/,
  ],
  ["no unit", () => manager(""), /docker.service has no ExecStart of one line/],
  [
    "a command line of several lines",
    () => manager("ExecStart=/usr/bin/dockerd \\\n  -H fd://\n"),
    /docker.service has no ExecStart of one line/,
  ],
])("%s: refused before anything is changed", async (_, prepare, message) => {
  const host = prepare();
  const { code, stderr } = await serve(host);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(restarts(host)).toBe(0);
  expect(dropIn(host)).toBe("");
});

test("it waits for the managers to reach each other, and goes on without one that is ill", async () => {
  const host = manager();
  host.rules(
    `[[ $* != "node ls --format {{.Status}} {{.ManagerStatus}}" ]] || { echo "Ready Leader"; echo "Ready Unreachable"; exit; }`,
  );
  const { code, stderr } = await serve(host);
  expect(code).toBe(0);
  expect(stderr).toMatch(/waited 1 s for the managers to reach each other, and the nodes to report\n/);
});
