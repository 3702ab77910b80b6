import * as assert from "node:assert/strict";

import { ApiClient } from "../../../lab/client";
import { ask } from "../account-api";
import { inside, removeDroplets } from "../prepared-droplet";
import type { Scenario } from "../scenario";
import type { World } from "../world";

interface Volume {
  readonly id: string;
  readonly droplet_ids: readonly number[];
}

const DEVICE = "/dev/disk/by-id/scsi-0DO_Volume_data-one";

/** What the lab promises of block storage: the ground that a component's volumes stand on. */
export const VOLUMES: readonly Scenario[] = [
  {
    name: "a volume of the lab: mounted by its first droplet, pulled out of it, and whole in the next one",
    async run(world) {
      await world.destroy();
      const client = new ApiClient(world.lab.endpoint, world.lab.token);
      const { volume } = await ask<{ volume: Volume }>(world, "POST", "volumes", {
        name: "data-one",
        region: "fra1",
        size_gigabytes: 1,
        filesystem_type: "ext4",
        filesystem_label: "books",
      });
      const target = `volumes/${volume.id}`;
      const first = await droplet(world, "first", "debian-12-x64", [volume.id]);
      // As DigitalOcean's images do it.
      await says(world, "first", "findmnt -nro OPTIONS /mnt/data_one | grep -o noatime", "noatime");
      await says(world, "first", "systemctl is-active mnt-data_one.mount", "active");
      await says(world, "first", `blkid -s LABEL -o value ${DEVICE}`, "books");
      await says(world, "first", "echo kept >/mnt/data_one/file; sync; cat /mnt/data_one/file", "kept");

      const second = await droplet(world, "second", "ubuntu-24-04-x64", []);
      await assert.rejects(
        client.act(target, { type: "attach", droplet_id: second }),
        /422 This volume is already attached/,
      );
      await world.eventually(60, "the second droplet's engine to run", () =>
        says(world, "second", "docker image inspect -f ok lab/workload:1", "ok"),
      );
      // Pulled out while it is mounted: it is gone, and what has it open gets errors.
      const writer = "exec 3>/mnt/data_one/open; while sleep 0.2; do echo more >&3 || exit; done";
      await inside(world, "first", `systemd-run --unit writer bash -c '${writer}'`);
      await client.act(target, { type: "detach", droplet_id: first });
      await says(world, "first", "findmnt -n /mnt/data_one; ls /dev/disk/by-id; echo nothing", "nothing");

      await world.eventually(60, "who writes on to get an error", () =>
        says(
          world,
          "first",
          "journalctl -u writer -o cat | grep -o 'write error: .*'",
          "write error: Input/output error",
        ),
      );

      await client.act(target, { type: "attach", droplet_id: second });
      // Mounted once in its life: from now on it is its owner's to mount, by a unit that waits for the device, say.
      await says(world, "second", "findmnt -n /mnt/data_one; echo nothing", "nothing");
      const unit = `[Mount]\\nWhat=${DEVICE}\\nWhere=/srv/books\\n[Install]\\nWantedBy=multi-user.target\\n`;
      await inside(
        world,
        "second",
        `printf '${unit}' >/etc/systemd/system/srv-books.mount && systemctl enable --now srv-books.mount`,
      );
      await says(world, "second", "cat /srv/books/file", "kept");
      const container = "docker run --rm -v /srv/books:/data lab/workload:1 cat /data/file";
      await says(world, "second", container, "kept");
      await client.act(target, { type: "resize", size_gigabytes: 2 });
      await says(world, "second", `blockdev --getsize64 ${DEVICE}`, String(2 * 2 ** 30));
      // The file system stays as it is until somebody makes it larger, which a droplet of the lab may not do while it is
      // mounted.
      const grow = `systemctl stop srv-books.mount && e2fsck -fp ${DEVICE} && resize2fs ${DEVICE}`;
      await inside(world, "second", `(${grow}) >/tmp/grow 2>&1; systemctl start srv-books.mount`);
      await says(world, "second", "df --output=size -BG /srv/books | tail -1", "2G");

      await client.act(`droplets/${second}`, { type: "reboot" });
      await world.eventually(60, "the volume to be mounted after the reboot", () =>
        says(world, "second", "systemctl is-active srv-books.mount", "active"),
      );
      await says(world, "second", "cat /srv/books/file", "kept");
      await removeDroplets(world, ["first", "second"]);
      assert.deepEqual((await ask<{ volume: Volume }>(world, "GET", target)).volume.droplet_ids, []);
      await ask(world, "DELETE", target);
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
];

async function droplet(
  world: World,
  name: string,
  image: string,
  volumes: readonly string[],
): Promise<number> {
  const { droplet: made } = await ask<{ droplet: { id: number } }>(world, "POST", "droplets", {
    name,
    region: "fra1",
    size: "s-1vcpu-1gb",
    image,
    volumes: volumes.map(id => ({ id })),
  });
  await world.eventually(300, `${name} to boot`, async () => {
    const found = (await world.lab.droplets()).find(({ hostname }) => hostname === name);
    assert.equal(found?.status, "active");
  });
  return made.id;
}

async function says(world: World, name: string, command: string, expected: string): Promise<void> {
  const { stdout, stderr } = await inside(world, name, command);
  assert.equal(stdout.trim(), expected, `${name}: ${command}: ${stderr}`);
}
