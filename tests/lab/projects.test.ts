import { type ErrorBody, Lab } from "./helpers";

interface Project {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly environment: string;
  readonly is_default: boolean;
}
interface Answered extends ErrorBody {
  readonly project: Project;
}
interface Resources extends ErrorBody {
  readonly resources: { urn: string; status: string; links?: { self: string } }[];
}

const create = (lab: Lab, more: object = {}) =>
  lab.post<Answered>("/v2/projects", {
    name: "prod",
    description: "",
    purpose: "Web Application",
    environment: "",
    ...more,
  });
async function projectIn(lab: Lab, more: object = {}): Promise<string> {
  return (await create(lab, more)).body.project.id;
}
const assign = (lab: Lab, id: string, ...resources: string[]) =>
  lab.post<Resources>(`/v2/projects/${id}/resources`, { resources });
const urnsIn = async (lab: Lab, id: string) =>
  (await lab.get<Resources>(`/v2/projects/${id}/resources`)).body.resources.map(({ urn }) => urn);
const volumeIn = async (lab: Lab) => {
  const request = { name: "data", region: "fra1", size_gigabytes: 1 };
  return (await lab.post<{ volume: { id: string } }>("/v2/volumes", request)).body.volume.id;
};
const reserve = async (lab: Lab, request: object) =>
  (await lab.post<{ reserved_ip: { ip: string; project_id: string } }>("/v2/reserved_ips", request)).body
    .reserved_ip;

describe("projects", () => {
  test("there is one from the beginning, which is the default one and stays", async () => {
    const lab = await Lab.start();
    const { projects } = (await lab.get<{ projects: Project[] }>("/v2/projects")).body;
    expect(projects).toMatchObject([{ is_default: true }]);
    const { project } = (await lab.get<Answered>("/v2/projects/default")).body;
    expect(project).toEqual(projects[0]);
    expect((await lab.delete(`/v2/projects/${project.id}`)).status).toBe(412);
  });

  test("created, read, changed by the provider's PATCH with nulls, and deleted", async () => {
    const lab = await Lab.start();
    const { status, body } = await create(lab, { environment: "production", purpose: "Swarms" });
    expect(status).toBe(201);
    expect(body.project).toMatchObject({
      name: "prod",
      owner_id: 1,
      purpose: "Other: Swarms",
      environment: "Production",
      is_default: false,
    });
    const url = `/v2/projects/${body.project.id}`;
    expect((await lab.get<Answered>(url)).body).toEqual(body);
    const patch = {
      name: "live",
      description: null,
      purpose: "Other: Swarms",
      environment: null,
      is_default: null,
    };
    const changed = await lab.call<Answered>("PATCH", url, patch);
    expect({ ...changed.body.project, updated_at: "" }).toEqual({
      ...body.project,
      name: "live",
      updated_at: "",
    });
    expect((await lab.put(url, { name: "live" })).status).toBe(422);
    expect((await lab.delete(url)).status).toBe(204);
    expect((await lab.get(url)).status).toBe(404);
  });

  test("one becomes the default, and what is new goes there", async () => {
    const lab = await Lab.start();
    const first = (await lab.get<Answered>("/v2/projects/default")).body.project.id;
    const old = await lab.droplet();
    const id = await projectIn(lab);
    await lab.call("PATCH", `/v2/projects/${id}`, { is_default: true });
    await lab.call("PATCH", `/v2/projects/${first}`, { is_default: false });
    const all = (await lab.get<{ projects: Project[] }>("/v2/projects")).body.projects;
    expect(all.map(project => project.is_default)).toEqual([false, true]);
    const droplet = await lab.droplet();
    const volume = await volumeIn(lab);
    const { ip, project_id } = await reserve(lab, { region: "fra1" });
    expect(project_id).toBe(id);
    expect(await urnsIn(lab, "default")).toEqual([
      `do:droplet:${droplet.id}`,
      `do:volume:${volume}`,
      `do:floatingip:${ip}`,
    ]);
    expect(await urnsIn(lab, first)).toEqual([`do:droplet:${old.id}`]);
  });

  test.each([
    [409, { name: "lab" }],
    [422, { name: "" }],
    [422, { name: "a".repeat(176) }],
    [422, { purpose: "" }],
    [422, { description: "a".repeat(256) }],
    [422, { environment: "Tuesday" }],
  ])("%d for %j", async (status, more) => {
    const lab = await Lab.start();
    expect((await create(lab, more)).status).toBe(status);
  });
});

