import * as assert from "node:assert/strict";

import {
  createPrepared,
  engineOf,
  inside,
  LOG,
  MARKER,
  outcomeOf,
  PREPARE,
  removeDroplets,
  secondsOf,
  type Versions,
  versions,
  type Wanted,
} from "../prepared-droplet";
import type { Scenario } from "../scenario";
import type { World } from "../world";

/** What a droplet's preparation is to come to. */
interface Case {
  readonly image: string;
  readonly wanted: string;
  /** The version that answers in the end; without it, any. */
  readonly got?: string;
  /** The package that it is from. */
  readonly from: "docker-ce" | "docker.io";
  /** Packages that are held before. */
  readonly held?: readonly string[];
}

const RELEASES: Readonly<Record<string, string>> = {
  "debian-12-x64": "Debian 12",
  "debian-13-x64": "Debian 13",
  "lab-docker-20-10": "Debian 12",
  "lab-docker-26-1": "Debian 13",
  "lab-docker-28-5": "Debian 13",
};

/** "What users get is what was tested": the preparation script, on droplets as DigitalOcean's images make them. */
export const STOCK: readonly Scenario[] = [
  everyEngine("debian-12-x64"),
  everyEngine("debian-13-x64"),
  {
    name: "stock: an engine that the image has is kept for `any`, and else replaced, also a newer one or one that is held",
    async run(world) {
      const { newest, middle } = await versions(world);
      await allPrepared(world, [
        { image: "lab-docker-26-1", wanted: "any", got: middle, from: "docker.io" },
        {
          image: "lab-docker-26-1",
          wanted: newest,
          got: newest,
          from: "docker-ce",
          held: ["docker.io", "containerd"],
        },
        {
          image: "lab-docker-28-5",
          wanted: middle,
          got: middle,
          from: "docker-ce",
          held: ["docker-ce", "docker-ce-cli"],
        },
        { image: "lab-docker-28-5", wanted: "distribution", from: "docker.io" },
        { image: "lab-docker-20-10", wanted: middle, got: middle, from: "docker-ce" },
      ]);
    },
  },
  {
    name: "stock: Docker's repository is down, and comes back: the preparation waits, and says for what",
    run: repositoryDown,
  },
  {
    name: "stock: a version that is not there, a lock that is never given back: the reason, and a further run succeeds",
    run: refused,
  },
];

function everyEngine(image: string): Scenario {
  const release = RELEASES[image] ?? image;
  return {
    name: `stock: ${release} gets each engine that can be asked for, while agents hold the locks of apt and dpkg`,
    async run(world) {
      const { newest, middle, oldest } = await versions(world);
      // Who comes to a lock is a matter of time; below a lock is held until it was waited for.
      await allPrepared(world, [
        { image, wanted: "any", got: newest, from: "docker-ce" },
        { image, wanted: newest, got: newest, from: "docker-ce" },
        { image, wanted: middle, got: middle, from: "docker-ce" },
        { image, wanted: oldest, got: oldest, from: "docker-ce" },
        { image, wanted: "distribution", from: "docker.io" },
      ]);
    },
  };
}

/** Prepares a droplet per case, all at once. */
async function allPrepared(world: World, cases: readonly Case[]): Promise<void> {
  const names = cases.map((_, i) => `prepared-${i}`);
  for (const [i, { image, wanted, held }] of cases.entries())
    await createPrepared(world, {
      name: names[i] ?? "",
      image,
      dockerVersion: wanted,
      dockerMirror: world.lab.dockerMirror,
      before: held && [["apt-mark", "hold", ...held]],
    });
  for (const [i, one] of cases.entries()) {
    const name = names[i] ?? "";
    const said = await outcomeOf(world, name);
    const log = (await inside(world, name, `cat ${LOG}`)).stdout;
    assert.equal(said, "ok", `${name} (${one.image}, ${one.wanted}): ${log}`);
    const { version, from } = await engineOf(world, name);
    const waited = log.includes(", waiting: E: Could not get lock") ? "waited for a lock" : "";
    await remember(world, name, one, `${version} (${from})`, waited);
    assert.equal(from, one.from, name);
    if (one.got !== undefined) assert.equal(version, one.got, name);
    await works(world, name, from);
  }
  await removeDroplets(world, names);
}

async function remember(world: World, name: string, one: Case, got: string, note = ""): Promise<void> {
  const stock = one.image.startsWith("debian");
  world.preparations.push({
    release: RELEASES[one.image] ?? one.image,
    before: stock ? "none" : one.image.replace(/^lab-docker-/, "").replace("-", "."),
    wanted: one.wanted,
    got,
    seconds: await secondsOf(world, name),
    note: [one.held ? `${one.held.join(" and ")} held` : "", note].filter(Boolean).join("; "),
  });
}

