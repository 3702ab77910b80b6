import {
  type DropletBody,
  dropletRequest,
  type ErrorBody,
  Lab,
  type Pages,
  publicKey,
  TOKEN,
} from "./helpers";

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

describe("who may ask", () => {
  test.each<Record<string, string>>([{}, { authorization: "Basic abc" }, { authorization: "Bearer" }])(
    "401 with %j, for unknown paths too",
    async headers => {
      const lab = await Lab.start();
      for (const path of ["/v2/account", "/v2/nothing"]) {
        const { status, body } = await lab.call<ErrorBody>("GET", path, undefined, headers);
        expect(status).toBe(401);
        expect(body).toMatchObject({ id: "unauthorized", message: "Unable to authenticate you" });
      }
    },
  );

  test("any token will do", async () => {
    const lab = await Lab.start();
    const { status, body } = await lab.get<{ account: object }>("/v2/account");
    expect(status).toBe(200);
    expect(body.account).toMatchObject({ droplet_limit: 25, reserved_ip_limit: 3, status: "active" });
  });
});

describe("errors have DigitalOcean's form", () => {
  test("with the request id of the header", async () => {
    const lab = await Lab.start();
    const { status, headers, body } = await lab.get<ErrorBody>("/v2/droplets/1");
    expect(status).toBe(404);
    expect(body).toEqual({
      id: "not_found",
      message: "The resource you were accessing could not be found.",
      request_id: headers["x-request-id"],
    });
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("404 for an id that cannot be one, 400 for bad paging and bad JSON, 422 for a body that does not fit", async () => {
    const lab = await Lab.start();
    expect((await lab.get("/v2/droplets/abc")).status).toBe(404);
    expect((await lab.get("/v2/droplets?page=0")).status).toBe(400);
    expect((await lab.get("/v2/droplets?per_page=201")).status).toBe(400);
    expect((await lab.post("/v2/droplets", { name: 3 })).status).toBe(422);
    const broken = await lab.api.app.inject({
      method: "POST",
      url: "/v2/tags",
      headers: { authorization: "Bearer x", "content-type": "application/json" },
      payload: "{",
    });
    expect(broken.statusCode).toBe(400);
    expect(broken.json<ErrorBody>().id).toBe("bad_request");
  });

  test("500 if the hosts fail within a request; the cause is in the log, not in the record", async () => {
    const lab = await Lab.start();
    lab.hosts.failure = ({ method }) =>
      method === "createNetwork" ? new Error("no bridge left") : undefined;
    const answer = await lab.post<ErrorBody>("/v2/vpcs", { name: "a", region: "fra1" });
    expect(answer.status).toBe(500);
    expect(answer.body.id).toBe("server_error");
    expect(lab.log.join()).toContain("no bridge left");
    expect((await lab.get<Pages>("/v2/vpcs")).body.meta.total).toBe(0);
  });

  test("a DELETE with a JSON content type and no body is fine: the provider sends that", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/tags", { name: "a" });
    const headers = { authorization: "Bearer x", "content-type": "application/json" };
    const { status } = await lab.call("DELETE", "/v2/tags/a", undefined, headers);
    expect(status).toBe(204);
  });
});

describe("paging", () => {
  test("20 by default, links to the neighbours, and the filter kept in them", async () => {
    const lab = await Lab.start({ limits: { dropletLimit: 50 } });
    for (let batch = 0; batch < 3; batch++) {
      const names = Array.from({ length: 10 }, (_, i) => `n-${batch}-${i}`);
      await lab.post("/v2/droplets", dropletRequest({ name: undefined, names, tags: ["swarm"] }));
    }
    type List = Pages & { droplets: DropletBody[] };
    const first = (await lab.get<List>("/v2/droplets?tag_name=swarm")).body;
    expect(first.droplets).toHaveLength(20);
    expect(first.meta.total).toBe(30);
    expect(first.links.pages?.prev).toBeUndefined();
    const next = new URL(first.links.pages?.next ?? "");
    expect(next.searchParams.get("tag_name")).toBe("swarm");
    const second = (await lab.get<List>(next.pathname + next.search)).body;
    expect(second.droplets).toHaveLength(10);
    expect(second.links.pages?.next).toBeUndefined();
    expect(second.links.pages?.prev).toMatch(/[?&]page=1(&|$)/);
    expect(second.links.pages?.first).toBeDefined();
    const all = (await lab.get<List>("/v2/droplets?page=1&per_page=200")).body;
    expect(all.droplets).toHaveLength(30);
    expect(all.links).toEqual({});
  });
});

describe("rate limits", () => {
  test("each answer counts down; over the limit 429 says when to come back", async () => {
    const lab = await Lab.start({ limits: { requestsPerMinute: 2 } });
    const { headers } = await lab.get("/v2/account");
    expect(headers).toMatchObject({ "ratelimit-limit": "5000", "ratelimit-remaining": "4999" });
    expect(Number(headers["ratelimit-reset"])).toBeGreaterThan(Date.now() / 1000);
    await lab.get("/v2/account");
    const over = await lab.get<ErrorBody>("/v2/account");
    expect(over.status).toBe(429);
    expect(over.body.id).toBe("too_many_requests");
    // None is left for now, though the hour has many.
    expect(over.headers["ratelimit-remaining"]).toBe("0");
    expect(Number(over.headers["retry-after"])).toBeGreaterThan(0);
    expect((await lab.get("/lab/status")).status).toBe(200);
  });
});

describe("faults", () => {
  test("before: nothing happens but the answer", async () => {
    const lab = await Lab.start();
    await lab.post("/lab/faults", { method: "POST", path: "^/v2/droplets$", status: 503, times: 2 });
    const answer = await lab.post<ErrorBody>("/v2/droplets", dropletRequest());
    expect(answer.status).toBe(503);
    expect(answer.body.id).toBe("service_unavailable");
    expect((await lab.post("/v2/droplets", dropletRequest())).status).toBe(503);
    expect((await lab.get<Pages>("/v2/droplets")).body.meta.total).toBe(0);
    expect((await lab.post("/v2/droplets", dropletRequest())).status).toBe(202);
  });

  test("after: it happens, and the answer is lost, so that trying again makes two", async () => {
    const lab = await Lab.start();
    const fault = { method: "POST", path: "droplets", status: 502, effect: "after", message: "lost" };
    await lab.post("/lab/faults", fault);
    const answer = await lab.post<ErrorBody>("/v2/droplets", dropletRequest());
    expect(answer).toMatchObject({ status: 502, body: { id: "bad_gateway", message: "lost" } });
    await lab.post("/v2/droplets", dropletRequest());
    expect((await lab.get<Pages>("/v2/droplets")).body.meta.total).toBe(2);
  });

  test("after, where success has no content", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/tags", { name: "a" });
    await lab.post("/lab/faults", { method: "DELETE", path: "tags", status: 500, effect: "after" });
    expect((await lab.delete<ErrorBody>("/v2/tags/a")).body.id).toBe("server_error");
    expect((await lab.get("/v2/tags/a")).status).toBe(404);
  });

  test("are checked, and can be cleared", async () => {
    const lab = await Lab.start();
    expect((await lab.post("/lab/faults", { method: "GET", path: "(", status: 500 })).status).toBe(422);
    expect((await lab.post("/lab/faults", { method: "GET", path: "x", status: 200 })).status).toBe(422);
    await lab.post("/lab/faults", { method: "*", path: ".", status: 500, times: 9 });
    await lab.delete("/lab/faults");
    expect((await lab.get("/v2/account")).status).toBe(200);
  });
});

