import { createServer } from "node:net";
import * as path from "node:path";

import { script } from "../../components/swarm/script";
import { CLOCK, FakeHost, type Outcome } from "./fake-host";

const PEM = { CA: "the CA\n", CERTIFICATE: "the certificate\n", KEY: "the key\n" };
/** What docker.service says without the API. */
export const UNIT = [
  "# /lib/systemd/system/docker.service",
  "[Service]",
  "ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS",
  "",
].join("\n");
const DROP_IN = "docker.service.d/50-digitalocean-swarm-api.conf";

let port = "";
let close: () => Promise<void>;
beforeAll(async () => {
  const server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as { port: number }).port);
  close = () => new Promise(resolve => server.close(() => resolve()));
});
afterAll(() => close());

/** The only manager of its swarm, whose docker.service reads `unit`; `fails` is a condition under which it does not start. */
export function manager(unit = UNIT, fails = "false"): FakeHost {
  const host = new FakeHost().manager().node("control-node", {
    Role: "manager",
    Reachability: "reachable",
    Hostname: "this-one",
  });
  host.install("systemctl").install("journalctl");
  host.rules(
    `[[ $* != "node ls --format {{.Status}} {{.ManagerStatus}}" ]] || { echo "Ready Leader"; exit; }`,
  );
  return host.write("unit", unit).write(
    "bin/systemctl",
    `#!/bin/bash
echo "systemctl $*" >>"$FAKE/calls"
case $1 in
  cat)
    cat "$FAKE/unit"
    if [[ -e $FAKE/${DROP_IN} ]]; then printf '# %s\n%s\n' "$FAKE/${DROP_IN}" "$(<"$FAKE/${DROP_IN}")"; fi ;;
  # The script that asks for it is killed.
  restart) if [[ -e $FAKE/cut ]]; then kill -9 $PPID; else ! ${fails}; fi ;;
esac
`,
  );
}

/** What is wanted of the host's API, and with what. */
type Wanted = Partial<Record<keyof typeof PEM | "UNLOCK_KEY", string>> & { readonly WANTED?: "on" | "off" };

/** Runs the script as the provider does; the API's port is one of this test's, on which somebody answers. Each wait takes so many `seconds`. */
export function serve(
  host: FakeHost,
  { WANTED = "on", UNLOCK_KEY = "", ...pem }: Wanted = {},
  seconds = 1,
): Promise<Outcome> {
  const variables = WANTED === "on" ? { WANTED, UNLOCK_KEY, ...PEM, ...pem } : { WANTED, UNLOCK_KEY };
  const text = `${CLOCK}${script("docker-api", "manager-0", variables)}`
    .replaceAll("127.0.0.1:2376", `127.0.0.1:${port}`)
    .replaceAll(/wait_until \d+ /g, `wait_until ${seconds} `);
  const at = (file: string) => path.join(host.directory, file);
  return host.bash(["--norc", "-s", "docker-api", "manager-0"], text, {
    API_DIR: at("api"),
    DROP_IN: at(DROP_IN),
    DAEMON_JSON: at("daemon.json"),
  });
}
export const restarts = (host: FakeHost) =>
  host.calls().filter(call => call === "systemctl restart docker.service").length;
export const dropIn = (host: FakeHost) => host.read(DROP_IN);
