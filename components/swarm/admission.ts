import * as pulumi from "@pulumi/pulumi";

import { engineAddresses } from "./addresses";
import type { SwarmNode } from "./args";
import type { Bootstrap } from "./bootstrap";
import type { SwarmContext } from "./context";

/** What lets a node in. */
export interface Admission {
  readonly clusterId: string;
  /** Secret. */
  readonly token: string;
  /** Where nodes find the swarm, as `ip:port` in order of preference. */
  readonly peers: readonly string[];
}

/**
 * Where the swarm was initialised and the control address never change, so that replacing a manager touches no other
 * node. Only the first manager has to know the others: while it is being replaced, the control address may lead nowhere.
 */
export function admissions(
  context: SwarmContext,
  bootstrapped: pulumi.Output<Bootstrap>,
  tokens: { readonly worker: pulumi.Output<string>; readonly manager: pulumi.Output<string> },
): { readonly ofFirstManager: pulumi.Output<Admission>; readonly ofOthers: pulumi.Output<Admission> } {
  const others = context.managers.filter(node => node !== context.firstManager);
  const addressesOf = (nodes: readonly SwarmNode[]) =>
    pulumi.all(
      nodes.map(({ host }) => host.apply(facts => engineAddresses(facts, context.settings).advertise)),
    );
  const control =
    context.settings.listen === "any"
      ? pulumi.all([pulumi.interpolate`${context.controlAddress}:${context.settings.ports.listen}`])
      : // Managers that listen on one address do not answer at the control address.
        addressesOf(context.managers);
  const admission = (token: pulumi.Output<string>, ...lists: pulumi.Output<string[]>[]) =>
    pulumi.all([bootstrapped, token, pulumi.all(lists)]).apply(([{ clusterId, address }, secret, rest]) => ({
      clusterId,
      token: secret,
      peers: [...new Set([address, ...rest.flat()])],
    }));
  return {
    ofFirstManager: admission(tokens.manager, addressesOf(others), control),
    ofOthers: admission(tokens.worker, control),
  };
}
