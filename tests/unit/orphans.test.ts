import { clusterResources, orphans } from "../../tools/find-orphans";

const STATE = JSON.stringify({
  deployment: {
    resources: [
      { type: "pulumi:pulumi:Stack" },
      { type: "digitalocean:index/tag:Tag", id: "swarm-1", outputs: { name: "swarm-1" } },
      { type: "digitalocean:index/droplet:Droplet", id: "11" },
      { type: "digitalocean:index/droplet:Droplet", id: "12", delete: true },
    ],
  },
});

test("a droplet with the cluster's tag that no state knows is an orphan; one that waits to be deleted is none", () => {
  const { tag, dropletIds } = clusterResources(STATE);
  expect(tag).toBe("swarm-1");
  const droplets = [11, 12, 13].map(id => ({ id, name: `droplet-${id}` }));
  expect(orphans(droplets, dropletIds)).toEqual([{ id: 13, name: "droplet-13" }]);
});

test("a stack without a cluster has no tag", () => {
  expect(clusterResources('{"version":3,"deployment":{}}')).toEqual({
    tag: undefined,
    dropletIds: new Set(),
  });
});
