/** What every route works with. */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from "fastify";

import type { Hosts } from "../hosts/hosts";
import type { Actions } from "./actions";
import type { AddressPools } from "./address-pools";
import type { Behaviour } from "./behaviour";
import type { Faults } from "./faults";
import type { FirewallSync } from "./firewall-sync";
import type { Lanes } from "./lanes";
import type { Machines } from "./machines";
import type { RequestLog } from "./request-log";
import type { Store } from "./store";
import type { Unseen } from "./unseen";

/** The server, whose routes' requests are typed by their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What stays the same while a lab runs. */
export interface Settings {
  /** CIDR range of the droplets' public addresses. */
  readonly publicRange: string;
  /** CIDR range of the reserved IPs; without it they are taken from the upper end of `publicRange`. */
  readonly reservedRange?: string;
  readonly dropletLimit: number;
  readonly reservedIpLimit: number;
  readonly volumeLimit: number;
}

/** The parts of a lab's API. */
export interface Context {
  readonly settings: Settings;
  readonly store: Store;
  readonly hosts: Hosts;
  readonly lanes: Lanes;
  readonly actions: Actions;
  readonly firewalls: FirewallSync;
  readonly machines: Machines;
  readonly addresses: AddressPools;
  readonly behaviour: Behaviour;
  readonly unseen: Unseen;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** The scheme and authority that a request came to, for the links in its answer. */
export function baseOf(request: Pick<FastifyRequest, "protocol" | "host">): string {
  return `${request.protocol}://${request.host}`;
}
