/** `/v2/projects`, and the resources in them. `default` in place of an id is the default project. */
import { randomUUID } from "node:crypto";

import { type Static, Type } from "@fastify/type-provider-typebox";

import { timestamp } from "../actions";
import { type App, baseOf, type Context } from "../context";
import { ApiError, notFound } from "../errors";
import { PageQuery, paginate } from "../paging";
import { type Belonging, belongings, findProject, readProject } from "../projects";
import type { ProjectRecord } from "../records";
import { projectShape, type Shape } from "../shapes";

const Text = Type.Union([Type.String(), Type.Null()]);
const Content = {
  description: Type.Optional(Text),
  environment: Type.Optional(Text),
};
const CreateBody = Type.Object({ name: Type.String(), purpose: Type.String(), ...Content });
const UpdateBody = Type.Object({
  name: Type.String(),
  description: Type.String(),
  purpose: Type.String(),
  environment: Type.String(),
  is_default: Type.Boolean(),
});
/** The provider sends `null` for what it does not change. */
const PatchBody = Type.Object({
  name: Type.Optional(Text),
  purpose: Type.Optional(Text),
  is_default: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  ...Content,
});

/** What DigitalOcean takes, as it names the kinds. A reserved IP is a `FloatingIp` to it, by either name. */
const KINDS =
  "AppPlatformApp Bucket Database Domain DomainRecord Droplet Firewall FloatingIp Image Kubernetes LoadBalancer " +
  "MarketplaceApp Saas Volume";
const TAKEN = new Set(["reservedip", "space", "dbaas", ...KINDS.toLowerCase().split(" ")]);

/** Projects, and what belongs to them. */
export function projectRoutes(app: App, context: Context): void {
  const { store, behaviour } = context;
  const params = Type.Object({ id: Type.String() });
  const find = (id: string): ProjectRecord => {
    const project = findProject(store, id);
    if (project === undefined) throw notFound();
    return project;
  };
  const resourcesOf = ({ id }: ProjectRecord) => belongings(store).filter(({ project }) => project.id === id);

  app.post("/v2/projects", { schema: { body: CreateBody } }, (request, reply) => {
    const { name, purpose, description, environment } = request.body;
    const project: ProjectRecord = {
      id: randomUUID(),
      ...readProject(store, {
        name,
        purpose,
        description: description ?? "",
        environment: environment ?? "",
      }),
      isDefault: false,
      createdAt: timestamp(),
      updatedAt: timestamp(),
    };
    store.projects.put(project);
    store.changed();
    return reply.code(201).send({ project: projectShape(project) });
  });

  app.get("/v2/projects", { schema: { querystring: PageQuery } }, request => {
    const all = store.projects.all();
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { projects: items.map(projectShape), links, meta };
  });

  app.get("/v2/projects/:id", { schema: { params } }, request => ({
    project: projectShape(find(request.params.id)),
  }));

  const update = (project: ProjectRecord, body: Static<typeof PatchBody>): Shape => {
    const changed = readProject(
      store,
      {
        name: body.name ?? project.name,
        description: body.description ?? project.description,
        purpose: body.purpose ?? project.purpose,
        environment: body.environment ?? project.environment,
      },
      project,
    );
    Object.assign(project, changed, { updatedAt: timestamp() });
    // It can be made the default, and stops being so only when another one is.
    if (body.is_default === true) {
      for (const other of store.projects.all()) other.isDefault = other === project;
    }
    store.changed();
    return { project: projectShape(project) };
  };
  app.put("/v2/projects/:id", { schema: { params, body: UpdateBody } }, request =>
    update(find(request.params.id), request.body),
  );
  app.patch("/v2/projects/:id", { schema: { params, body: PatchBody } }, request =>
    update(find(request.params.id), request.body),
  );

  app.delete("/v2/projects/:id", { schema: { params } }, (request, reply) => {
    const project = find(request.params.id);
    if (project.isDefault) throw new ApiError(412, "cannot delete the default project");
    // As the provider's authors know it: what was moved away counts for a while.
    const leaving = Date.now() - (project.resourceLeftAt ?? 0) < behaviour.now.membersMs;
    if (leaving || resourcesOf(project).length > 0) {
      throw new ApiError(412, "cannot delete a project with resources. move or remove the resources first");
    }
    store.projects.delete(project.id);
    store.changed();
    return reply.code(204).send();
  });

  app.get("/v2/projects/:id/resources", { schema: { params, querystring: PageQuery } }, request => {
    const all = resourcesOf(find(request.params.id));
    const base = baseOf(request);
    const { items, links, meta } = paginate(all, request.query, request.url, base);
    return { resources: items.map(resource => resourceShape(resource, base, "ok")), links, meta };
  });

  const AssignBody = Type.Object({ resources: Type.Array(Type.String(), { minItems: 1 }) });
  app.post("/v2/projects/:id/resources", { schema: { params, body: AssignBody } }, request => {
    const project = find(request.params.id);
    const base = baseOf(request);
    const all = new Map(belongings(store).map(resource => [resource.urn, resource]));
    const asked = request.body.resources.map(urn => ({ urn, resource: all.get(known(urn)) }));
    const moving = asked.flatMap(({ resource }) =>
      resource?.project.id === project.id ? [] : (resource ?? []),
    );
    if (moving.some(({ held }) => held)) {
      throw new ApiError(
        412,
        "Cannot move a Reserved IP with an associated Droplet. Move the Droplet instead",
      );
    }
    const to = { id: project.id, since: timestamp() };
    const resources = asked.map(({ urn, resource }) => {
      if (resource === undefined) return { urn, status: "not_found" };
      if (resource.project.id === project.id) return resourceShape(resource, base, "already_assigned");
      resource.move(to);
      const from = store.projects.get(resource.project.id);
      if (from !== undefined) from.resourceLeftAt = Date.now();
      return resourceShape({ ...resource, project: to }, base, "assigned");
    });
    store.changed();
    return { resources };
  });
}

/** The name by which the Projects API knows a resource. @throws 400 if it knows none of its kind. */
function known(urn: string): string {
  const [, kind = "", id = ""] = /^do:([a-z]+):(.+)$/.exec(urn) ?? [];
  if (!TAKEN.has(kind)) {
    throw new ApiError(400, `resource types must be one of the following: ${KINDS}`);
  }
  return kind === "reservedip" ? `do:floatingip:${id}` : urn;
}

function resourceShape({ urn, path, project }: Belonging, base: string, status: string): Shape {
  return { urn, assigned_at: project.since, links: { self: `${base}/v2/${path}` }, status };
}
