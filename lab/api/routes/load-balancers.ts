/** `/v2/load_balancers`: reading only. There is one if somebody else's things are in the account; see `seed.ts`. */
import { Type } from "@fastify/type-provider-typebox";

import { findRegion } from "../catalog";
import { type App, baseOf, type Context } from "../context";
import { notFound } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { LoadBalancerRecord } from "../records";
import type { Shape } from "../shapes";

/** Load balancers: list and get. */
export function loadBalancerRoutes(app: App, { store }: Context): void {
  app.get("/v2/load_balancers", { schema: { querystring: PageQuery } }, request => {
    const all = store.loadBalancers.all();
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { load_balancers: items.map(loadBalancerShape), links, meta };
  });

  const params = Type.Object({ id: Type.String() });
  app.get("/v2/load_balancers/:id", { schema: { params } }, request => {
    const balancer = store.loadBalancers.get(request.params.id);
    if (balancer === undefined) throw notFound();
    return { load_balancer: loadBalancerShape(balancer) };
  });
}

/** A load balancer, with the fields that the provider reads. */
function loadBalancerShape(balancer: LoadBalancerRecord): Shape {
  const rule = { entry_protocol: "http", entry_port: 80, target_protocol: "http", target_port: 80 };
  return {
    id: balancer.id,
    name: balancer.name,
    ip: balancer.publicAddress,
    size_unit: 1,
    algorithm: "round_robin",
    status: "active",
    created_at: balancer.createdAt,
    forwarding_rules: [{ ...rule, certificate_id: "", tls_passthrough: false }],
    health_check: {
      protocol: "http",
      port: 80,
      path: "/",
      check_interval_seconds: 10,
      response_timeout_seconds: 5,
      healthy_threshold: 5,
      unhealthy_threshold: 3,
    },
    sticky_sessions: { type: "none" },
    region: findRegion(balancer.region),
    tag: "",
    droplet_ids: [],
    redirect_http_to_https: false,
    enable_proxy_protocol: false,
    enable_backend_keepalive: false,
    vpc_uuid: balancer.vpcId,
    disable_lets_encrypt_dns_records: false,
    http_idle_timeout_seconds: 60,
    firewall: { allow: [], deny: [] },
    type: "REGIONAL",
    network: "EXTERNAL",
  };
}
