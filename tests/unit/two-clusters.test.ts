import { SwarmCluster } from "../../components";
import { CLUSTER } from "./cluster";
import { COMMAND, quiet, startRecording } from "./mocks";

test("two clusters of one program have no name in common, and nothing to do with each other", async () => {
  const world = await startRecording();
  for (const name of ["blue", "green"]) new SwarmCluster(name, CLUSTER);
  await quiet();
  const names = (cluster: string) =>
    world.resources
      .filter(({ name }) => name === cluster || name.startsWith(`${cluster}-`))
      .map(({ type, name }) => `${type} ${name.slice(cluster.length)}`)
      .sort();
  expect(names("blue")).toEqual(names("green"));
  expect(names("blue").length + names("green").length).toBe(world.resources.length);
  for (const one of world.resources) {
    const [own, other] = one.name.startsWith("blue") ? ["blue", "green"] : ["green", "blue"];
    for (const dependency of [...one.dependencies, one.deletedWith, one.parent].filter(Boolean))
      expect([one.name, dependency.split(" ")[1]?.startsWith(own)]).toEqual([one.name, true]);
    // The mocks give both the same addresses.
    if (one.type !== COMMAND) expect(JSON.stringify(one.inputs)).not.toContain(other);
  }
});

test("nothing that an account takes once is given a fixed name", async () => {
  const world = await startRecording();
  new SwarmCluster("swarm", { ...CLUSTER });
  await quiet();
  const kinds = ["Tag", "Firewall", "SshKey", "Droplet"];
  const found = world.resources.filter(({ type }) => kinds.includes(type.split(":").at(-1) ?? ""));
  expect(found).toHaveLength(8);
  for (const one of found) expect([one.type, one.inputs.name]).toEqual([one.type, undefined]);
});
