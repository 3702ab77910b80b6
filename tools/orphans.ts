/**
 * `npm run orphans -- --stack dev`: droplets with the cluster's tag that the stack's state does not know. A run that was
 * killed while DigitalOcean was creating a droplet leaves one; it costs money and is no node.
 */
import "../broken-pipe";

import { Command } from "commander";
import execa from "execa";

import { clusterResources, orphans, type TaggedDroplet } from "./find-orphans";

const API = "https://api.digitalocean.com";

async function main(): Promise<void> {
  const { stack } = new Command("orphans")
    .requiredOption("--stack <stack>", "the cluster's stack")
    .parse()
    .opts<{ stack: string }>();
  const pulumi = async (...args: string[]) =>
    (await execa("pulumi", [...args, "--stack", stack], { reject: false })).stdout;
  const state = await pulumi("stack", "export");
  if (state === "") throw new Error(`there is no stack "${stack}" here, or no pulumi on PATH`);
  const { tag, dropletIds } = clusterResources(state);
  if (tag === undefined) throw new Error(`the stack "${stack}" has no cluster`);
  const token = process.env.DIGITALOCEAN_TOKEN ?? (await pulumi("config", "get", "digitalocean:token"));
  const endpoint = (await pulumi("config", "get", "digitalocean:apiEndpoint")) || API;
  const found = orphans(await taggedDroplets(endpoint.trim(), token.trim(), tag), dropletIds);
  if (found.length === 0) process.stdout.write(`Every droplet with the tag ${tag} is known to the stack.\n`);
  for (const { id, name } of found) {
    process.stdout.write(`${name} (${id}) has the tag ${tag} and is unknown to the stack. Remove it with:\n`);
    process.stdout.write(
      `  curl -X DELETE -H "Authorization: Bearer $DIGITALOCEAN_TOKEN" ${endpoint.trim()}/v2/droplets/${id}\n`,
    );
  }
  process.exitCode = found.length === 0 ? 0 : 3;
}

async function taggedDroplets(endpoint: string, token: string, tag: string): Promise<TaggedDroplet[]> {
  const found: TaggedDroplet[] = [];
  for (let page = 1; ; page++) {
    const url = `${endpoint}/v2/droplets?tag_name=${encodeURIComponent(tag)}&per_page=200&page=${page}`;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    const { droplets } = (await response.json()) as { droplets: TaggedDroplet[] };
    found.push(...droplets);
    if (droplets.length < 200) return found;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