describe("a project's resources", () => {
  test("move there and back to the default one, as the provider does it", async () => {
    const lab = await Lab.start();
    const id = await projectIn(lab);
    const droplet = `do:droplet:${(await lab.droplet()).id}`;
    const volume = `do:volume:${await volumeIn(lab)}`;
    const first = await assign(lab, id, droplet, volume, "do:droplet:7");
    expect(first.status).toBe(200);
    expect(first.body.resources.map(({ urn, status }) => `${urn} ${status}`)).toEqual([
      `${droplet} assigned`,
      `${volume} assigned`,
      "do:droplet:7 not_found",
    ]);
    expect(first.body.resources[1]?.links?.self).toContain(`/v2/volumes/${volume.slice(10)}`);
    expect((await assign(lab, id, droplet)).body.resources).toMatchObject([{ status: "already_assigned" }]);
    expect(await urnsIn(lab, id)).toEqual([droplet, volume]);
    expect(await urnsIn(lab, "default")).toEqual([]);

    const busy = await lab.delete<ErrorBody>(`/v2/projects/${id}`);
    expect([busy.status, busy.body.id, busy.body.message]).toEqual([
      412,
      "precondition_failed",
      "cannot delete a project with resources. move or remove the resources first",
    ]);
    await assign(lab, "default", droplet, volume);
    expect((await lab.delete(`/v2/projects/${id}`)).status).toBe(204);
  });

  test("count for a while after they were moved away", async () => {
    const lab = await Lab.start({ behaviour: { membersMs: 3_600_000 } });
    const id = await projectIn(lab);
    const urn = `do:droplet:${(await lab.droplet()).id}`;
    await assign(lab, id, urn);
    await assign(lab, "default", urn);
    expect((await lab.delete(`/v2/projects/${id}`)).status).toBe(412);
    await lab.post("/lab/behaviour", { membersMs: 0 });
    expect((await lab.delete(`/v2/projects/${id}`)).status).toBe(204);
  });

  test("are gone when they are deleted", async () => {
    const lab = await Lab.start();
    const id = await projectIn(lab);
    const droplet = await lab.droplet();
    await assign(lab, id, `do:droplet:${droplet.id}`);
    await lab.delete(`/v2/droplets/${droplet.id}`);
    await lab.settled();
    expect(await urnsIn(lab, id)).toEqual([]);
    expect((await lab.delete(`/v2/projects/${id}`)).status).toBe(204);
  });

  test("a reserved IP is a floating IP to projects, and goes with its droplet", async () => {
    const lab = await Lab.start();
    const id = await projectIn(lab);
    const { ip } = await reserve(lab, { region: "fra1" });
    expect((await assign(lab, id, `do:reservedip:${ip}`)).body.resources).toMatchObject([
      { urn: `do:floatingip:${ip}`, status: "assigned" },
    ]);
    expect(await urnsIn(lab, id)).toEqual([`do:floatingip:${ip}`]);
    const droplet = await lab.droplet();
    await lab.post(`/v2/reserved_ips/${ip}/actions`, { type: "assign", droplet_id: droplet.id });
    await lab.settled();
    expect(await urnsIn(lab, id)).toEqual([]);
    for (const urn of [`do:reservedip:${ip}`, `do:floatingip:${ip}`]) {
      const stuck = await assign(lab, id, `do:droplet:${droplet.id}`, urn);
      expect([stuck.status, stuck.body.message]).toEqual([
        412,
        "Cannot move a Reserved IP with an associated Droplet. Move the Droplet instead",
      ]);
    }
    expect(await urnsIn(lab, id)).toEqual([]);
    await assign(lab, id, `do:droplet:${droplet.id}`);
    expect(await urnsIn(lab, id)).toEqual([`do:droplet:${droplet.id}`, `do:floatingip:${ip}`]);
  });

  test("are of certain kinds only, in a project that there is", async () => {
    const lab = await Lab.start();
    for (const urn of ["do:vpc:1", "droplet:1", "do:droplet:"]) {
      const { status, body } = await assign(lab, "default", urn);
      expect([status, body.message]).toEqual([
        400,
        expect.stringContaining("resource types must be one of the following: AppPlatformApp Bucket"),
      ]);
    }
    expect((await assign(lab, "none", "do:droplet:1")).status).toBe(404);
    expect((await lab.post("/v2/projects/default/resources", { resources: [] })).status).toBe(422);
  });
});

test("a project is a leftover, and an account with one is not a new one", async () => {
  const lab = await Lab.start();
  await create(lab);
  const { projects } = (await lab.get<{ projects: object[] }>("/lab/status")).body;
  expect(projects).toMatchObject([{ default: true }, { name: "prod", default: false }]);
  const emptied = await lab.delete<ErrorBody>("/lab/seed");
  expect([emptied.status, emptied.body.message]).toEqual([409, expect.stringContaining("project prod")]);
});
