import type { OutputNode, World } from "../world";

const ASK = "wget -q -T 3 -O - http://169.254.169.254/metadata/v1/hostname";

/** Asks the metadata service from somewhere on a node. It is open where it tells that very node's name. */
export async function askMetadata(
  world: World,
  node: OutputNode,
  who: "host" | "container" | "task",
): Promise<string> {
  const task = "$(docker ps --quiet --filter name=hidden | head -n 1)";
  const commands = {
    host: `busybox ${ASK}`,
    container: `docker run --rm lab/workload:1 ${ASK}`,
    task: `docker exec ${task} ${ASK}`,
  };
  const { code, stdout, stderr } = await world.inside(node, commands[who]);
  if (code === 0) return stdout === node.hostname ? "open" : `it answered ${stdout}`;
  return stderr.includes("timed out") ? "dropped" : stderr.trim();
}