/** The engine runs containers, starts at the next boot, and is guarded; Docker's own is held and started as Docker does. */
async function works(world: World, name: string, from: string): Promise<void> {
  const run = async (command: string) => {
    const { code, stdout, stderr } = await inside(world, name, command);
    assert.equal(code, 0, `${name}: "${command}": ${stdout}${stderr}`);
    return stdout;
  };
  await world.eventually(60, `${name} to have the image of services`, async () => {
    await run("docker image inspect lab/workload:1");
  });
  assert.equal(await run("docker run --rm --network none lab/workload:1 echo it runs"), "it runs\n");
  const logs =
    "docker inspect --format '{{json .HostConfig.LogConfig}}' $(docker create lab/workload:1 true)";
  assert.match(await run(logs), /"max-size":"10m"/);
  await run("systemctl is-enabled docker.service digitalocean-swarm-guard.service");
  await run("iptables -t mangle -C FORWARD -d 169.254.169.254 -j DROP");
  const held = (await run("apt-mark showhold")).split("\n");
  if (from === "docker-ce") assert.ok(held.includes("docker-ce") && held.includes("docker-ce-cli"));
  assert.match(
    await run("systemctl cat docker.service"),
    /^ExecStart=\/usr\/s?bin\/dockerd -H fd:\/\/ --containerd=\/run\/containerd\/containerd.sock/m,
  );
}

async function repositoryDown(world: World): Promise<void> {
  const { newest } = await versions(world);
  // The key twice, then the lists: apt asks four times, and the script again.
  await world.lab.setFault({ method: "GET", path: "^/linux/debian/gpg$", status: 503, times: 2 });
  await world.lab.setFault({ method: "GET", path: "^/linux/debian/dists/", status: 503, times: 12 });
  const one: Case = { image: "debian-13-x64", wanted: "any", from: "docker-ce" };
  await createPrepared(world, droplet(world, one));
  assert.equal(await outcomeOf(world, "prepared"), "ok");
  assert.equal((await engineOf(world, "prepared")).version, newest);
  await remember(world, "prepared", one, `${newest} (docker-ce)`, "the repository answers 503 for a while");
  const log = (await inside(world, "prepared", `cat ${LOG}`)).stdout;
  assert.match(log, /adding Docker's package repository, waiting: curl: \(22\) .*503/);
  assert.match(log, /installing the Docker engine \(any\), waiting: [EW]: Failed to fetch .*503/);
  await removeDroplets(world, ["prepared"]);
}

async function refused(world: World): Promise<void> {
  const all = await versions(world);
  const one: Case = { image: "debian-12-x64", wanted: "99.99.99", from: "docker-ce" };
  await createPrepared(world, droplet(world, one));
  const said = await outcomeOf(world, "prepared");
  const has = [all.newest, all.middle, all.oldest].join(" ");
  assert.ok(said.startsWith("while installing the Docker engine (99.99.99): "), said);
  assert.ok(
    said.includes(`${world.lab.dockerMirror} has no docker-ce 99.99.99 for debian bookworm; it has ${has}`),
    said,
  );
  await remember(world, "prepared", one, "refused: it is not there");
  await locked(world, all);
  const again = await runByHand(world, all.middle);
  assert.deepEqual(again, { code: 0, said: "ok" });
  assert.equal((await engineOf(world, "prepared")).version, all.middle);
  await works(world, "prepared", "docker-ce");
  // Once more there is nothing to do, and whoever asks for another version gets it.
  assert.deepEqual(await runByHand(world, all.middle), { code: 0, said: "ok" });
  assert.deepEqual(await runByHand(world, all.oldest), { code: 0, said: "ok" });
  assert.equal((await engineOf(world, "prepared")).version, all.oldest);
  await removeDroplets(world, ["prepared"]);
}

/** Somebody holds a lock for good: the wait is bounded, and the reason has the holder's name. */
async function locked(world: World, { middle }: Versions): Promise<void> {
  for (const lock of ["/var/lib/apt/lists/lock", "/var/lib/dpkg/lock-frontend"]) {
    const hold = `import fcntl, time; f = open("${lock}", "w"); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); time.sleep(600)`;
    const start = `coproc python3 -c '${hold}'; read -r -u "\${COPROC[0]}"; disown; echo $COPROC_PID >/run/holder`;
    assert.equal((await inside(world, "prepared", start)).code, 0);
    const { code, said } = await runByHand(world, middle, 5);
    assert.notEqual(code, 0);
    assert.match(said, /^while .* gave up after \d+ s: E: Could not get lock /);
    assert.ok(said.includes(`${lock}. It is held by process `) && said.includes("(python3)"), said);
    assert.equal((await inside(world, "prepared", "kill $(cat /run/holder)")).code, 0);
  }
}

async function runByHand(
  world: World,
  version: string,
  patience = 300,
): Promise<{ code: number | null; said: string }> {
  const script = [
    `env DOCKER_VERSION=${version} DOCKER_MIRROR=${world.lab.dockerMirror} SECURITY_UPDATES=image LISTEN_PORT=2377`,
    `DATA_PATH_PORT=4789 PATIENCE=${patience} ${PREPARE} </dev/null >/dev/null 2>&1; echo $? >/run/by-hand`,
  ].join(" ");
  await inside(world, "prepared", `rm -f ${MARKER} /run/by-hand; systemd-run --quiet bash -c '${script}'`);
  let code: number | null = null;
  await world.eventually(300, "the script to end", async () => {
    const { stdout } = await inside(world, "prepared", "cat /run/by-hand");
    assert.notEqual(stdout, "");
    code = Number(stdout);
  });
  return { code, said: (await inside(world, "prepared", `cat ${MARKER}`)).stdout.trim() };
}

function droplet(world: World, { image, wanted }: Case): Wanted {
  return { name: "prepared", image, dockerVersion: wanted, dockerMirror: world.lab.dockerMirror };
}