test("no secret reaches the log, the log of requests, the status or any answer", async () => {
  const lab = await Lab.start();
  lab.hosts.failure = ({ method }) => (method === "create" ? new Error("no memory") : undefined);
  await lab.post("/v2/account/keys", { name: "me", public_key: publicKey() });
  const droplet = await lab.droplet({ user_data: "#cloud-config\n# hunter2" });
  expect(droplet.status).toBe("errored");
  await lab.post("/v2/droplets", { user_data: "hunter2", size: 1 });
  const seen = [
    JSON.stringify(lab.log),
    JSON.stringify((await lab.get("/lab/requests")).body),
    JSON.stringify((await lab.get("/lab/status")).body),
    JSON.stringify(droplet),
  ].join();
  expect(seen).toContain("no memory");
  expect(seen).not.toContain("hunter2");
  expect(seen).not.toContain(TOKEN);
});

test("the log of requests has method, path and status, and can be cleared", async () => {
  const lab = await Lab.start();
  await lab.get("/v2/account");
  await lab.delete("/v2/droplets/7");
  const read = async () => (await lab.get<{ requests: Entry[] }>("/lab/requests")).body.requests;
  expect(await read()).toMatchObject([
    { method: "GET", path: "/v2/account", status: 200 },
    { method: "DELETE", path: "/v2/droplets/7", status: 404 },
  ]);
  await lab.delete("/lab/requests");
  expect(await read()).toEqual([]);
});

test("the catalogue has what the provider's data sources ask for", async () => {
  const lab = await Lab.start();
  const { body } = await lab.get<{ image: { id: number; slug: string } }>("/v2/images/ubuntu-24-04-x64");
  const byId = await lab.get<{ image: { slug: string } }>(`/v2/images/${body.image.id}`);
  expect(byId.body.image.slug).toBe("ubuntu-24-04-x64");
  expect((await lab.get("/v2/images/ubuntu-1-x64")).status).toBe(404);
  const sizes = await lab.get<{ sizes: { slug: string; regions: string[] }[] }>("/v2/sizes?per_page=200");
  expect(sizes.body.sizes.find(size => size.slug === "s-2vcpu-4gb")?.regions).toContain("fra1");
  const regions = await lab.get<{ regions: { slug: string; sizes: string[] }[] }>("/v2/regions?per_page=200");
  expect(regions.body.regions).toHaveLength(12);
  for (const region of regions.body.regions) {
    const there = sizes.body.sizes.filter(size => size.regions.includes(region.slug));
    expect(region.sizes).toEqual(there.map(({ slug }) => slug));
  }
  expect(regions.body.regions.find(({ slug }) => slug === "tor1")?.sizes).not.toContain("g-2vcpu-8gb");
});
