import { Lab } from "./helpers";

interface Images {
  images: { id: number; name: string; slug: string | null; type: string; public: boolean }[];
}

test("the account's snapshots are listed as private, and have ids and no slugs", async () => {
  const lab = await Lab.start();
  const { images } = (await lab.get<Images>("/v2/images?private=true")).body;
  expect(images.map(({ name, slug, type }) => [name, slug, type])).toEqual([
    ["lab-docker-20-10", null, "snapshot"],
    ["lab-docker-26-1", null, "snapshot"],
    ["lab-docker-28-5", null, "snapshot"],
  ]);
  const distributions = (await lab.get<Images>("/v2/images?type=distribution")).body.images;
  expect(distributions.map(({ slug }) => slug)).toContain("debian-12-x64");
  expect(distributions.filter(image => !image.public)).toEqual([]);
});

test("a droplet is made from a snapshot by id, and its host by the snapshot's name", async () => {
  const lab = await Lab.start();
  const { images } = (await lab.get<Images>("/v2/images?private=true")).body;
  const id = images.find(({ name }) => name === "lab-docker-20-10")?.id ?? 0;
  for (const image of [id, String(id)]) {
    const droplet = await lab.droplet({ image });
    expect(droplet).toMatchObject({ image: { id, slug: null, name: "lab-docker-20-10" } });
    expect(lab.hosts.hosts.get(droplet.id)?.spec.image).toBe("lab-docker-20-10");
  }
  expect(lab.hosts.hosts.get((await lab.droplet()).id)?.spec.image).toBe("ubuntu-24-04-x64");
});
