import { createServer } from "node:net";

import { FakeHost, type Outcome } from "./fake-host";

const PEM = { CA: "the CA\n", CERTIFICATE: "the certificate\n", KEY: "the key\n" };
/** What docker.service says without the API. */
export const UNIT = [
  "# /lib/systemd/system/docker.service",
  "[Service]",
  "ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS",
  "",
].join("\n");
const DROP_IN = "docker.service.d/50-digitalocean-swarm-api.conf";

/** On which somebody answers. */
export let port = "";
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

/** Runs the script as the provider does; the API's port is one of this test's. */
export function serve(
  host: FakeHost,
  { WANTED = "on", UNLOCK_KEY = "", ...pem }: Wanted = {},
  WAIT_SECONDS = 1,
): Promise<Outcome> {
  const variables = WANTED === "on" ? { WANTED, UNLOCK_KEY, ...PEM, ...pem } : { WANTED, UNLOCK_KEY };
  return host.run("docker-api", variables, {
    node: "manager-0",
    bounds: { WAIT_SECONDS },
    env: {
      API_PORT: port,
      API_DIR: host.path("api"),
      DROP_IN: host.path(DROP_IN),
      DAEMON_JSON: host.path("daemon.json"),
    },
  });
}
export const restarts = (host: FakeHost) =>
  host.calls().filter(call => call === "systemctl restart docker.service").length;
export const dropIn = (host: FakeHost) => host.read(DROP_IN);
