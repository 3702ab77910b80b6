/** Serves one lab's API until it is told to end: `serve.ts NAME`. Started by server-process.ts. */
import * as path from "node:path";

import { gatewayOf } from "./api/addresses";
import { Faults } from "./api/faults";
import { createApi } from "./api/server";
import { ensureEngine } from "./engine/engine";
import { messageOf } from "./engine/errors";
import { labDirectory } from "./engine/paths";
import { ContainerHosts } from "./hosts/container-hosts";
import { isRepositoryBuilt } from "./packages/repository";
import { PackageServers } from "./packages/server";
import { loadSettings } from "./settings";

const say = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

async function main(): Promise<void> {
  const name = process.argv[2] ?? "";
  const settings = await loadSettings(name);
  if (!settings) throw new Error(`there is no lab "${name}"`);
  const directory = labDirectory(name);
  const { docker } = await ensureEngine(say);
  // The public network's gateway is this machine: droplets reach it there, and nothing else is on that network.
  const metadata = { address: gatewayOf(settings.publicRange), port: settings.port };
  const faults = new Faults();
  const packages = new PackageServers((method, path) => faults.hit(method, path));
  const api = await createApi({
    hosts: new ContainerHosts({
      docker,
      lab: name,
      directory,
      egress: settings.egress,
      metadata,
      agentSeconds: settings.agentSeconds,
      packages: async (gateway, needed, report) => {
        if (needed || (await isRepositoryBuilt())) await packages.start(gateway, report);
      },
    }),
    faults,
    stateFile: path.join(directory, "state.json"),
    publicRange: settings.publicRange,
    log: say,
  });
  const end = (signal: string) => {
    say(`${signal}: ending`);
    packages.close();
    void api.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  await api.metadata.listen({ host: metadata.address, port: metadata.port });
  // Droplets of an earlier run of this server still count on them.
  if (await isRepositoryBuilt()) {
    await packages.start(metadata.address, say).catch((error: unknown) => {
      say(`droplets have no packages: ${messageOf(error)}`);
    });
  }
  await api.app.listen({ host: "127.0.0.1", port: settings.port });
  say(`answering at http://127.0.0.1:${settings.port}`);
}

main().catch((error: unknown) => {
  say(
    error instanceof Error
      ? [error.message, error.cause instanceof Error ? error.cause.message : ""].join(" ")
      : String(error),
  );
  process.exit(1);
});
