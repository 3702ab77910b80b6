/**
 * The lab's API server: DigitalOcean's API v2, as far as the provider and a swarm need it, in front of `Hosts`.
 */
import { randomUUID } from "node:crypto";

import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";

import type { Hosts } from "../hosts/hosts";
import { Actions } from "./actions";
import { AddressPools } from "./address-pools";
import { parseRange } from "./addresses";
import { Behaviour, type BehaviourSettings } from "./behaviour";
import type { App, Context, Settings } from "./context";
import { Faults } from "./faults";
import { FirewallSync } from "./firewall-sync";
import { Lanes } from "./lanes";
import { Machines } from "./machines";
import { metadataRoutes } from "./metadata/service";
import { ensureFirstProject } from "./projects";
import { installProtocol } from "./protocol";
import { RateLimit } from "./rate-limit";
import { reconcile } from "./reconcile";
import { RequestLog } from "./request-log";
import { accountRoutes } from "./routes/account";
import { actionRoutes } from "./routes/actions";
import { backupRoutes } from "./routes/backups";
import { catalogRoutes } from "./routes/catalog";
import { dropletActionRoutes } from "./routes/droplet-actions";
import { dropletCreateRoutes } from "./routes/droplet-create";
import { dropletRoutes } from "./routes/droplets";
import { firewallMemberRoutes } from "./routes/firewall-members";
import { firewallRoutes } from "./routes/firewalls";
import { keyRoutes } from "./routes/keys";
import { labRoutes } from "./routes/lab";
import { loadBalancerRoutes } from "./routes/load-balancers";
import { projectRoutes } from "./routes/projects";
import { reservedIpRoutes } from "./routes/reserved-ips";
import { tagRoutes } from "./routes/tags";
import { volumeActionRoutes } from "./routes/volume-actions";
import { volumeRoutes } from "./routes/volumes";
import { vpcRoutes } from "./routes/vpcs";
import { seed } from "./seed";
import { Store } from "./store";
import { Unseen } from "./unseen";

/** How a lab's API is set up. */
export interface ApiOptions {
  /** The machines behind the droplets. */
  readonly hosts: Hosts;
  /** Faults on demand, where another server shares them. */
  readonly faults?: Faults;
  /** Where the state is kept; without it, it is lost when the server ends. */
  readonly stateFile?: string;
  /** CIDR range of the droplets' public addresses, e.g. `198.18.0.0/24`. Its first address is the gateway. */
  readonly publicRange: string;
  /**
   * CIDR range of the reserved IPs. By default they come from the upper end of `publicRange`, where the hosts'
   * network carries them without any route.
   */
  readonly reservedRange?: string;
  /** Takes a line for each thing that a person may want to know; no secrets. By default nothing is logged. */
  readonly log?: (line: string) => void;
  readonly limits?: {
    /** Droplets per account; 25 by default. */
    readonly dropletLimit?: number;
    /** Reserved IPs per account; 3 by default. */
    readonly reservedIpLimit?: number;
    /** Volumes per account; 100 by default. */
    readonly volumeLimit?: number;
    /** 250 by default. */
    readonly requestsPerMinute?: number;
    /** 5000 by default. */
    readonly requestsPerHour?: number;
  };
  /** Whether the account has somebody else's things from the start; see `seed.ts`. @default false */
  readonly seed?: boolean;
  /** How it behaves unless it is told otherwise while it runs. */
  readonly behaviour?: Partial<BehaviourSettings>;
}

/** A running lab API. Listen with `app.listen({ host: "127.0.0.1", port })`: it is for this machine only. */
export interface Api {
  readonly app: App;
  /**
   * The metadata service. Listen on the public network's gateway, where the hosts are told to find it: it knows droplets
   * by the address that their requests come from.
   */
  readonly metadata: App;
  /** Resolves when all operations on hosts are over, those included that others led to. */
  settled(): Promise<void>;
  /** Stops answering, waits for the operations under way, and saves. The hosts stay as they are. */
  close(): Promise<void>;
}

/**
 * Starts a lab: readies the hosts, loads the state, and makes both agree.
 * @throws If a range or the state file is invalid, or the hosts cannot be readied.
 */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { hosts, publicRange, reservedRange } = options;
  parseRange(publicRange);
  if (reservedRange !== undefined) parseRange(reservedRange);
  const log = options.log ?? (() => undefined);
  const settings: Settings = {
    publicRange,
    reservedRange,
    dropletLimit: options.limits?.dropletLimit ?? 25,
    reservedIpLimit: options.limits?.reservedIpLimit ?? 3,
    volumeLimit: options.limits?.volumeLimit ?? 100,
  };
  const context = assemble(settings, options, log);
  await hosts.prepare({ id: "public", range: publicRange }, log);
  ensureFirstProject(context.store);
  await reconcile(context, log);
  if (options.seed === true && context.store.seeded.size === 0) await seed(context);

  const app: App = fastify({
    genReqId: () => randomUUID(),
    // A tag's name is part of its path and may have 255 characters.
    routerOptions: { maxParamLength: 255, ignoreDuplicateSlashes: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  installProtocol(app, context, {
    rate: new RateLimit(options.limits?.requestsPerMinute ?? 250, options.limits?.requestsPerHour ?? 5000),
    log,
  });
  for (const addRoutes of [
    accountRoutes,
    actionRoutes,
    backupRoutes,
    catalogRoutes,
    dropletActionRoutes,
    dropletCreateRoutes,
    dropletRoutes,
    firewallMemberRoutes,
    firewallRoutes,
    keyRoutes,
    labRoutes,
    loadBalancerRoutes,
    projectRoutes,
    reservedIpRoutes,
    tagRoutes,
    volumeActionRoutes,
    volumeRoutes,
    vpcRoutes,
  ]) {
    addRoutes(app, context);
  }
  await app.ready();
  const metadata: App = fastify().withTypeProvider<TypeBoxTypeProvider>();
  metadataRoutes(metadata, context);
  await metadata.ready();
  return {
    app,
    metadata,
    settled: () => context.lanes.settled(),
    close: async () => {
      await Promise.all([app.close(), metadata.close()]);
      context.behaviour.reset();
      await context.lanes.settled();
      await context.store.flush();
    },
  };
}

function assemble(settings: Settings, options: ApiOptions, log: (line: string) => void): Context {
  const { hosts } = options;
  const store = new Store(options.stateFile);
  const behaviour = new Behaviour(options.behaviour);
  const addresses = new AddressPools(store, behaviour);
  const lanes = new Lanes();
  const actions = new Actions(store);
  const firewalls = new FirewallSync(store, hosts, lanes, log);
  const machines = new Machines({
    store,
    hosts,
    lanes,
    actions,
    firewalls,
    addresses,
    behaviour,
    settings,
    log,
  });
  return {
    settings,
    store,
    hosts,
    lanes,
    actions,
    firewalls,
    machines,
    addresses,
    behaviour,
    unseen: new Unseen(behaviour),
    faults: options.faults ?? new Faults(),
    requests: new RequestLog(),
  };
}
